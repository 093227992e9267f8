"""Verbs of listings."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q

from instica.inventory import services as inventory
from instica.inventory.models import Item
from instica.listings.models import Listing, Offer, Seen, Wanted
from instica.work.lanes import commit


def restate(items: Iterable[uuid.UUID]) -> None:
    """Make the status of items follow from their stock and their live offers; no offer comes or goes meanwhile."""
    wanted = set(items)
    with commit():
        locked = Item.objects.select_for_update().filter(pk__in=wanted).order_by("uid")
        known = set(locked.values_list("pk", flat=True))
        live = set(_live(known))
        inventory.restate({uid: uid in live for uid in known})


def adopt(page: uuid.UUID) -> None:
    """Somebody linked a page that nobody had imported: from now on it is wanted as it was seen."""
    wanted = {Seen.LIVE: Wanted.LIVE, Seen.SOLD_OUT: Wanted.LIVE, Seen.ENDED: Wanted.ENDED}
    for seen, word in wanted.items():
        Listing.objects.filter(pk=page, wanted=Wanted.DRAFT, seen=seen).update(wanted=word)


def _live(items: Iterable[uuid.UUID]) -> Iterable[uuid.UUID]:
    """Those of the items that somebody can buy somewhere now."""
    stocked = Q(seen_quantity=None) | Q(seen_quantity__gt=0)
    offers = Offer.objects.filter(stocked, item__in=items, listing__seen=Seen.LIVE)
    return offers.values_list("item_id", flat=True)
