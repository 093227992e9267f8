"""Sets what is left: 25 SKUs at once by the Inventory API, four listings at once by Trading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from instica.kit.errors import Gone, Refused
from instica.kit.ports import Budget
from instica.kit.types import Level, Outcome
from instica.marketplaces.ebay import mapping, owning, revisions
from instica.marketplaces.ebay.client import AT_ONCE, Ebay, complaint, objects
from instica.marketplaces.ebay.owning import Owned
from instica.marketplaces.ebay.trading import Door

BY_TRADING = 4
OVER = "This listing has ended on eBay: it must be put up anew"
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Order:
    """One level, whose page it is, and where in the answer it belongs."""

    place: int
    level: Level
    owned: Owned

    @property
    def variation(self) -> str:
        """The SKU of the variation it is about; empty on a page with one offer."""
        offers = self.owned.listing.offers
        chosen = next((offer for offer in offers if offer.id == self.level.ref.offer), None)
        return chosen.sku if chosen and len(offers) > 1 else ""


class Levels:
    """A batch of levels, each told by itself."""

    def __init__(self, api: Ebay, door: Door, budget: Budget) -> None:
        self.api = api
        self.door = door
        self.budget = budget
        self.told: dict[int, Outcome] = {}

    def set(self, levels: Sequence[Level]) -> list[Outcome]:
        """Set them all; an outcome for each, in the same order."""
        orders = [order for place, level in enumerate(levels) if (order := self._order(place, level))]
        for some in parts([each for each in orders if each.owned.offer], AT_ONCE):
            self._by_inventory(some)
        for some in parts([each for each in orders if not each.owned.offer], BY_TRADING):
            self._by_trading(some)
        return [self.told[place] for place in range(len(levels))]

    def _order(self, place: int, level: Level) -> Order | None:
        """What is to be written; nothing where the page is over, is an auction, or shows that figure already."""
        try:
            owned = owning.look_by_sku(self.api, self.door, level.ref)
        except Gone as gone:
            self.told[place] = Outcome(level.ref, 0, str(gone) if level.quantity else "")
            return None
        if not owned.is_active:
            self.told[place] = Outcome(level.ref, 0, OVER if level.quantity else "")
            return None
        order = Order(place, level, owned)
        if level.quantity == shown(order):
            self.told[place] = Outcome(level.ref, level.quantity)
            return None
        if owned.page and owned.page.is_auction:
            self._auction(order)
            return None
        if until := revisions.take(self.budget, owned.listing.id):
            self._too_often(order, until)
            return None
        return order

    def _too_often(self, order: Order, until: dt.datetime) -> None:
        """No more revisions today. What is sold out must not wait for that: ending a page counts as none."""
        if order.level.quantity == 0 and len(order.owned.listing.offers) == 1:
            self._end(order)
        else:
            why = f"This listing was revised so often today that eBay takes no more before {until:%H:%M} UTC"
            self.told[order.place] = Outcome(order.level.ref, None, why, until)

    def _auction(self, order: Order) -> None:
        """An auction has one piece or none."""
        if order.level.quantity:
            self.told[order.place] = Outcome(order.level.ref, 1, "An auction on eBay sells one piece")
        else:
            self._end(order)

    def _by_inventory(self, orders: Sequence[Order]) -> None:
        rows = {order.owned.sku: order for order in orders}
        answers = self.api.update_price_quantity([update(order) for order in rows.values()])
        failed = {mapping.words(row.get("sku")): why for row in answers if (why := reason(row))}
        for order in orders:
            why = failed.get(order.owned.sku, "")
            self.told[order.place] = Outcome(order.level.ref, None if why else order.level.quantity, why)

    def _by_trading(self, orders: Sequence[Order]) -> None:
        """Four at once; where eBay takes them all or none and took none, one by one."""
        rows = [(each.owned.listing.id, each.variation, each.level.quantity) for each in orders]
        try:
            self.door.set_stock(rows)
        except (Refused, Gone) as refusal:
            if len(orders) > 1:
                for each in orders:
                    self._by_trading([each])
            elif orders[0].level.quantity or orders[0].variation:
                self.told[orders[0].place] = Outcome(orders[0].level.ref, None, str(refusal))
            else:
                self._end(orders[0])
            return
        for each in orders:
            self.told[each.place] = Outcome(each.level.ref, each.level.quantity)

    def _end(self, order: Order) -> None:
        """Nothing left, and the listing cannot show that: then it ends."""
        try:
            self._take_down(order.owned)
        except Refused as refusal:
            self.told[order.place] = Outcome(order.level.ref, None, str(refusal))
        else:
            self.told[order.place] = Outcome(order.level.ref, 0)

    def _take_down(self, owned: Owned) -> None:
        if owned.offer:
            self.api.withdraw_offer(owned.offer_id)
        elif owned.page:
            self.door.end(owned.page)


def shown(order: Order) -> int | None:
    """What that offer shows now."""
    offers = order.owned.listing.offers
    chosen = [offer for offer in offers if offer.id == order.level.ref.offer] or list(offers[:1])
    return chosen[0].quantity if chosen else None


def update(order: Order) -> dict[str, Any]:
    """A row of ``bulk_update_price_quantity``: both counts, since the smaller one is what buyers see."""
    quantity = order.level.quantity
    return {
        "sku": order.owned.sku,
        "shipToLocationAvailability": {"quantity": quantity},
        "offers": [{"offerId": order.owned.offer_id, "availableQuantity": quantity}],
    }


def reason(row: Mapping[str, Any]) -> str:
    """Why a row of a bulk answer failed; empty when it did not."""
    status = row.get("statusCode")
    if isinstance(status, int) and status < 300:
        return ""
    said = "; ".join(complaint(each).message for each in objects(row.get("errors")))
    return said or f"eBay refused it with status {status}"


def parts(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """A list in pieces."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
