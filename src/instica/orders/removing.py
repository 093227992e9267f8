"""Deleting an item: not while it is for sale or somebody waits for it; what was sold of it stays known."""

from __future__ import annotations

from django.db import transaction

from instica.core.errors import Conflict
from instica.inventory import editing, services
from instica.inventory import locks as inventory
from instica.inventory.models import Item
from instica.listings.models import Attempt, Listing, Offer, Seen, Wanted
from instica.orders.models import Line
from instica.orders.values import UNSENT


def remove(*, item: Item, check: inventory.Check = inventory.anything) -> None:
    """Delete it; its pages that are over lose it. Raises ``NotFound``, ``Conflict``."""
    with transaction.atomic():
        services.tally(item.organization)
        row = inventory.item(item.pk)
        check(row)
        _refuse_if_for_sale(row)
        _refuse_if_awaited(row)
        _let_go(row)
        editing.hide(row)


def _let_go(item: Item) -> None:
    """Its pages are over: each becomes one that nobody took in, and comes back only when somebody does."""
    pages = list(Offer.objects.filter(item=item).values_list("listing", flat=True))
    Offer.objects.filter(item=item).update(item=None)
    shared = Offer.objects.filter(listing__in=pages, item__isnull=False).values("listing")
    Listing.objects.filter(pk__in=pages).exclude(pk__in=shared).update(wanted=Wanted.DRAFT)


def _refuse_if_for_sale(item: Item) -> None:
    offers = Offer.objects.filter(item=item).select_related("listing__connection")
    live = [offer.listing for offer in offers if _stands(offer)]
    if live:
        shops = ", ".join(sorted({listing.connection.marketplace for listing in live}))
        detail = f"This item is for sale ({shops}). End its listings first, then delete it."
        raise Conflict(detail, code="item_listed", listings=[listing.public_id for listing in live])


def _stands(offer: Offer) -> bool:
    """Whether the page can be bought from now, or soon."""
    listing = offer.listing
    coming = listing.wanted == Wanted.LIVE and listing.seen in (Seen.ABSENT, Seen.HIDDEN)
    return listing.seen == Seen.LIVE or coming or Attempt.objects.filter(listing=listing).exists()


def _refuse_if_awaited(item: Item) -> None:
    lines = Line.objects.filter(item=item, order__state__in=UNSENT, allocated__gt=0).select_related("order")
    orders = sorted({line.order.public_id for line in lines})
    if orders:
        plural = "orders wait" if len(orders) > 1 else "order waits"
        raise Conflict(f"{len(orders)} {plural} for this item: ship first.", code="item_awaited", orders=orders)
