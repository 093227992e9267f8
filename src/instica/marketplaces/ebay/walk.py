"""How a shop is read whole: what the Inventory API holds, then every listing on sale, then what is put aside.

Listings made by hand are brief in it: their details cost a call each, of five thousand a day. See ``details``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from instica.core import clock
from instica.kit.ports import Session
from instica.kit.types import Page, RemoteListing
from instica.marketplaces.ebay import mapping
from instica.marketplaces.ebay.client import Ebay, objects
from instica.marketplaces.ebay.sweep import Sweep
from instica.marketplaces.ebay.trading import Door, Item, Items

LAST_PAGE, PER_PAGE = 125, 200
MOST_LISTED = LAST_PAGE * PER_PAGE
WINDOW, WINDOWS = dt.timedelta(days=7), 5
ROUNDS = 3
START: dict[str, Any] = {"by": "sweep", "page": 0}
SHIFTED = "Listings ended while the shop was read; the next reading will settle them."

Listings = Page[RemoteListing]


class Walk:
    """One step of reading a shop, one call each; everything it knows is in the cursor and the spool."""

    def __init__(self, api: Ebay, door: Door, session: Session) -> None:
        self.api = api
        self.door = door
        self.sweep = Sweep(session.spool.path("ebay-inventory.sqlite"))

    def step(self, cursor: str | None) -> Listings:
        """The page behind ``cursor``."""
        where: dict[str, Any] = json.loads(cursor) if cursor else START
        steps = {"sweep": self._sweep, "active": self._active, "window": self._window, "aside": self._aside}
        return steps[where["by"]](where)

    def _sweep(self, where: Mapping[str, Any]) -> Listings:
        """A page of inventory items: whose listings belong to the Inventory API, and all it says of them."""
        listing = {"by": "active", "page": 1, "round": 1}
        if not self.api.may("sell.inventory"):
            return self._active(listing)
        answer = self.api.inventory_items(where["page"])
        rows = objects(answer.get("inventoryItems"))
        self.sweep.keep((mapping.words(row.get("sku")), row) for row in rows)
        more = (where["page"] + 1) * PER_PAGE < mapping.whole(answer.get("total"))
        return Page((), next=cursor({**where, "page": where["page"] + 1} if more and rows else listing))

    def _active(self, where: Mapping[str, Any]) -> Listings:
        """A page of what is on sale. Beyond 25 000 the list repeats itself: then by the time they end."""
        found = self.door.active(where["page"])
        if where["page"] == 1 and found.total > MOST_LISTED:
            now = clock.now().replace(microsecond=0)
            window = {"by": "window", "from": now.isoformat(), "number": 1, "page": 1, "round": 1}
            return Page((), next=cursor({**window, "total": found.total}), total=found.total)
        shifted = where.get("shifted", False) or where.get("total", found.total) > found.total
        now_at = {**where, "total": found.total, "shifted": shifted}
        if where["page"] < found.pages:
            return self._listed(found, found.total, cursor({**now_at, "page": where["page"] + 1}))
        if shifted and where["round"] < ROUNDS:
            again = {"by": "active", "page": 1, "round": where["round"] + 1}
            return self._listed(found, found.total, cursor(again))
        return self._listed(found, found.total, self._after(found.total, shifted=shifted))

    def _window(self, where: Mapping[str, Any]) -> Listings:
        """A page of what ends in a week; what was renewed meanwhile comes again in the last one."""
        start = dt.datetime.fromisoformat(where["from"]) + WINDOW * (where["number"] - 1)
        stop = start + WINDOW if where["number"] < WINDOWS else start + dt.timedelta(days=85)
        found = self.door.ending(start, stop, where["page"])
        active = replace(found, rows=tuple(row for row in found.rows if row.is_active))
        if where["page"] == 1:
            where = {**where, "held": found.total}
        shifted = where.get("shifted", False) or found.total < where["held"]
        if where["page"] < found.pages:
            return self._listed(
                active, where["total"], cursor({**where, "shifted": shifted, "page": where["page"] + 1})
            )
        if shifted and where["round"] < ROUNDS:
            again = {**where, "page": 1, "round": where["round"] + 1, "shifted": False}
            return self._listed(active, where["total"], cursor(again))
        missed = where.get("missed", False) or shifted
        if where["number"] < WINDOWS:
            following = {
                **where,
                "number": where["number"] + 1,
                "page": 1,
                "round": 1,
                "shifted": False,
                "missed": missed,
            }
            return self._listed(active, where["total"], cursor(following))
        return self._listed(active, where["total"], self._after(where["total"], shifted=missed))

    def _after(self, total: int, *, shifted: bool) -> str:
        return cursor({"by": "aside", "after": "", "total": total, "missed": shifted})

    def _listed(self, found: Items, total: int, following: str) -> Listings:
        """Readable listings, each once, completed by what the Inventory API says; the others counted."""
        items = self.sweep.of(sku for row in found.rows for sku in row.skus)
        self.sweep.on_sale(items)
        readable = {row.listing.id: completed(row, items) for row in found.rows}
        return Page(
            tuple(readable.values()),
            next=following,
            total=total,
            unreachable=found.unreadable,
            notes=lost(found.unreadable),
        )

    def _aside(self, where: Mapping[str, Any]) -> Listings:
        """One SKU that no list showed: its offers are prepared, withdrawn, or too new for the list."""
        total, missed = where["total"], where["missed"]
        found = self.sweep.aside(where["after"])
        if found is None:
            return Page((), total=total, complete=not missed, notes=(SHIFTED,) if missed else ())
        sku, item = found
        rows = [mapping.from_offer(offer, item) for offer in self.api.offers(sku)]
        known = tuple(row for row in rows if row)
        return Page(known, next=cursor({**where, "after": sku}), total=total)


def completed(row: Item, items: Mapping[str, Mapping[str, Any]]) -> RemoteListing:
    """A row of the list with whose it is; by hand is what has no inventory item of its SKU and title.

    Brief is all that no item makes whole.
    """
    listing = row.listing
    item = items.get(listing.offers[0].sku) if listing.offers else None
    if not item or row.is_auction or not same_page(listing, item):
        return replace(listing, details={**listing.details, "model": "trading"}, brief=True)
    owned = replace(listing, details={**listing.details, "model": "inventory"}, brief=True)
    return mapping.with_item(owned, item) if len(listing.offers) == 1 else owned


def same_page(listing: RemoteListing, item: Mapping[str, Any]) -> bool:
    """Whether that item is behind that page: SKUs are not unique beyond the Inventory API."""
    return len(listing.offers) > 1 or mapping.words(mapping.record(item.get("product")).get("title")) == listing.title


def lost(count: int) -> tuple[str, ...]:
    """What to say about rows nobody can read."""
    return (f"{count} rows from eBay could not be read at all.",) if count else ()


def cursor(where: Mapping[str, Any]) -> str:
    """Where to go on."""
    return json.dumps(where, separators=(",", ":"))
