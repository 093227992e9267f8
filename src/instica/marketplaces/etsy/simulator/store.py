"""One shop's listings: seeded ones derived when looked at, changed ones kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from instica.marketplaces.etsy.simulator.words import DELETED, STATES

CODES = {state: code for code, state in enumerate(STATES)}
STEP = 7


@dataclass(frozen=True, slots=True)
class Offering:
    """How one product sells. ``cents`` is ``None`` on the odd row whose price got lost."""

    id: int
    quantity: int
    cents: int | None
    enabled: bool = True
    readiness: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One property of a product, such as its size."""

    property_id: int
    name: str
    value_id: int
    text: str
    scale_id: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """One combination of property values."""

    id: int
    sku: str
    offering: Offering
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a listing."""

    id: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """The inventory of a listing; ``on`` says which properties price, quantity, sku and readiness depend on."""

    products: tuple[Product, ...]
    on: tuple[tuple[int, ...], ...] = ((), (), (), ())

    @property
    def quantity(self) -> int:
        """What can be bought, all products together."""
        return sum(each.offering.quantity for each in self.products if each.offering.enabled)

    @property
    def cents(self) -> int | None:
        """The lowest price."""
        prices = [each.offering.cents for each in self.products if each.offering.cents is not None]
        return min(prices, default=None)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the shop; times are epoch seconds. ``more`` holds the plain fields as the API names them."""

    index: int
    id: int
    state: str
    title: str
    description: str
    stock: Stock
    created: int
    updated: int
    ending: int
    section: int | None = None
    pictures: tuple[Picture, ...] = ()
    tags: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    type: str = "physical"
    more: tuple[tuple[str, Any], ...] = ()

    def get(self, name: str) -> Any:
        """A plain field."""
        return dict(self.more).get(name)


class Inventory:
    """All listings a shop ever had; the deleted stay, as deleted."""

    def __init__(self, first_id: int, make: Callable[[int], Listing], states: bytes) -> None:
        self.first_id = first_id
        self.make = make
        self.states = bytearray(states)
        self.changed: dict[int, Listing] = {}
        self.places: dict[Any, list[int]] = {}

    def at(self, index: int) -> Listing:
        """The listing at a place."""
        return self.changed.get(index) or self.make(index)

    def get(self, listing_id: int) -> Listing | None:
        """The listing of that id, unless it is deleted."""
        index, rest = divmod(listing_id - self.first_id, STEP)
        if rest or not 0 <= index < len(self.states) or self.states[index] == CODES[DELETED]:
            return None
        return self.at(index)

    def change(self, listing: Listing, **changes: Any) -> Listing:
        """Keep a changed copy."""
        changed = replace(listing, **changes)
        self.changed[listing.index] = changed
        self.states[listing.index] = CODES[changed.state]
        self.places.clear()
        return changed

    def add(self, **fields: Any) -> Listing:
        """A new listing with the next id."""
        index = len(self.states)
        listing = Listing(index=index, id=self.first_id + index * STEP, **fields)
        self.changed[index] = listing
        self.states.append(CODES[listing.state])
        self.places.clear()
        return listing

    def count(self, state: str) -> int:
        """How many are in that state."""
        return self.states.count(CODES[state])

    def newest(self, state: str, key: Any = None, wanted: Callable[[int], bool] | None = None) -> list[int]:
        """Places of the listings in a state, the newest first; kept until the next write."""
        if (state, key) not in self.places:
            code, last = CODES[state], len(self.states) - 1
            found = (last - back for back, each in enumerate(reversed(self.states)) if each == code)
            self.places[state, key] = [place for place in found if wanted is None or wanted(place)]
        return self.places[state, key]

    def rows(self) -> Iterator[Listing]:
        """Every listing that is not deleted, as the shop is at this moment."""
        states, changed, make = bytes(self.states), dict(self.changed), self.make
        for index, code in enumerate(states):
            if code != CODES[DELETED]:
                yield changed.get(index) or make(index)
