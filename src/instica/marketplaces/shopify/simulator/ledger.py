"""Orders and bulk operations as the shop keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

FIRST_ORDER = 5_910_220_100_000
ORDER_STEP = 1_024


@dataclass(slots=True)
class Line:
    """One line of an order. ``product`` and ``variant`` are 0 for a custom item."""

    id: int
    title: str
    quantity: int
    cents: int
    sku: str = ""
    variant_title: str = ""
    vendor: str = ""
    product: int = 0
    variant: int = 0
    location: int = 0
    current: int = 0
    fulfilled: int = 0
    ships: bool = True


@dataclass(slots=True)
class Refunded:
    """Part of a refund: how many of a line, and whether they went back into stock."""

    line: int
    quantity: int
    restock: str
    location: int = 0


@dataclass(slots=True)
class Refund:
    """Money given back."""

    id: int
    at: int
    cents: int
    lines: list[Refunded] = field(default_factory=list)


@dataclass(slots=True)
class Parcel:
    """A fulfilment. ``lines`` are the ids and quantities in it."""

    id: int
    name: str
    at: int
    lines: list[tuple[int, int]]
    location: int
    company: str = ""
    number: str = ""
    url: str = ""
    status: str = "SUCCESS"


@dataclass(slots=True)
class Buyer:
    """Who bought. None of them exists."""

    id: int
    first: str
    last: str
    email: str
    address1: str
    city: str
    province: str
    zip: str
    country: str

    @property
    def country_name(self) -> str:
        """In English."""
        return COUNTRIES[self.country]


@dataclass(slots=True)
class Order:
    """One order. ``routed`` is when it gets its fulfilment orders."""

    id: int
    number: int
    at: int
    updated: int
    lines: list[Line]
    buyer: Buyer
    shipping_cents: int = 495
    financial: str = "PAID"
    routed: int = 0
    closed: int | None = None
    cancelled: int | None = None
    reason: str | None = None
    test: bool = False
    tags: tuple[str, ...] = ()
    held: bool = False
    parcels: list[Parcel] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def name(self) -> str:
        """``#1001``."""
        return f"#{self.number}"

    @property
    def subtotal(self) -> int:
        """What the pieces cost."""
        return sum(line.cents * line.quantity for line in self.lines)

    @property
    def total(self) -> int:
        """What the buyer paid."""
        return self.subtotal + self.shipping_cents

    @property
    def refunded(self) -> int:
        """What was given back."""
        return sum(refund.cents for refund in self.refunds)

    @property
    def fulfilment(self) -> str:
        """Their word for how far it is shipped."""
        open_pieces = sum(line.current - line.fulfilled for line in self.lines)
        shipped = sum(line.fulfilled for line in self.lines)
        if not shipped:
            return "ON_HOLD" if self.held and open_pieces else "UNFULFILLED"
        return "PARTIALLY_FULFILLED" if open_pieces > 0 else "FULFILLED"


@dataclass(slots=True, weakref_slot=True, eq=False)
class BulkJob:
    """One bulk operation. ``looks`` counts how often somebody asked how it is."""

    id: int
    query: str
    created: int
    status: str = "CREATED"
    looks: int = 0
    completed: int | None = None
    error: str | None = None
    objects: int = 0
    roots: int = 0
    size: int | None = None
    file: IO[bytes] | None = None
    lines: Iterator[tuple[bool, bytes]] = field(default_factory=lambda: iter(()))
    secret: str = ""


COUNTRIES = {"US": "United States", "DE": "Germany", "FI": "Finland", "JP": "Japan"}
BUYERS = (
    Buyer(71_204_401_001, "Ines", "Okafor", "ines@example.com", "14 Larch Row", "Chicago", "IL", "60699", "US"),
    Buyer(71_204_401_002, "Theo", "Brandt", "theo@example.com", "Ahornweg 3", "Berlin", "BE", "10999", "DE"),
    Buyer(71_204_401_003, "Mika", "Saari", "mika@example.com", "Koivukuja 8", "Helsinki", "", "00999", "FI"),
    Buyer(71_204_401_004, "Betty", "Quill", "betty@example.com", "77 Alder Court", "Boston", "MA", "02999", "US"),
    Buyer(71_204_401_005, "Haru", "Ito", "haru@example.com", "2-4 Kaede", "Osaka", "JP-27", "599-9999", "JP"),
)
