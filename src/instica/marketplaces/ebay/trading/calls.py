"""Trading's calls: one address, an answer that is 200 whatever came of it, and five thousand a day of each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from instica.core.money import Money, NotMoney
from instica.kit import answers
from instica.kit.answers import Answer, Effect
from instica.kit.errors import Complaint, Gone, Refused, RemoteFailure
from instica.kit.http import Call, Http
from instica.kit.ports import Session
from instica.kit.redaction import redact
from instica.kit.types import App, Draft, Grant
from instica.marketplaces.ebay.client import dialect, site
from instica.marketplaces.ebay.trading import drafts, items
from instica.marketplaces.ebay.trading.door import Item, Items
from instica.marketplaces.ebay.trading.xml import NotXml, Tree, complaints, every, parse, request, stamp, text, whole
from instica.marketplaces.ebay.words import Market

PATH = "/ws/api.dll"
LEVEL = "1477"
PER_PAGE = 200
LARGEST = 64 * 1024 * 1024
LISTS, SHORTLY = ("GetMyeBaySelling", "GetSellerList"), {"ebay.lists": 1.0}
FAILED = ("Failure", "PartialFailure")
DEAD = re.compile(rb"<ErrorCode>(931|932|16110|17470|21916984|21917053)</ErrorCode>")
USED_UP = re.compile(rb"<ErrorCode>518</ErrorCode>")
FULL_DAY = dt.timedelta(hours=1)
NOT_THERE, CLOSED, AGAIN, DOUBLE = "17", "1047", "10007", "488"
NUMBER = re.compile(r"item ID\D{0,3}(\d{9,15})", re.IGNORECASE)
Refusals = tuple[Complaint, ...]


def rejected(answer: Answer) -> bool:
    """A token that is dead, or status 401."""
    return answers.is_refused_grant(answer) or bool(DEAD.search(answer.body[:4000]))


def throttled(answer: Answer) -> bool:
    """A call whose limit of the day is used up, or status 429."""
    return answers.is_throttled(answer) or bool(USED_UP.search(answer.body[:4000]))


def wait(answer: Answer) -> dt.timedelta | None:
    """The limit of a day does not come back within a minute."""
    return answers.retry_after(answer) or (FULL_DAY if USED_UP.search(answer.body[:4000]) else None)


def no_complaints(answer: Answer) -> Refusals:
    """What a failure by status says; those inside an answer are read where it is parsed."""
    try:
        return tuple(complaints(parse(answer.body)))
    except NotXml:
        return ()


def sign(app: App, grant: Grant | None, method: str, url: str) -> dict[str, str]:
    """The header that proves who calls."""
    return {"X-EBAY-API-IAF-TOKEN": grant.secrets["access_token"].reveal()} if grant else {}


class TradingDoor:
    """``Door`` by Trading, as one seller."""

    def __init__(self, session: Session, market: Market) -> None:
        self.session = session
        self.market = market

    def active(self, page: int) -> Items:
        """A page of what is on sale."""
        paging = [("EntriesPerPage", PER_PAGE), ("PageNumber", page)]
        root = self._call("GetMyeBaySelling", [("ActiveList", [("Sort", "StartTime"), ("Pagination", paging)])])
        found = root.find("ActiveList")
        return listed(found) if found is not None else Items((), 0, 0)

    def ending(self, start: dt.datetime, stop: dt.datetime, page: int) -> Items:
        """A page of what ends in the window."""
        return self._window("End", start, stop, page)

    def begun(self, start: dt.datetime, stop: dt.datetime, page: int) -> Items:
        """A page of what began in the window."""
        return self._window("Start", start, stop, page)

    def _window(self, what: str, start: dt.datetime, stop: dt.datetime, page: int) -> Items:
        tree: Tree = [
            (f"{what}TimeFrom", stamp(start)),
            (f"{what}TimeTo", stamp(stop)),
            ("Sort", 2),
            ("Pagination", [("EntriesPerPage", PER_PAGE), ("PageNumber", page)]),
            ("GranularityLevel", "Fine"),
            ("IncludeVariations", True),
        ]
        return listed(self._call("GetSellerList", tree))

    def changed(self, start: dt.datetime, stop: dt.datetime) -> Items:
        """What changed in the window."""
        tree: Tree = [("DetailLevel", "ReturnAll"), ("ModTimeFrom", stamp(start)), ("ModTimeTo", stamp(stop))]
        return listed(self._call("GetSellerEvents", tree))

    def item(self, listing_id: str) -> Item:
        """One listing, with everything."""
        tree: Tree = [("DetailLevel", "ReturnAll"), ("ItemID", listing_id), ("IncludeItemSpecifics", True)]
        node = self._call("GetItem", tree).find("Item")
        found = items.read(node) if node is not None else None
        if found is None:
            raise Refused([Complaint("eBay shows this listing without an id")])
        return found

    def add(self, draft: Draft, mark: str) -> str:
        """List it. The same mark a second time is refused by eBay, which names the first listing."""
        tree: Tree = [("Item", drafts.new(draft, self.market, mark))]
        return self._made("AddFixedPriceItem", tree)

    def relist(self, listing_id: str, mark: str) -> str:
        """Put it on sale again, under a new id."""
        return self._made("RelistFixedPriceItem", [("Item", [("ItemID", listing_id), ("UUID", mark)])])

    def _made(self, name: str, tree: Tree) -> str:
        try:
            number = text(self._call(name, tree, "once"), "ItemID")
        except Refused as refusal:
            number = first_made(refusal)
            if not number:
                raise
        if not number:
            raise answers.lost("eBay", name, "once", "an answer without an id")
        return number

    def fee(self, draft: Draft) -> Money:
        """What listing it would cost."""
        root = self._call("VerifyAddFixedPriceItem", [("Item", drafts.new(draft, self.market))])
        for row in every(root, "Fees/Fee"):
            told = row.find("Fee")
            if text(row, "Name") == "ListingFee" and told is not None:
                try:
                    return Money.parse(told.text or "", told.get("currencyID") or "")
                except NotMoney:
                    break
        raise Refused([Complaint("eBay named no fee")])

    def revise(self, now: Item, draft: Draft) -> None:
        """Change what the draft says."""
        self._call("ReviseFixedPriceItem", [("Item", drafts.revised(now, draft))], "set")

    def set_stock(self, rows: Sequence[tuple[str, str, int]]) -> None:
        """What is left of up to four."""
        tree: Tree = [
            ("InventoryStatus", [("SKU", sku or None), ("ItemID", number), ("Quantity", quantity)])
            for number, sku, quantity in rows
        ]
        self._call("ReviseInventoryStatus", tree, "set")

    def end(self, now: Item) -> None:
        """Take it down; what is closed already is as it should be."""
        name = "EndItem" if now.is_auction else "EndFixedPriceItem"
        tree: Tree = [("ItemID", now.listing.id), ("EndingReason", "NotAvailable")]
        try:
            self._call(name, tree, "set")
        except Refused as refusal:
            if all(each.code != CLOSED for each in refusal.complaints):
                raise

    def _call(self, name: str, tree: Tree, effect: Effect = "read") -> Element:
        app, limit = self.session.app, f"ebay.trading.{name}"
        costs = {limit: 1.0, **(SHORTLY if name in LISTS else {})}
        speech = replace(
            dialect(limit), costs=costs, rejected=rejected, throttled=throttled, wait=wait, complaints=no_complaints
        )
        http = Http(site(app), speech, sign, app=app, session=self.session)
        headers = {
            "X-EBAY-API-CALL-NAME": name,
            "X-EBAY-API-SITEID": str(self.market.number),
            "X-EBAY-API-COMPATIBILITY-LEVEL": LEVEL,
        }
        call = Call(
            *("POST", http.site.url(PATH), effect),
            body=request(name, tree),
            content_type="text/xml",
            headers=headers,
            expect="text",
            largest=LARGEST,
        )
        answer = http.send(call)
        try:
            root = parse(answer.body)
        except NotXml:
            raise answers.lost("eBay", name, effect, "an answer that is not XML") from None
        if text(root, "Ack") in FAILED:
            raise self._failure(name, root, effect)
        return root

    def _failure(self, name: str, root: Element, effect: Effect) -> RemoteFailure:
        """The one word for what went wrong."""
        secrets = self.session.grant().secrets.values()
        found = [replace(each, message=redact(each.message, secrets)) for each in complaints(root)]
        codes = {each.code for each in found}
        if NOT_THERE in codes:
            return Gone(found[0].message)
        if AGAIN in codes or not found:
            return answers.lost("eBay", name, effect, "an internal error of eBay")
        return Refused(found, 200)


def listed(node: Element) -> Items:
    """The rows of a list."""
    found = [items.read(row) for row in every(node, "ItemArray/Item")]
    rows = tuple(item for item in found if item)
    pages = whole(node, "PaginationResult/TotalNumberOfPages") or 0
    total = whole(node, "PaginationResult/TotalNumberOfEntries")
    return Items(rows, pages, len(rows) if total is None else total, len(found) - len(rows))


def first_made(refusal: Refused) -> str:
    """The listing that a repeated mark had made before, where eBay names it."""
    for each in refusal.complaints:
        if each.code == DOUBLE and (named := NUMBER.search(each.message)):
            return named[1]
    return ""
