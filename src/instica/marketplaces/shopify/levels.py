"""Sets stock so that a page offers what it should: place by place, and only where it still is what was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from instica.kit.errors import Complaint, Gone, Refused
from instica.kit.types import Level, Outcome
from instica.marketplaces.shopify.client import Shopify, following, tail
from instica.marketplaces.shopify.mapping import nodes, records, whole, words
from instica.marketplaces.shopify.verdicts import record

AT_ONCE = 30
MOST_ROWS = 250
ROUNDS = 3
STALE = "CHANGE_FROM_QUANTITY_STALE"
REFERENCE = "instica://levels"
SEVERAL = "This product has several variants: say which one"
TWICE = "This variant is named twice: the later level counts"
TOO_MANY_PLACES = "This item lies at more than fifty locations: set its stock on Shopify"
CHANGED = "Shopify's stock kept changing meanwhile"


@dataclass(frozen=True, slots=True)
class Place:
    """An item's available pieces at one location; below zero where more was sold than there was."""

    location: str
    available: int
    counts: bool


@dataclass(slots=True)
class Stock:
    """A variant's stock as it was read."""

    variant: str
    product: str
    item: str
    tracked: bool
    beyond: bool
    beyond_reach: bool
    places: list[Place] = field(default_factory=list)

    @property
    def sellable(self) -> int:
        """What the online store may sell."""
        return sum(place.available for place in self.places if place.counts)


@dataclass(slots=True)
class Wish:
    """One variant that shall show so many, and the level that asked for it."""

    place: int
    variant: str
    quantity: int
    expected: int | None


class Levels:
    """One batch of levels, in as few calls as Shopify allows."""

    def __init__(self, api: Shopify, location: Callable[[], str]) -> None:
        self.api = api
        self.location = location

    def set(self, levels: Sequence[Level]) -> list[Outcome]:
        """Set each, one by one told what became of it."""
        outcomes: dict[int, Outcome] = {}
        every = [wish for place, level in enumerate(levels) for wish in self._wishes(place, level, outcomes)]
        latest = {wish.variant: wish for wish in every}
        wishes = list(latest.values())
        for wish in every:
            if latest[wish.variant] is not wish:
                outcomes[wish.place] = Outcome(levels[wish.place].ref, None, TWICE)
        for start in range(0, len(wishes), AT_ONCE):
            self._batch(wishes[start : start + AT_ONCE], levels, outcomes)
        return [outcomes[place] for place in range(len(levels))]

    def _wishes(self, place: int, level: Level, outcomes: dict[int, Outcome]) -> list[Wish]:
        """The variants a level is about: the one it names, the only one, or all of them when nothing may sell."""
        if level.ref.offer:
            return [Wish(place, level.ref.offer, level.quantity, level.expected)]
        try:
            variants = self.api.product_variants(level.ref.listing)
        except Gone as gone:
            outcomes[place] = missing(level, str(gone))
            return []
        if len(variants) > 1 and level.quantity > 0:
            outcomes[place] = Outcome(level.ref, None, SEVERAL)
            return []
        expected = level.expected if len(variants) == 1 else None
        return [Wish(place, variant, level.quantity, expected) for variant in variants]

    def _batch(self, wishes: list[Wish], levels: Sequence[Level], outcomes: dict[int, Outcome]) -> None:
        left = wishes
        for _ in range(ROUNDS):
            found = {
                stock.variant: stock for stock in map(read, self.api.levels([wish.variant for wish in left])) if stock
            }
            left = [wish for wish in left if self._begin(wish, found, levels[wish.place], outcomes)]
            left = self._write(left, found, levels, outcomes)
            if not left:
                return
        for wish in left:
            outcomes[wish.place] = Outcome(levels[wish.place].ref, None, CHANGED)

    def _begin(self, wish: Wish, found: Mapping[str, Stock], level: Level, outcomes: dict[int, Outcome]) -> bool:
        """Whether there is something to set. What is not counted is counted first; what sells on at zero is stopped."""
        stock = found.get(wish.variant)
        if stock is None:
            outcomes[wish.place] = missing(level, "Shopify has no such variant")
            return False
        if stock.beyond_reach:
            outcomes[wish.place] = Outcome(level.ref, None, TOO_MANY_PLACES)
            return False
        if wish.expected is not None and stock.tracked and max(0, stock.sellable) != wish.expected:
            outcomes[wish.place] = Outcome(level.ref, max(0, stock.sellable), f"Shopify holds {stock.sellable} now")
            return False
        try:
            if not stock.tracked:
                self.api.track_item(stock.item)
            if stock.beyond and wish.quantity == 0:
                deny = {"id": f"gid://shopify/ProductVariant/{stock.variant}", "inventoryPolicy": "DENY"}
                self.api.set_variants(stock.product, [deny])
        except Refused as refusal:
            outcomes[wish.place] = Outcome(level.ref, None, str(refusal))
            return False
        if stock.places and max(0, stock.sellable) == wish.quantity:
            outcomes.setdefault(wish.place, Outcome(level.ref, wish.quantity))
            return False
        return True

    def _write(
        self, wishes: list[Wish], found: Mapping[str, Stock], levels: Sequence[Level], outcomes: dict[int, Outcome]
    ) -> list[Wish]:
        """Send all rows at once; the wishes that must be tried again with what is true by then."""
        changes: list[dict[str, Any]] = []
        owners: list[Wish] = []
        for wish in wishes:
            rows = steps(found[wish.variant], wish.quantity, self.location)
            changes += rows
            owners += [wish] * len(rows)
        if not changes:
            return []
        for start in range(0, len(changes), MOST_ROWS):
            try:
                self.api.set_quantities(changes[start : start + MOST_ROWS], REFERENCE)
            except Refused as refusal:
                return again(refusal.complaints, wishes, owners[start:], levels, outcomes)
        for wish in wishes:
            outcomes.setdefault(wish.place, Outcome(levels[wish.place].ref, wish.quantity))
        return []


def again(
    complaints: Sequence[Complaint],
    wishes: list[Wish],
    owners: list[Wish],
    levels: Sequence[Level],
    outcomes: dict[int, Outcome],
) -> list[Wish]:
    """Nothing was set. Rows that are wrong in themselves are told and left out, the others tried again."""
    wrong: set[int] = set()
    for complaint in complaints:
        if complaint.code == STALE:
            continue
        named = complaint.field.split(".")
        place = int(named[1]) if len(named) > 1 and named[1].isdigit() else -1
        for wish in [owners[place]] if 0 <= place < len(owners) else wishes:
            outcomes[wish.place] = Outcome(levels[wish.place].ref, None, complaint.message)
            wrong.add(id(wish))
    return [wish for wish in wishes if id(wish) not in wrong]


def missing(level: Level, why: str) -> Outcome:
    """What is gone offers nothing, which is all that a level of zero wanted."""
    return Outcome(level.ref, 0, why if level.quantity > 0 else "")


def steps(stock: Stock, wanted: int, location: Callable[[], str]) -> list[dict[str, Any]]:
    """The changes that bring the sum to ``wanted``: more goes to the fullest place, less is taken from it first."""
    counting = sorted((place for place in stock.places if place.counts), key=lambda place: -place.available)
    if not counting:
        return [change(stock, location(), wanted, None)]
    difference = wanted - stock.sellable
    if difference > 0:
        first = counting[0]
        return [change(stock, first.location, first.available + difference, first.available)]
    rows = []
    for place in counting:
        taken = min(-difference, max(0, place.available))
        if taken:
            rows.append(change(stock, place.location, place.available - taken, place.available))
            difference += taken
    return rows


def change(stock: Stock, location: str, quantity: int, before: int | None) -> dict[str, Any]:
    """One row: set only while it still is ``before``; ``None`` where there is no level to compare with."""
    return {
        "inventoryItemId": stock.item,
        "locationId": location,
        "quantity": quantity,
        "changeFromQuantity": before,
    }


def read(row: Mapping[str, Any]) -> Stock | None:
    """A variant's stock; ``None`` when it cannot be read."""
    variant, item = tail(row.get("id")), record(row.get("inventoryItem"))
    if not variant or not tail(item.get("id")):
        return None
    return Stock(
        variant=variant,
        product=words(record(row.get("product")).get("id")),
        item=words(item.get("id")),
        tracked=item.get("tracked") is not False,
        beyond=row.get("inventoryPolicy") == "CONTINUE",
        beyond_reach=following(record(item.get("inventoryLevels"))) is not None,
        places=[place for each in nodes(item.get("inventoryLevels")) if (place := place_of(each))],
    )


def place_of(level: Mapping[str, Any]) -> Place | None:
    """One location; it counts where it is active and ships what is bought online."""
    location = record(level.get("location"))
    if not tail(location.get("id")) or level.get("isActive") is False:
        return None
    available = [row for row in records(level.get("quantities")) if row.get("name") == "available"]
    counts = location.get("isActive") is not False and location.get("fulfillsOnlineOrders") is not False
    return Place(words(location.get("id")), whole(available[0].get("quantity")) if available else 0, counts)
