"""Receipts and fees as the simulated site keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field

from instica.marketplaces.etsy.simulator.people import Buyer
from instica.marketplaces.etsy.simulator.store import Listing, Product


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction: so many of one product, as the listing was when bought."""

    id: int
    listing: Listing
    product: Product
    quantity: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment; the buyer got an e-mail about it."""

    id: int
    at: int
    carrier: str
    code: str


@dataclass(slots=True)
class Receipt:
    """One order. ``changed`` is what ``min_last_modified`` is compared with; times are epoch seconds."""

    id: int
    buyer: Buyer
    lines: list[Line]
    status: str
    created: int
    changed: int
    currency: str
    paid: bool = True
    shipped: bool = False
    canceled: bool = False
    refunded: int = 0
    shipping: int = 0
    message: str = ""
    parcels: list[Parcel] = field(default_factory=list)

    @property
    def goods(self) -> int:
        """What the lines cost together."""
        return sum((line.product.offering.cents or 0) * line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class Fee:
    """What Etsy charged the shop: in US cents, for a listing."""

    at: int
    listing_id: int
    cents: int
    what: str
