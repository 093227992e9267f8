"""What the connector needs of whichever API reads and writes the listings made outside of the Inventory API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from instica.core.money import Money
from instica.kit.types import Draft, RemoteListing


@dataclass(frozen=True, slots=True)
class Item:
    """A listing as it is now, and how it may be changed. ``relisted`` is the listing that came after it."""

    listing: RemoteListing
    is_auction: bool = False
    is_active: bool = True
    started: dt.datetime | None = None
    relisted: str = ""

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKUs on the page."""
        return tuple(offer.sku for offer in self.listing.offers if offer.sku)


@dataclass(frozen=True, slots=True)
class Items:
    """A page of a list. ``unreadable`` counts the rows without an id."""

    rows: tuple[Item, ...]
    pages: int
    total: int
    unreadable: int = 0


class Door(Protocol):
    """Reads any listing; writes those that the Inventory API does not own."""

    def active(self, page: int) -> Items:
        """A page of what is on sale, 200 at a time, the oldest first; no details."""

    def ending(self, start: dt.datetime, stop: dt.datetime, page: int) -> Items:
        """A page of what ends in a window of less than 120 days, ended or not."""

    def begun(self, start: dt.datetime, stop: dt.datetime, page: int) -> Items:
        """A page of what began in such a window."""

    def changed(self, start: dt.datetime, stop: dt.datetime) -> Items:
        """What changed in less than 48 hours, all of it."""

    def item(self, listing_id: str) -> Item:
        """One listing with everything. Raises ``Gone``."""

    def add(self, draft: Draft, mark: str) -> str:
        """List it; ``mark`` is 32 hexadecimal digits that make a repetition harmless."""

    def fee(self, draft: Draft) -> Money:
        """What listing it would cost."""

    def revise(self, now: Item, draft: Draft) -> None:
        """Make a listing say what the draft says."""

    def set_stock(self, rows: Sequence[tuple[str, str, int]]) -> None:
        """What is left of up to four: listing, SKU of a variation or empty, quantity. All or none."""

    def end(self, now: Item) -> None:
        """Take it down."""

    def relist(self, listing_id: str, mark: str) -> str:
        """Put what ended on sale again; its new id."""
