"""One shop's listings: seeded ones derived when looked at, changed ones kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from instica.marketplaces.ebay.simulator.words import ACTIVE, FIXED, TRADING, VINYL

FIRST_ITEM = 256_104_310_017
STEP = 37
LIVE, OVER, HISTORY = 1, 2, 3
Specifics = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Variation:
    """One choice on a page of many. ``quantity`` is what is left."""

    sku: str
    cents: int
    quantity: int
    options: tuple[tuple[str, str], ...]
    sold: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """One page. ``cents`` is ``None`` on the odd row whose price got lost; times are epochs; ``quantity`` is left."""

    index: int
    id: int
    title: str
    sku: str
    cents: int | None
    started: int
    ends: int
    quantity: int = 1
    sold: int = 0
    model: str = TRADING
    kind: str = FIXED
    status: str = ACTIVE
    site: str = "US"
    currency: str = "USD"
    category: str = VINYL
    condition: int = 3000
    note: str = ""
    description: str = ""
    specifics: Specifics = ()
    pictures: tuple[str, ...] = ()
    upc: str = ""
    bids: int = 0
    variations: tuple[Variation, ...] = ()
    group: str = ""
    uuid: str = ""
    offer: str = ""
    policies: tuple[str, str, str] = ("", "", "")
    best_offer: bool = False
    reason: str = ""
    parent: int = 0
    relisted: int = 0
    modified: int = 0
    revised: int = 0

    @property
    def is_live(self) -> bool:
        """Whether buyers can find it: active, and something is left."""
        return self.status == ACTIVE and self.left > 0

    @property
    def left(self) -> int:
        """What can still be bought, over all variations."""
        return sum(each.quantity for each in self.variations) if self.variations else self.quantity

    @property
    def sold_in_all(self) -> int:
        """What was bought so far."""
        return self.sold + sum(each.sold for each in self.variations)


class Shelf:
    """All listings a shop ever had; what ended before the reset is history."""

    def __init__(self, make: Callable[[int], Listing], count: int) -> None:
        self.make = make
        self.states = bytearray([LIVE]) * count
        self.changed: dict[int, Listing] = {}
        self.version = 0
        self.by_sku: dict[str, list[int]] = {}
        self._sorted: tuple[int, list[int]] = (-1, [])

    def at(self, index: int) -> Listing:
        """The listing at a place."""
        return self.changed.get(index) or self.make(index)

    def get(self, listing_id: int) -> Listing | None:
        """The listing of that id."""
        index, rest = divmod(listing_id - FIRST_ITEM, STEP)
        return None if rest or not 0 <= index < len(self.states) else self.at(index)

    def change(self, listing: Listing, **changes: Any) -> Listing:
        """Keep a changed copy."""
        changed = replace(listing, **changes)
        self.changed[listing.index] = changed
        if self.states[listing.index] != HISTORY:
            self.states[listing.index] = LIVE if changed.status == ACTIVE else OVER
        self.version += 1
        return changed

    def add(self, **fields: Any) -> Listing:
        """A new listing with the next id."""
        index = len(self.states)
        listing = Listing(index=index, id=FIRST_ITEM + index * STEP, **fields)
        self.changed[index] = listing
        self.states.append(LIVE)
        self.version += 1
        return listing

    def forget(self, listing: Listing) -> None:
        """From now on it belongs to the past: searches by time still show it, nothing else does."""
        self.states[listing.index] = HISTORY
        self.version += 1

    def active(self) -> list[int]:
        """The places of all active listings, oldest first; kept until something changes."""
        if self._sorted[0] != self.version:
            self._sorted = (self.version, [index for index, state in enumerate(self.states) if state == LIVE])
        return self._sorted[1]

    def every(self, *, history: bool = False) -> Iterator[Listing]:
        """All listings, oldest first. Holds a copy of what it needs, so that the shop may change meanwhile."""
        states, changed = bytes(self.states), dict(self.changed)
        for index, state in enumerate(states):
            if history or state != HISTORY:
                yield changed.get(index) or self.make(index)
