"""One shop's listings: seeded ones derived when looked at, changed ones kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from instica.marketplaces.discogs.simulator.words import DELETED, STATUSES

CODES = {status: code for code, status in enumerate(STATUSES)}
STEP = 7


@dataclass(frozen=True, slots=True)
class Listing:
    """One physical record on sale. ``cents`` is ``None`` on the odd row whose price got lost; ``posted`` is epoch."""

    index: int
    id: int
    release_id: int
    status: str
    condition: str
    sleeve_condition: str
    cents: int | None
    posted: int
    comments: str = ""
    allow_offers: bool = False
    external_id: str = ""
    location: str = ""
    weight: int | None = None
    format_quantity: int = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The shop as it was at one moment, readable while it changes."""

    make: Callable[[int], Listing]
    statuses: bytes
    changed: dict[int, Listing]

    def rows(self, wanted: Sequence[str]) -> Iterator[Listing]:
        """The listings with one of those statuses, oldest first."""
        codes = {CODES[status] for status in wanted}
        for index, code in enumerate(self.statuses):
            if code in codes:
                yield self.changed.get(index) or self.make(index)


class Inventory:
    """All listings a shop ever had; the deleted stay, as deleted."""

    def __init__(self, first_id: int, make: Callable[[int], Listing], statuses: bytes) -> None:
        self.first_id = first_id
        self.make = make
        self.statuses = bytearray(statuses)
        self.changed: dict[int, Listing] = {}
        self.version = 0
        self.orders: dict[Any, list[int]] = {}

    def at(self, index: int) -> Listing:
        """The listing at a place."""
        return self.changed.get(index) or self.make(index)

    def get(self, listing_id: int) -> Listing | None:
        """The listing of that id, unless it is deleted."""
        index, rest = divmod(listing_id - self.first_id, STEP)
        if rest or not 0 <= index < len(self.statuses) or self.statuses[index] == CODES[DELETED]:
            return None
        return self.at(index)

    def change(self, listing: Listing, **changes: Any) -> Listing:
        """Keep a changed copy."""
        changed = replace(listing, **changes)
        self.changed[listing.index] = changed
        self.statuses[listing.index] = CODES[changed.status]
        self._touched()
        return changed

    def add(self, **fields: Any) -> Listing:
        """A new listing with the next id."""
        index = len(self.statuses)
        listing = Listing(index=index, id=self.first_id + index * STEP, **fields)
        self.changed[index] = listing
        self.statuses.append(CODES[listing.status])
        self._touched()
        return listing

    def count(self, status: str) -> int:
        """How many have that status."""
        return self.statuses.count(CODES[status])

    def snapshot(self) -> Snapshot:
        """The shop as it is now."""
        return Snapshot(self.make, bytes(self.statuses), dict(self.changed))

    def sorted(self, key: Any, make: Callable[[], list[int]]) -> list[int]:
        """The order ``make`` computes, kept until the next write."""
        if key not in self.orders:
            if len(self.orders) > 4:
                self.orders.clear()
            self.orders[key] = make()
        return self.orders[key]

    def _touched(self) -> None:
        self.version += 1
        self.orders.clear()
