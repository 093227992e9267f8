"""What was bought: orders, their lines and parcels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from instica.marketplaces.ebay.simulator.people import User


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; ``cents`` is for one piece."""

    id: str
    listing_id: int
    title: str
    sku: str
    cents: int
    quantity: int
    options: tuple[tuple[str, str], ...] = ()
    variation: str = ""
    auction: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """Some lines, shipped."""

    id: str
    lines: tuple[tuple[str, int], ...]
    shipped: dt.datetime
    carrier: str = ""
    tracking: str = ""


@dataclass(slots=True)
class Order:
    """An order as it is now."""

    id: str
    buyer: User
    created: dt.datetime
    modified: dt.datetime
    lines: list[Line]
    currency: str
    shipping: int
    paid: bool = True
    cancelled: dt.datetime | None = None
    reason: str = ""
    parcels: list[Parcel] = field(default_factory=list)

    @property
    def status(self) -> str:
        """What the control interface calls its state."""
        if self.cancelled:
            return "CANCELED"
        return self.fulfilment if self.paid else "PENDING"

    @property
    def fulfilment(self) -> str:
        """How much of it is shipped."""
        wanted = sum(line.quantity for line in self.lines)
        shipped = sum(count for parcel in self.parcels for _, count in parcel.lines)
        return "FULFILLED" if shipped >= wanted else "IN_PROGRESS" if shipped else "NOT_STARTED"

    @property
    def total(self) -> int:
        """What the buyer pays, in cents."""
        return self.shipping + sum(line.cents * line.quantity for line in self.lines)
