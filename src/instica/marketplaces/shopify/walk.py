"""How a shop is read whole: page by page while it is small, else through one bulk operation."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from instica.core import clock
from instica.kit.errors import Complaint, Gone, Refused
from instica.kit.ports import Session
from instica.kit.types import Page, RemoteListing
from instica.marketplaces.shopify import spool
from instica.marketplaces.shopify.client import Shopify, following, rows
from instica.marketplaces.shopify.mapping import from_json, words

SMALL_PRODUCTS, SMALL_VARIANTS = 250, 2_500
PIECE = 1_000
FIRST_POLL, GROWTH, LONGEST_POLL = 1.0, 1.7, 30.0
BUSY_SECONDS = 60
MOST_WAITS = 60
ROUNDS = 3
BUSY = "OPERATION_IN_PROGRESS"
FAILED = frozenset({"FAILED", "CANCELED", "CANCELING", "EXPIRED"})
CUT = "Shopify's file ended too early three times: {0} of its {1} lines could not be read."

Listings = Page[RemoteListing]
Where = Mapping[str, Any]


class Walk:
    """One step of reading a shop; everything it knows is in the cursor and the spool."""

    def __init__(self, api: Shopify, session: Session) -> None:
        self.api = api
        self.session = session

    def step(self, cursor: str | None) -> Listings:
        """The page behind ``cursor``."""
        where: Where = json.loads(cursor) if cursor else {"by": "size"}
        ways = {
            "size": self._by_size,
            "page": self._by_page,
            "ask": self._ask,
            "export": self._by_export,
            "file": self._by_file,
            "read": self._read,
        }
        return ways[where["by"]](where)

    def _by_size(self, where: Where) -> Listings:
        """Small shops are cheaper by page; large ones take as many calls as they have pages, or five."""
        products, variants = self.api.size()
        small = products <= SMALL_PRODUCTS and variants <= SMALL_VARIANTS
        return going(products, {"by": "page" if small else "ask", "total": products})

    def _by_page(self, where: Where) -> Listings:
        page = self.api.product_page(where.get("after"))
        found, lost = self._listed([self.api.completed(row) for row in rows(page)])
        after = following(page)
        more = None if after is None else cursor({**where, "after": after})
        return Page(found, next=more, total=where["total"], unreachable=lost, notes=said(lost))

    def _ask(self, where: Where) -> Listings:
        try:
            number = self.api.start_export()
        except Refused as refusal:
            waits = where.get("waits", 0)
            if not any(each.code == BUSY for each in refusal.complaints) or waits >= MOST_WAITS:
                raise
            return going(where["total"], {**where, "waits": waits + 1}, seconds=BUSY_SECONDS)
        return going(where["total"], {**where, "by": "export", "id": number, "polls": 0})

    def _by_export(self, where: Where) -> Listings:
        try:
            export = self.api.export(where["id"])
        except Gone:
            return self._start_over(where)
        status = words(export.get("status"))
        if status == "COMPLETED":
            if not export.get("url"):
                return Page((), total=where["total"])
            return going(where["total"], {**where, "by": "file"})
        if status in FAILED:
            if export.get("errorCode") == "ACCESS_DENIED":
                raise Refused([Complaint("Shopify does not let this app read the products", code="ACCESS_DENIED")])
            return self._start_over(where)
        seconds = min(LONGEST_POLL, FIRST_POLL * GROWTH ** min(where["polls"], 20))
        return going(where["total"], {**where, "polls": where["polls"] + 1}, seconds=seconds)

    def _start_over(self, where: Where) -> Listings:
        """It came to nothing: ask for another; in the end read page by page, which always works."""
        failures = where.get("failures", 0) + 1
        by = "ask" if failures < ROUNDS else "page"
        again = {"by": by, "total": where["total"], "failures": failures}
        return going(where["total"], again, seconds=LONGEST_POLL if by == "ask" else 0)

    def _by_file(self, where: Where) -> Listings:
        """Download and sort the file; where it ended too early, again, and in the end say so."""
        export = self.api.export(where["id"])
        url, objects = words(export.get("url")), int(words(export.get("objectCount")) or 0)
        if not url:
            return self._start_over(where)
        file = self.session.spool.path(f"{self._name(where)}.jsonl")
        try:
            self.api.download(url, file)
            read = spool.index(file, self.session.spool.path(f"{self._name(where)}.db"))
        finally:
            file.unlink(missing_ok=True)
        short, cuts = max(0, objects - read.objects), where.get("cuts", 0)
        if short and cuts + 1 < ROUNDS:
            return going(where["total"], {**where, "by": "export", "cuts": cuts + 1}, seconds=LONGEST_POLL)
        counted = {"short": short, "lost": read.lost, "objects": objects}
        return going(where["total"], {**where, "by": "read", "at": 0, **counted})

    def _read(self, where: Where) -> Listings:
        path = self.session.spool.path(f"{self._name(where)}.db")
        if not path.exists():
            return going(where["total"], {**where, "by": "file"})
        products = spool.products(path, where["at"], PIECE)
        found, lost = self._listed(products)
        if len(products) == PIECE:
            more = cursor({**where, "at": where["at"] + PIECE})
            return Page(found, next=more, total=where["total"], unreachable=lost)
        lost += max(where["lost"], where["short"])
        notes = (CUT.format(where["short"], where["objects"]),) if where["short"] else said(lost)
        complete = not where["short"]
        return Page(found, total=where["total"], unreachable=lost, notes=notes, complete=complete)

    def _name(self, where: Where) -> str:
        return f"shopify-products-{words(where['id']).rpartition('/')[2]}"

    def _listed(self, products: Iterable[Mapping[str, Any]]) -> tuple[tuple[RemoteListing, ...], int]:
        """Readable listings, each once; how many others there are."""
        account = self.session.account
        read = [from_json(row, account.currency, account.remote_id) for row in products]
        listings = {listing.id: listing for listing in read if listing}
        return tuple(listings.values()), read.count(None)


def going(total: int, where: Where, *, seconds: float = 0) -> Listings:
    """Nothing yet, and where to go on; after a while when there is something to wait for."""
    ready_at = clock.now() + dt.timedelta(seconds=seconds) if seconds else None
    return Page((), next=cursor(where), ready_at=ready_at, total=total)


def said(lost: int) -> tuple[str, ...]:
    """What to say about rows nobody can read."""
    return (f"{lost} rows from Shopify could not be read at all.",) if lost else ()


def cursor(where: Where) -> str:
    """Where to go on."""
    return json.dumps(where, separators=(",", ":"))
