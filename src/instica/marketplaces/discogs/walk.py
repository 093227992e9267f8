"""How a shop is read whole: page by page while it is small, else through one export."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from instica.core import clock
from instica.kit.errors import Complaint, Gone, Refused, TryLater, Unsure
from instica.kit.ports import Session
from instica.kit.types import Page, RemoteListing
from instica.marketplaces.discogs import mapping, spool
from instica.marketplaces.discogs.client import Discogs
from instica.marketplaces.discogs.words import PACIFIC

SMALL = 500
PIECE = 1_000
FIRST_POLL = 2.0
GROWTH = 1.8
LONGEST_POLL = 300.0
MOST_POLLS = 14
ROUNDS = 3
RECENT = dt.timedelta(hours=1)
START = {"by": "page", "page": 1, "round": 1}
RUNNING = 409
FAILED = frozenset({"failed", "failure", "error", "cancelled", "gone"})
SHIFTED = "Listings changed while the shop was read; the next reading will settle them."

Listings = Page[RemoteListing]


class Walk:
    """One step of reading a shop; everything it knows is in the cursor and the spool.

    A step is one call, so that a shop that gets one call at a time still comes forward.
    """

    def __init__(self, api: Discogs, session: Session) -> None:
        self.api = api
        self.session = session

    def step(self, cursor: str | None) -> Listings:
        """The page behind ``cursor``."""
        where: dict[str, Any] = json.loads(cursor) if cursor else START
        if where["by"] == "page":
            return self._by_page(where)
        if where["by"] == "ask":
            return self._ask_for_export(where)
        if where["by"] == "export":
            return self._by_export(where)
        return self._by_file(where)

    def _by_page(self, where: Mapping[str, Any]) -> Listings:
        user = where.get("user") or self.session.account.username
        try:
            answer = self.api.inventory(user, where["page"])
        except Gone:
            if where["page"] > 1:
                return self._last_page((), {**where, "shifted": True})
            user = mapping.words(self.api.identity().get("username"))
            answer = self.api.inventory(user, 1)
        paging = mapping.record(answer.get("pagination"))
        items, pages = mapping.whole(paging.get("items")), mapping.whole(paging.get("pages"))
        rows = [mapping.record(row) for row in answer.get("listings") or ()]
        if where["page"] == 1 and items > SMALL:
            currency = next(filter(None, map(mapping.currency_of, rows)), "") or self.session.account.currency
            found = {"currency": currency, "total": items, "failures": where.get("failures", 0)}
            return Page((), next=cursor({"by": "ask", **found}), total=items)
        shifted = where.get("shifted", False) or where.get("items", items) > items
        now = {**where, "user": user, "items": items, "shifted": shifted}
        if where["page"] >= pages:
            return self._last_page(rows, now)
        return listed(rows, total=items, next=cursor({**now, "page": where["page"] + 1}))

    def _last_page(self, rows: list[Mapping[str, Any]] | tuple[()], where: Mapping[str, Any]) -> Listings:
        """The end; or, where rows moved up while we read and one may have been missed, from the start again."""
        total = where.get("items")
        if not where.get("shifted"):
            return listed(rows, total=total)
        if where["round"] < ROUNDS:
            again = {**START, "round": where["round"] + 1, "user": where.get("user")}
            return listed(rows, total=total, next=cursor(again))
        return listed(rows, total=total, complete=False, notes=(SHIFTED,))

    def _ask_for_export(self, where: Mapping[str, Any]) -> Listings:
        try:
            number = self.api.request_export()
        except Unsure:
            number = self._newest_export(is_recent)
        except Refused as refusal:
            if refusal.status != RUNNING:
                raise
            number = self._newest_export(lambda job: True)
        return Page((), next=cursor({**where, "by": "export", "polls": 0, "id": number}), total=where["total"])

    def _newest_export(self, fits: Callable[[Mapping[str, Any]], bool]) -> str:
        """The export that runs already, or that was asked for when the answer got lost."""
        jobs = [mapping.record(job) for job in self.api.exports().get("items") or ()]
        numbers = [job["id"] for job in jobs if isinstance(job.get("id"), int) and fits(job)]
        if not numbers:
            raise TryLater("Discogs has no recent export", dt.timedelta(seconds=FIRST_POLL))
        return str(max(numbers))

    def _start_over(self, where: Mapping[str, Any], why: str) -> Listings:
        """The export came to nothing: ask for another, a few times."""
        failures = where.get("failures", 0) + 1
        if failures >= ROUNDS:
            raise Refused([Complaint(f"Discogs could not export the inventory: {why}")])
        ready_at = clock.now() + dt.timedelta(seconds=LONGEST_POLL / 5)
        return Page((), next=cursor({**START, "failures": failures}), ready_at=ready_at, total=where["total"])

    def _by_export(self, where: Mapping[str, Any]) -> Listings:
        try:
            status = mapping.words(self.api.export(where["id"]).get("status")).lower()
        except Gone:
            status = "gone"
        if status == "success":
            return Page((), next=cursor({**where, "by": "file", "at": 0}), total=where["total"])
        if status in FAILED:
            return self._start_over(where, status)
        if where["polls"] >= MOST_POLLS:
            raise TryLater("Discogs has been making the export for more than half an hour")
        seconds = min(LONGEST_POLL, FIRST_POLL * GROWTH ** where["polls"])
        ready_at = clock.now() + dt.timedelta(seconds=seconds)
        following = cursor({**where, "polls": where["polls"] + 1})
        return Page((), next=following, ready_at=ready_at, total=where["total"])

    def _by_file(self, where: Mapping[str, Any]) -> Listings:
        path = self.session.spool.path(f"discogs-export-{where['id']}.csv")
        if not path.exists():
            whole = path.with_name(f"{path.name}.whole")
            try:
                self.api.download(where["id"], whole)
            except Gone:
                return self._start_over(where, "it is gone")
            spool.unpack(whole)
            whole.replace(path)
        piece = spool.read(path, where["at"], PIECE, where["currency"])
        following = None if piece.finished else cursor({**where, "at": piece.end})
        return Page(piece.rows, next=following, total=where["total"], unreachable=piece.lost, notes=lines(piece.lost))


def listed(rows: list[Mapping[str, Any]] | tuple[()], **more: Any) -> Listings:
    """A page of readable listings, each once; the others counted."""
    found = [mapping.from_json(row) for row in rows]
    readable = {listing.id: listing for listing in found if listing}
    lost = found.count(None)
    notes = (*more.pop("notes", ()), *lines(lost))
    return Page(tuple(readable.values()), unreachable=lost, notes=notes, **more)


def lines(lost: int) -> tuple[str, ...]:
    """What to say about rows nobody can read."""
    return (f"{lost} rows from Discogs could not be read at all.",) if lost else ()


def is_recent(job: Mapping[str, Any]) -> bool:
    """Made within the hour: an older file is not the shop of today. Its times are Pacific, without saying so."""
    created = mapping.moment(job.get("created_ts"))
    return created is None or abs(clock.now().astimezone(PACIFIC) - created) < RECENT


def cursor(where: Mapping[str, Any]) -> str:
    """Where to go on."""
    return json.dumps(where, separators=(",", ":"))
