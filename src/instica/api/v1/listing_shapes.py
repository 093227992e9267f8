"""How a listing looks inside an item: its shop, its state, what went wrong (P11, I4.8, D19)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from instica import marketplaces
from instica.core import ids
from instica.core.clock import iso
from instica.core.money import two_places
from instica.listings import standing
from instica.listings.models import Offer
from instica.listings.states import State, word

DISPLAY = {"draft": "Draft", "listed": "Listed", "failed": "Failed", "inactive": "Inactive"}


class PlatformRef(BaseModel):
    """The marketplace in short."""

    uid: str
    name: str
    slug: str


class ListingShape(BaseModel):
    """One item on one page of one shop."""

    uid: str
    platform: PlatformRef
    status: str = Field(description="`draft`, `listed`, `failed` or `inactive`.")
    status_display: str
    title: str
    price: str | None
    listing_id: str
    listing_url: str | None
    error_message: str | None
    error_description: str | None
    listed_at: str | None
    delisted_at: str | None
    state: str = Field(description="The finer word: `live`, `publishing`, `ended there`, …")
    currency: str
    seller_account_uid: str


def platform(slug: str) -> dict[str, str]:
    """The marketplace in short."""
    marketplace = marketplaces.get(slug)
    return {"uid": ids.stable("plt", slug), "name": marketplace.name if marketplace else slug, "slug": slug}


def shape(offer: Offer, stands: State) -> dict[str, Any]:
    """The listing an offer stands on."""
    listing = offer.listing
    status = word(stands)
    problem = listing.problem or {}
    return {
        "uid": listing.public_id,
        "platform": platform(listing.connection.marketplace),
        "status": status,
        "status_display": DISPLAY[status],
        "title": listing.title,
        "price": None if offer.price is None else two_places(offer.price, offer.currency),
        "listing_id": listing.remote_id,
        "listing_url": listing.url or None,
        "error_message": problem.get("message"),
        "error_description": problem.get("description"),
        "listed_at": iso(listing.listed_at),
        "delisted_at": iso(listing.delisted_at),
        "state": stands,
        "currency": offer.currency,
        "seller_account_uid": listing.connection.public_id,
    }


def of_items(items: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The listings of each item, oldest first."""
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    offers = list(Offer.objects.filter(item__in=items).select_related("listing__connection").order_by("item", "uid"))
    states = standing.states(offer.listing for offer in offers)
    for offer in offers:
        assert offer.item_id
        found[offer.item_id].append(shape(offer, states[offer.listing_id]))
    return found
