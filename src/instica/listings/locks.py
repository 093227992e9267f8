"""The order in which rows of listings are locked: items by key, then the page; orders and imports do so too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from instica.inventory.models import Item
from instica.listings import standing
from instica.listings.models import Listing, Offer
from instica.listings.standing import Standing


def items(uids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Item]:
    """These items, locked."""
    wanted = sorted({uid for uid in uids if uid})
    rows = Item.objects.select_for_update(of=("self",)).filter(uid__in=wanted).order_by("uid") if wanted else ()
    return {item.uid: item for item in rows}


def behind(pages: Iterable[uuid.UUID]) -> None:
    """The items of many pages, locked at once: whoever locks the pages one by one after that waits for nobody's item.

    Whoever takes in a sale locks several items too, in the order of their keys.
    """
    items(Offer.objects.filter(listing__in=list(pages)).values_list("item", flat=True))


def around(item: uuid.UUID) -> None:
    """The item, and with it the others that its pages offer."""
    pages = Offer.objects.filter(item=item).values("listing")
    items([item, *Offer.objects.filter(listing__in=pages).values_list("item", flat=True)])


def page(uid: uuid.UUID) -> Standing | None:
    """A page as it is now: nothing about it, nor the stock behind it, changes until the transaction ends."""
    offered = Offer.objects.filter(listing=uid, item__isnull=False).values("item")
    held = Item.objects.select_for_update(of=("self",)).filter(uid__in=offered).order_by("uid")
    stock = dict(held.values_list("uid", "quantity"))
    rows = Listing.objects.select_for_update(of=("self",)).select_related("connection__organization")
    row = rows.filter(pk=uid).first()
    if row is None:
        return None
    row.organization = row.connection.organization
    return standing.locked(row, stock)
