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
from instica.listings import decisions, standing
from instica.listings.models import Listing, Offer
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


class LevelShape(BaseModel):
    """One item on the page: what it shall show and what it shows."""

    inventory_uid: str | None
    sku: str
    options: dict[str, str]
    price: str | None
    price_set_here: str | None = Field(description="A price for this page alone.")
    quantity_wanted: int | None
    quantity_seen: int | None = Field(description="Null is unlimited.")


class ListingDetail(BaseModel):
    """One page in one shop, as a whole."""

    uid: str
    platform: PlatformRef
    seller_account_uid: str
    status: str
    state: str
    next: str = Field(description="What is done next: `none`, `ask` (a person decides), or a step.")
    decisions: list[str] = Field(description="What a person can decide now.")
    wanted: str
    seen: str
    seen_at: str | None
    listing_id: str
    listing_url: str | None
    title: str
    overrides: dict[str, Any] = Field(description="What this page says otherwise than its item.")
    problem: dict[str, Any] | None = Field(description="What was refused, in the marketplace's words.")
    held: str | None = Field(description="Why a change waits.")
    exposed_since: str | None = Field(description="Since when it offers what was sold.")
    exposure_ms: int | None = Field(description="How long that took the last time.")
    drift: list[dict[str, Any]] | None = Field(description="What differs there, field by field.")
    levels: list[LevelShape]


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
        "error_message": problem.get("message") or listing.held or None,
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


def detail(page: Listing) -> dict[str, Any]:
    """One page as a whole."""
    (row,) = standing.of([page])
    return {
        "uid": page.public_id,
        "platform": platform(page.connection.marketplace),
        "seller_account_uid": page.connection.public_id,
        "status": word(row.step.state),
        "state": row.step.state,
        "next": row.step.next,
        "decisions": decisions.possible(row),
        "wanted": page.wanted,
        "seen": page.seen,
        "seen_at": iso(page.seen_at),
        "listing_id": page.remote_id,
        "listing_url": page.url or None,
        "title": page.title,
        "overrides": page.overrides or {},
        "problem": page.problem,
        "held": page.held or None,
        "exposed_since": iso(page.exposed_since),
        "exposure_ms": page.exposure_ms,
        "drift": page.drift,
        "levels": [level(row, offer) for offer in row.offers],
    }


def level(row: standing.Standing, offer: Offer) -> dict[str, Any]:
    """One item on the page."""
    asked = None if offer.asked is None else two_places(offer.asked, offer.currency)
    return {
        "inventory_uid": ids.show("inv", offer.item_id) if offer.item_id else None,
        "sku": offer.sku,
        "options": offer.options,
        "price": None if offer.price is None else two_places(offer.price, offer.currency),
        "price_set_here": asked,
        "quantity_wanted": row.target(offer),
        "quantity_seen": offer.seen_quantity,
    }
