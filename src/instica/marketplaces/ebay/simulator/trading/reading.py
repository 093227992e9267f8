"""Trading's reads: lists of what is on sale, changes of late, one item, the seller."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.store import HISTORY, Listing
from instica.marketplaces.ebay.simulator.trading.shapes import brief, end_of, whole
from instica.marketplaces.ebay.simulator.trading.wire import Amount, Asked, Tree, Trouble, stamp
from instica.marketplaces.ebay.simulator.words import ACTIVE

MOST_ROWS, LAST_PAGE, MOST_EVENTS = 200, 125, 3_000
LONGEST, LATELY = dt.timedelta(days=120), dt.timedelta(hours=48)
HELD_SECONDS = 600
FAR = 10**12


class Calendar:
    """All listings by one of their times; kept for ten minutes or until something changes."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[tuple[int, int], list[tuple[int, int]]]] = {}

    def between(self, site: Site, what: str, start: float, stop: float) -> list[int]:
        """Places whose time lies in the window, in the order of that time."""
        mark = (site.shelf.version, site.epoch() // HELD_SECONDS)
        if self.held.get(what, ((-1, -1), []))[0] != mark:
            now = site.epoch()
            read: dict[str, Callable[[Listing], int]] = {
                "Start": lambda listing: listing.started,
                "End": lambda listing: end_of(listing, now),
                "Mod": lambda listing: listing.modified,
            }
            rows = sorted((read[what](each), each.index) for each in site.shelf.every(history=what != "Mod"))
            self.held[what] = (mark, rows)
        rows = self.held[what][1]
        return [index for _, index in rows[bisect_left(rows, (int(start), -1)) : bisect_right(rows, (int(stop), FAR))]]


def my_ebay_selling(site: Site, origin: str, asked: Asked) -> Tree:
    """What is on sale, 200 a page; beyond page 125 there is only page 125 again."""
    if asked.text("ActiveList/Include").lower() == "false" or not asked.has("ActiveList"):
        return [("SellingSummary", [("ActiveAuctionCount", 0)])] if asked.has("SellingSummary") else []
    size = asked.number("ActiveList/Pagination/EntriesPerPage", 25)
    which = asked.number("ActiveList/Pagination/PageNumber", 1)
    if not 1 <= size <= MOST_ROWS or which < 1:
        raise Trouble(37, "Input data is invalid.", "Input data for tag <Pagination> is invalid or missing.")
    places = list(site.shelf.active())
    if stale := int(site.switches["stale_active_list"]):
        places += [each.index for each in site.shelf.every() if each.status != ACTIVE][:stale]
    pages = -(-len(places) // size)
    which = min(which, LAST_PAGE)
    rows = [site.shelf.at(index) for index in places[(which - 1) * size : which * size]]
    result = [("TotalNumberOfPages", pages), ("TotalNumberOfEntries", len(places))]
    shown: Tree = [("ItemArray", [("Item", brief(site, origin, row)) for row in rows]), ("PaginationResult", result)]
    return [("ActiveList", shown)]


def seller_list(site: Site, origin: str, asked: Asked, calendar: Calendar) -> Tree:
    """Everything that started or ends in a window of less than 120 days, ended or not."""
    what = "Start" if asked.has("StartTimeFrom") else "End"
    start, stop = _window(asked, what, LONGEST)
    if not asked.has("Pagination"):
        raise Trouble(37, "Input data is invalid.", "Input data for tag <Pagination> is invalid or missing.")
    size, which = asked.number("Pagination/EntriesPerPage", 25), asked.number("Pagination/PageNumber", 1)
    if not 1 <= size <= MOST_ROWS or which < 1:
        raise Trouble(37, "Input data is invalid.", "Input data for tag <Pagination> is invalid or missing.")
    places = calendar.between(site, what, start.timestamp(), stop.timestamp())
    if wanted := set(asked.texts("SKUArray/SKU")):
        places = [index for index in places if site.shelf.at(index).sku in wanted]
    if asked.text("Sort") == "1":
        places = places[::-1]
    rows = [site.shelf.at(index) for index in places[(which - 1) * size : which * size]]
    everything = "ReturnAll" in asked.texts("DetailLevel")
    pages = -(-len(places) // size)
    return [
        ("PaginationResult", [("TotalNumberOfPages", pages), ("TotalNumberOfEntries", len(places))]),
        ("HasMoreItems", which < pages),
        ("ItemArray", [("Item", whole(site, origin, row, specifics=False, description=everything)) for row in rows]),
        ("ItemsPerPage", size),
        ("PageNumber", which),
        ("ReturnedItemCountActual", len(rows)),
    ]


def seller_events(site: Site, origin: str, asked: Asked, calendar: Calendar) -> Tree:
    """What changed in less than 48 hours."""
    what = next((name for name in ("Mod", "Start", "End") if asked.has(f"{name}TimeFrom")), "Mod")
    start, stop = _window(asked, what, LATELY, open_end=site.clock.now())
    places = calendar.between(site, what, start.timestamp(), stop.timestamp())
    places = [index for index in places if site.shelf.states[index] != HISTORY][:MOST_EVENTS]
    rows = [whole(site, origin, site.shelf.at(index), specifics=False, description=False) for index in places]
    return [("TimeTo", stamp(stop.timestamp())), ("ItemArray", [("Item", row) for row in rows])]


def _window(
    asked: Asked, what: str, longest: dt.timedelta, open_end: dt.datetime | None = None
) -> tuple[dt.datetime, dt.datetime]:
    start, stop = asked.moment(f"{what}TimeFrom"), asked.moment(f"{what}TimeTo") or open_end
    if start is None or stop is None or stop < start:
        raise Trouble(37, "Input data is invalid.", f"Input data for tag <{what}TimeFrom> is invalid or missing.")
    if stop - start >= longest:
        text = f"The time range must be less than {longest.days} days."
        raise Trouble(36, "Invalid date range.", text)
    return start, stop


def item(site: Site, origin: str, asked: Asked) -> Tree:
    """One item."""
    listing = known(site, asked.text("ItemID"))
    specifics = asked.says("IncludeItemSpecifics")
    description = bool({"ReturnAll", "ItemReturnDescription"} & set(asked.texts("DetailLevel")))
    return [("Item", whole(site, origin, listing, specifics=specifics, description=description))]


def known(site: Site, text: str) -> Listing:
    """The listing of an id. Refuses one that is nobody's."""
    listing = site.shelf.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None
    if listing is None:
        long = (
            f'Item "{text}" is invalid, non-existent, or no longer available: '
            "it was deleted, or you are not authorized to see it."
        )
        raise Trouble(
            17, "This item cannot be accessed because the listing has been deleted or is not yours.", long, text
        )
    return listing


def user(site: Site) -> Tree:
    """The seller."""
    who = site.owner
    return [("User", [("EIASToken", who.eias), ("UserID", who.username), ("Site", "US"), ("Status", "Confirmed")])]


def preferences(site: Site) -> Tree:
    """What the seller chose."""
    return [("OutOfStockControlPreference", bool(site.switches["out_of_stock_control"]))]


def orders(site: Site, asked: Asked) -> Tree:
    """Orders, the old way."""
    start, stop = asked.moment("ModTimeFrom") or asked.moment("CreateTimeFrom"), asked.moment("ModTimeTo")
    days = asked.number("NumberOfDays", 30)
    since = start or site.clock.now() - dt.timedelta(days=days)
    rows = [each for each in site.orders.values() if since <= each.modified <= (stop or site.clock.now())]
    wanted = set(asked.texts("OrderIDArray/OrderID"))
    rows = [each for each in site.orders.values() if each.id in wanted] if wanted else rows
    trees: Iterable[Tree] = (
        [
            ("OrderID", each.id),
            ("OrderStatus", "Completed" if each.paid else "Active"),
            ("CreatedTime", stamp(each.created.timestamp())),
            ("Total", Amount(each.total, each.currency)),
            ("BuyerUserID", each.buyer.username),
            (
                "TransactionArray",
                [
                    (
                        "Transaction",
                        [
                            ("Item", [("ItemID", line.listing_id), ("SKU", line.sku or None), ("Title", line.title)]),
                            ("QuantityPurchased", line.quantity),
                            ("TransactionID", line.id),
                            ("TransactionPrice", Amount(line.cents, each.currency)),
                            ("OrderLineItemID", f"{line.listing_id}-{line.id}"),
                        ],
                    )
                    for line in each.lines
                ],
            ),
        ]
        for each in rows
    )
    return [
        ("PaginationResult", [("TotalNumberOfPages", 1), ("TotalNumberOfEntries", len(rows))]),
        ("HasMoreOrders", False),
        ("OrderArray", [("Order", tree) for tree in trees]),
        ("ReturnedOrderCountActual", len(rows)),
    ]
