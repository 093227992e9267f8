"""How a shop is read whole: state by state, page by page, and beyond Etsy's deepest page section by section."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from instica.kit.errors import Gone, TryLater
from instica.kit.ports import Session
from instica.kit.types import Page, RemoteListing
from instica.marketplaces.etsy import mapping
from instica.marketplaces.etsy.client import PER_PAGE, Etsy
from instica.marketplaces.etsy.reading import records, whole
from instica.marketplaces.etsy.words import ACTIVE, STATES

REACH = 12_100
ROUNDS = 2
SEEN_FILE = "etsy-active-ids.txt"
START = {"by": "state", "state": 0, "offset": 0, "round": 1, "total": 0}
INCLUDES = "Images,Inventory"
SHIFTED = "Listings went on sale while the shop was read; the next reading will settle them."

Listings = Page[RemoteListing]
Where = dict[str, Any]
Row = Mapping[str, Any]


class Walk:
    """One step of reading a shop; everything it knows is in the cursor and the spool."""

    def __init__(self, api: Etsy, session: Session) -> None:
        self.api = api
        self.session = session

    def step(self, cursor: str | None) -> Listings:
        """The page behind ``cursor``."""
        where: Where = json.loads(cursor) if cursor else dict(START)
        if where["by"] == "state":
            return self._by_state(where)
        if where["by"] == "section":
            return self._by_section(where)
        return self._last_look(where)

    def _by_state(self, where: Where) -> Listings:
        """A page of one state. What left it meanwhile moved the rest up: then the walk goes back by so many rows."""
        state, offset = STATES[where["state"]], where["offset"]
        answer = self.api.listings(state, offset, includes=INCLUDES)
        rows, count = records(answer.get("results")), whole(answer.get("count"))
        moved = max(0, where.get("count", count) - count)
        following = max(0, offset - moved) if moved else offset + PER_PAGE
        if not rows and offset < min(count, REACH):
            raise TryLater(f"Etsy counts {count} {state} listings and shows none from {offset} on")
        deep = count > REACH
        if state == ACTIVE:
            where["active"] = count
            if deep:
                self._remember(rows)
        if following < min(count, REACH):
            return self._page(self._whole(rows), {**where, "offset": following, "count": count})
        where["total"] += count
        if deep and state == ACTIVE:
            sections = [whole(each.get("shop_section_id")) for each in self.api.sections()]
            return self._page(self._whole(rows), {**where, "by": "section", "sections": sections, "offset": 0})
        lost = max(0, count - REACH)
        return self._page(self._whole(rows), self._next_state(where, lost), lost=lost, state=state)

    def _next_state(self, where: Where, lost: int) -> Where:
        kept = {name: where[name] for name in ("round", "total", "active")}
        kept["lost"] = where.get("lost", 0) + lost
        following = where["state"] + 1
        if following == len(STATES):
            return {**kept, "by": "look"}
        return {**kept, "by": "state", "state": following, "offset": 0}

    def _by_section(self, where: Where) -> Listings:
        """Active listings that no page of the whole reaches, each with its pictures and inventory."""
        if not where["sections"]:
            lost = max(0, where["active"] - len(self._remembered()))
            return self._page([], self._next_state(where, lost), lost=lost, state=ACTIVE)
        answer = self.api.listings_in(where["sections"][0], where["offset"])
        rows, count = records(answer.get("results")), whole(answer.get("count"))
        seen = self._remembered()
        fresh = [number for row in rows if (number := whole(row.get("listing_id"))) and number not in seen]
        found = self._detailed(fresh) if fresh else []
        self._remember(found)
        following = where["offset"] + PER_PAGE
        if rows and following < min(count, REACH):
            return self._page(found, {**where, "offset": following})
        return self._page(found, {**where, "sections": where["sections"][1:], "offset": 0})

    def _last_look(self, where: Where) -> Listings:
        """Whether something went on sale behind our back: every change of state begins or ends at active."""
        count = whole(self.api.listings(ACTIVE, 0, limit=1).get("count"))
        lost, total = where["lost"], where["total"]
        if count <= where["active"]:
            return Page((), total=total, complete=not lost)
        if where["round"] < ROUNDS:
            self.session.spool.path(SEEN_FILE).unlink(missing_ok=True)
            return Page((), next=cursor({**START, "round": where["round"] + 1}))
        return Page((), total=total, complete=False, notes=(SHIFTED,))

    def _whole(self, rows: Sequence[Row]) -> list[Row]:
        """The rows with their inventories, asked for apart where they did not come along."""
        lacking = [whole(row.get("listing_id")) for row in rows if not isinstance(row.get("inventory"), Mapping)]
        found = self._inventories([number for number in lacking if number])
        return [{**row, "inventory": found.get(whole(row.get("listing_id")), row.get("inventory"))} for row in rows]

    def _detailed(self, ids: Sequence[int]) -> list[Row]:
        return self._whole(self.api.listings_of(ids))

    def _inventories(self, ids: Sequence[int]) -> dict[int, Row]:
        """Inventories by listing. One id that is gone would fail all: the halves are asked for then."""
        if not ids:
            return {}
        try:
            rows = self.api.inventories_of(ids)
        except Gone:
            if len(ids) == 1:
                return {}
            middle = len(ids) // 2
            return self._inventories(ids[:middle]) | self._inventories(ids[middle:])
        return {whole(row.get("listing_id")): row.get("inventory") or {} for row in rows}

    def _remember(self, rows: Iterable[Row]) -> None:
        with self.session.spool.path(SEEN_FILE).open("a", encoding="ascii") as file:
            file.writelines(f"{whole(row.get('listing_id'))}\n" for row in rows)

    def _remembered(self) -> set[int]:
        path = self.session.spool.path(SEEN_FILE)
        return {int(line) for line in path.read_text(encoding="ascii").split()} - {0} if path.exists() else set()

    def _page(self, rows: Sequence[Row], following: Where, lost: int = 0, state: str = "") -> Listings:
        found = [mapping.from_json(row) for row in rows]
        readable = {listing.id: listing for listing in found if listing}
        broken = found.count(None)
        notes = (*out_of_reach(lost, state), *unreadable(broken))
        return Page(tuple(readable.values()), next=cursor(following), unreachable=lost + broken, notes=notes)


def out_of_reach(lost: int, state: str) -> tuple[str, ...]:
    """What to say about listings that Etsy shows on no page."""
    why = "that are in no shop section " if state == ACTIVE else ""
    text = f"{lost} {state.replace('_', ' ')} listings {why}could not be read: Etsy shows the first {REACH} of a state."
    return (text,) if lost else ()


def unreadable(broken: int) -> tuple[str, ...]:
    """What to say about rows nobody can read."""
    return (f"{broken} rows from Etsy could not be read at all.",) if broken else ()


def cursor(where: Where) -> str:
    """Where to go on."""
    return json.dumps(where, separators=(",", ":"))
