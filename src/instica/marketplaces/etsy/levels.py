"""Changing what is on sale: on and off, and how many of each variation, without losing anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from instica.core import clock
from instica.kit.errors import Complaint, Gone, Refused
from instica.kit.ports import Session
from instica.kit.types import Draft, Level, Outcome, RemoteListing
from instica.marketplaces.etsy import mapping, picturing, stock
from instica.marketplaces.etsy.client import Etsy
from instica.marketplaces.etsy.publishing import readable
from instica.marketplaces.etsy.reading import moment, words
from instica.marketplaces.etsy.words import ACTIVE, DRAFT, EXPIRED, INACTIVE, PAID_FOR, SOLD_OUT

CONFLICT = 409
TRIES = 2
EDITABLE = frozenset({ACTIVE, INACTIVE, DRAFT, EXPIRED})
COSTS = "Going on sale again costs the listing fee on Etsy: a person must say so"

Row = Mapping[str, Any]
Change = Callable[[stock.Body], stock.Body]


def costs(row: Row) -> bool:
    """Whether going on sale from here costs the listing fee."""
    ending = moment(row.get("ending_timestamp"))
    return words(row.get("state")) in PAID_FOR or bool(ending and ending <= clock.now())


class Levels:
    """Changes to one shop's listings; every change of an inventory is read, changed, and written whole."""

    def __init__(self, api: Etsy) -> None:
        self.api = api

    def set(self, levels: Sequence[Level]) -> list[Outcome]:
        """Set quantities, listing by listing; the outcomes come in the order of the levels."""
        grouped: dict[str, list[Level]] = {}
        for level in levels:
            grouped.setdefault(level.ref.listing, []).append(level)
        done = {number: self._set_one(number, each) for number, each in grouped.items()}
        return [done[level.ref.listing].pop(0) for level in levels]

    def _set_one(self, number: str, levels: list[Level]) -> list[Outcome]:
        try:
            return self._applied(number, levels)
        except Gone as gone:
            return [Outcome(each.ref, 0, str(gone) if each.quantity > 0 else "") for each in levels]
        except Refused as refusal:
            return [Outcome(each.ref, None, str(refusal)) for each in levels]

    def _applied(self, number: str, levels: list[Level]) -> list[Outcome]:
        row = self.api.listing(number)
        state = words(row.get("state"))
        nothing = all(each.quantity <= 0 for each in levels)
        if state != ACTIVE and (nothing or state != INACTIVE or costs(row)):
            return [Outcome(each.ref, 0, "" if each.quantity <= 0 else COSTS) for each in levels]
        if nothing and row.get("has_variations") is False:
            self.hide(number)
            return [Outcome(each.ref, 0) for each in levels]
        return self._written(number, levels, hidden=state != ACTIVE)

    def _written(self, number: str, levels: list[Level], *, hidden: bool) -> list[Outcome]:
        """What a hidden page does not get told is not on sale when it comes back."""
        wanted = {each.ref.offer: max(0, each.quantity) for each in levels}
        before: dict[str, int] = {}

        def change(now: stock.Body) -> stock.Body:
            before.update(quantities(now))
            if stale := [each for each in levels if self._is_stale(each, before)]:
                raise Refused([Complaint("Etsy shows another quantity than expected: look again", stale[0].ref.offer)])
            return stock.with_levels(now, wanted, others=0 if hidden else None)

        inventory, after = self.rewrite(number, change)
        if not stock.total(after):
            self.hide(number)
            return [Outcome(each.ref, 0) for each in levels]
        if hidden:
            self.api.update_listing(number, {"state": ACTIVE})
        now = quantities(stock.as_sent(inventory))
        return [Outcome(each.ref, now.get(each.ref.offer)) for each in levels]

    @staticmethod
    def _is_stale(level: Level, before: Mapping[str, int]) -> bool:
        """Whether raising this would bring back pieces that somebody bought meanwhile."""
        there = before.get(level.ref.offer)
        return level.expected is not None and there != level.expected and level.quantity > (there or 0)

    def rewrite(self, number: str, change: Change) -> tuple[Row, stock.Body]:
        """Read the inventory, change it, write it whole; once more where somebody else was faster.

        The inventory as it is then, and what was wanted. Without stock it cannot be written: the page must be hidden.
        """
        for attempt in range(1, TRIES + 1):
            inventory = self.api.inventory(number)
            now = stock.as_sent(inventory)
            wanted = change(now)
            if wanted == now or not stock.total(wanted):
                return inventory, wanted
            try:
                return self.api.put_inventory(number, wanted, stock.variations(wanted)), wanted
            except Refused as refusal:
                if refusal.status != CONFLICT or attempt == TRIES:
                    raise
        raise AssertionError("unreachable")

    def hide(self, number: str) -> Row:
        """Take it off sale; the listing then. What was sold out, removed or hidden meanwhile is off sale already."""
        try:
            return self.api.update_listing(number, {"state": INACTIVE})
        except Refused:
            row = self.api.listing(number)
            if words(row.get("state")) == ACTIVE:
                raise
            return row

    def withdraw(self, number: str) -> RemoteListing | None:
        """Off sale, reversibly; ``None`` when nothing is left there."""
        try:
            row = self.api.listing(number)
            if words(row.get("state")) == ACTIVE:
                row = {**row, **self.hide(number)}
            return readable(row, self.api.inventory(number))
        except Gone:
            return None

    def show(self, number: str) -> RemoteListing:
        """On sale; from a draft, a sold out or an expired listing that costs the fee."""
        row = self.api.listing(number)
        if words(row.get("state")) != ACTIVE:
            row |= self.api.update_listing(number, {"state": ACTIVE}, "once" if costs(row) else "set")
        return readable(row, self.api.inventory(number))

    def revise(self, number: str, draft: Draft, session: Session) -> RemoteListing:
        """Say what the draft says, live or hidden as it stands there; only ``hidden`` hides."""
        row = self.api.listing(number)
        state = words(row.get("state"))
        if state == SOLD_OUT:
            raise Refused([Complaint(COSTS, "quantity")])
        if state not in EDITABLE:
            raise Refused([Complaint(f"A listing that is {state} on Etsy cannot be changed", "state")])
        if picturing.arrange(self.api, session, number, draft):
            row = self.api.listing(number)
        changes = mapping.changes(row, draft, clock.now().year)
        if state == ACTIVE and (draft.hidden or not any(map(stock.pieces, draft.offers))):
            changes["state"] = INACTIVE
        if changes:
            row |= self.api.update_listing(number, changes)
        inventory, _ = self.rewrite(number, lambda now: stock.with_offers(now, draft.offers))
        return readable(row, inventory)


def quantities(body: stock.Body) -> dict[str, int]:
    """How many of each product buyers can buy, by key."""
    return {
        stock.key(product["property_values"]): sum(row["quantity"] for row in product["offerings"] if row["is_enabled"])
        for product in body["products"]
    }
