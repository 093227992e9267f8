"""What can be done to orders: shipped, cancelled, closed."""

from __future__ import annotations

from functools import partial
from typing import Any

from instica.marketplaces.shopify.simulator import nodes, notices, trade
from instica.marketplaces.shopify.simulator.ledger import Line, Order
from instica.marketplaces.shopify.simulator.nodes import Job, Sent, Work
from instica.marketplaces.shopify.simulator.order_fields import work_line_id
from instica.marketplaces.shopify.simulator.product_deeds import Deed
from instica.marketplaces.shopify.simulator.site import gid, number_in
from instica.marketplaces.shopify.simulator.visit import Visit, user_error

Args = dict[str, Any]
LINKS = {
    "UPS": "https://www.ups.com/WebTracking?loc=en_US&requester=ST&trackNums={0}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={0}",
    "DHL Express": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={0}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={0}",
}


class No(Exception):
    """A fulfilment that cannot be; the message is Shopify's."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.error = user_error(message, *path)


def fulfil(visit: Visit, args: Args) -> Args:
    """Ship lines of fulfilment orders, all of one order and one location."""
    given = args["fulfillment"]
    try:
        pieces, order = _pieces(visit, given["lineItemsByFulfillmentOrder"])
    except No as no:
        return {"fulfillment": None, "userErrors": [no.error]}
    company, number, url = _tracking(given.get("trackingInfo") or {})
    parcel = trade.fulfil(visit.site, order, pieces, company=company, number=number, url=url)
    return {"fulfillment": Sent(order, parcel), "userErrors": []}


def _pieces(visit: Visit, rows: list[Args]) -> tuple[list[tuple[Line, int]], Order]:
    works: list[tuple[Work, Args]] = []
    for row in rows:
        found = nodes.find(visit.site, row["fulfillmentOrderId"])
        if not isinstance(found, Work):
            raise No("Fulfillment order does not exist.", "fulfillment")
        works.append((found, row))
    if not works:
        raise No("Line items by fulfillment order can't be blank.", "fulfillment")
    if len({(work.order.id, work.location) for work, _ in works}) > 1:
        raise No("All fulfillment orders must be assigned to the same location and order.", "fulfillment")
    pieces = [piece for work, row in works for piece in _of_work(work, row.get("fulfillmentOrderLineItems"))]
    return pieces, works[0][0].order


def _of_work(work: Work, wanted: list[Args] | None) -> list[tuple[Line, int]]:
    if work.status not in ("OPEN", "IN_PROGRESS"):
        raise No(f"Fulfillment order {work.id} has an unfulfillable status= {work.status.lower()}.", "fulfillment")
    left = {work_line_id(line): (line, line.current - line.fulfilled) for line in work.lines}
    if not wanted:
        return [(line, quantity) for line, quantity in left.values() if quantity > 0]
    pieces = []
    for each in wanted:
        number = number_in(each["id"], "FulfillmentOrderLineItem")
        if number not in left:
            raise No("Fulfillment order line item does not exist.", "fulfillment")
        line, most = left[number]
        if not 0 < each["quantity"] <= most:
            raise No("Invalid fulfillment order line item quantity requested.", "fulfillment")
        pieces.append((line, each["quantity"]))
    return pieces


def _tracking(given: Args) -> tuple[str, str, str]:
    company = given.get("company") or ""
    number = given.get("number") or next(iter(given.get("numbers") or ()), "")
    link = LINKS.get(company, "").format(number) if number else ""
    return company, number, given.get("url") or next(iter(given.get("urls") or ()), "") or link


def update_tracking(visit: Visit, args: Args) -> Args:
    """Another tracking number for a parcel."""
    found = nodes.find(visit.site, args["fulfillmentId"])
    if not isinstance(found, Sent):
        return {"fulfillment": None, "userErrors": [user_error("Fulfillment does not exist.", "fulfillmentId")]}
    parcel = found.parcel
    parcel.company, parcel.number, parcel.url = _tracking(args["trackingInfoInput"])
    trade.touch(visit.site, found.order)
    notices.order_changed(visit.site, found.order)
    return {"fulfillment": found, "userErrors": []}


def cancel(visit: Visit, args: Args) -> Args:
    """Cancel an order; it takes a moment."""
    site = visit.site
    order = site.orders.get(number_in(args["orderId"], "Order") or 0)
    if order is None:
        return _not_cancelled("Order does not exist", "NOT_FOUND")
    if order.cancelled:
        return _not_cancelled("Order has already been cancelled", "INVALID")
    if any(line.fulfilled for line in order.lines):
        return _not_cancelled("Cannot cancel a fulfilled order", "INVALID")
    number, done = gid("Job", f"{site.number():x}"), site.now + site.switches["cancel_polls"]
    site.jobs[number] = done
    refund = bool(args.get("refund")) or bool((args.get("refundMethod") or {}).get("originalPaymentMethodsRefund"))
    site.later.append(
        (done, partial(trade.cancel, site, order, args["reason"], restock=args["restock"], refund=refund))
    )
    site.catch_up()
    return {"job": Job(number, done), "jobResult": None, "orderCancelUserErrors": []}


def _not_cancelled(message: str, code: str) -> Args:
    errors = [user_error(message, "orderId", code=code)]
    return {"job": None, "jobResult": None, "orderCancelUserErrors": errors, "userErrors": errors}


def close(visit: Visit, args: Args) -> Args:
    """Archive an order."""
    return _moved(visit, args, closed=True)


def reopen(visit: Visit, args: Args) -> Args:
    """Take an order out of the archive."""
    return _moved(visit, args, closed=False)


def _moved(visit: Visit, args: Args, *, closed: bool) -> Args:
    order = visit.site.orders.get(number_in(args["input"]["id"], "Order") or 0)
    if order is None:
        return {"order": None, "userErrors": [user_error("Order does not exist", "id")]}
    order.closed = visit.site.now if closed else None
    trade.touch(visit.site, order)
    return {"order": order, "userErrors": []}


PARCELS: dict[str, Deed] = {"fulfillmentCreate": fulfil, "fulfillmentTrackingInfoUpdate": update_tracking}
ORDERS: dict[str, Deed] = {"orderCancel": cancel, "orderClose": close, "orderOpen": reopen}
DEEDS: dict[str, Deed] = {**PARCELS, **ORDERS}
