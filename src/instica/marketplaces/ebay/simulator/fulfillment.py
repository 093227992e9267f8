"""The Fulfillment API: orders, and parcels sent for them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from instica.core import clock
from instica.kit.simulation import Response, Routes
from instica.marketplaces.ebay.simulator.ledger import Line, Order, Parcel
from instica.marketplaces.ebay.simulator.rest import Body, Call, amount, answer, demand, error, page, whole

ROUTES = Routes()
READ, WRITE = ("sell.fulfillment", "sell.fulfillment.readonly"), ("sell.fulfillment",)
RANGE = re.compile(r"(\w+):\[([^\]]*)\]|(\w+):\{([^}]*)\}")
WINDOW, REACH, FORGET = dt.timedelta(days=90), dt.timedelta(days=731), dt.timedelta(days=90)
SKEW = dt.timedelta(minutes=5)
DOMAIN = "API_FULFILLMENT"


@ROUTES("GET", "/order")
def orders(call: Call) -> Response:
    """A page of orders; ``offset`` counts records, and an end that is open is the present."""
    demand(call.token, *READ)
    if call.get("orderIds"):
        ids = call.get("orderIds").split(",")
        if len(ids) > 50:
            raise error(400, 30900, DOMAIN, "Invalid order ids. At most 50 are allowed.")
        rows = [order for each in ids if (order := call.site.orders.get(each))]
    else:
        rows = _wanted(call)
    limit = whole(call, "limit", 50, 1, 200, lambda: error(400, 31100, DOMAIN, "Invalid limit. It is 1 to 200."))
    offset = whole(call, "offset", 0, 0, 10**8, lambda: error(400, 31000, DOMAIN, "Invalid offset."))
    shown = {"orders": [shape(call, order, whole_story=False) for order in rows[offset : offset + limit]]}
    frame = page(call, "/order", shown, limit=limit, offset=offset, step=limit, total=len(rows))
    return answer(200, {**frame, "offset": offset})


def _wanted(call: Call) -> list[Order]:
    now = call.site.clock.now()
    asked = {match[1] or match[3]: match[2] or match[4] for match in RANGE.finditer(call.get("filter"))}
    if unknown := set(asked) - {"creationdate", "lastmodifieddate", "orderfulfillmentstatus"}:
        raise error(400, 30700, DOMAIN, f"Invalid filter field: {sorted(unknown)[0]}")
    field = "creationdate" if "creationdate" in asked or "lastmodifieddate" not in asked else "lastmodifieddate"
    start, end = _range(asked.get(field) or f"{clock.iso(now - WINDOW)}..", now)
    moment = "created" if field == "creationdate" else "modified"
    states = (asked.get("orderfulfillmentstatus") or "NOT_STARTED|IN_PROGRESS|FULFILLED").split("|")
    rows = [order for order in call.site.orders.values() if start <= getattr(order, moment) <= end]
    rows.sort(key=lambda order: (getattr(order, moment), order.id))
    return [order for order in rows if order.fulfilment in states]


def _range(text: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    first, dots, last = text.partition("..")
    if not first or not dots:
        raise error(400, 30820, DOMAIN, "The start date is missing.")
    start, end = _moment(first), _moment(last) if last else now
    if start > now + SKEW:
        raise error(400, 30850, DOMAIN, "A date cannot be in the future.")
    if end < start:
        raise error(400, 30840, DOMAIN, "The start date must be before the end date.")
    if now - start > REACH:
        raise error(400, 30830, DOMAIN, "Dates reach two years back.")
    return start, end


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise error(400, 30810, DOMAIN, f"Invalid date format: {text}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


@ROUTES("GET", "/order/{order_id}")
def read(call: Call, order_id: str) -> Response:
    """One order, with its cancellation requests."""
    demand(call.token, *READ)
    return answer(200, shape(call, _found(call, order_id), whole_story=True))


@ROUTES("GET", "/order/{order_id}/shipping_fulfillment")
def parcels(call: Call, order_id: str) -> Response:
    """What was sent for it."""
    demand(call.token, *READ)
    rows = [_parcel(parcel) for parcel in _found(call, order_id).parcels]
    return answer(200, {"fulfillments": rows, "total": len(rows)})


@ROUTES("GET", "/order/{order_id}/shipping_fulfillment/{parcel_id}")
def parcel(call: Call, order_id: str, parcel_id: str) -> Response:
    """One parcel."""
    demand(call.token, *READ)
    for each in _found(call, order_id).parcels:
        if each.id == parcel_id:
            return answer(200, _parcel(each))
    raise error(404, 32110, DOMAIN, "Invalid fulfillment id.")


@ROUTES("POST", "/order/{order_id}/shipping_fulfillment")
def ship(call: Call, order_id: str) -> Response:
    """A parcel leaves: 201, no body, and where to find it."""
    demand(call.token, *WRITE)
    order, body = _found(call, order_id), call.body()
    carrier, tracking = str(body.get("shippingCarrierCode") or ""), str(body.get("trackingNumber") or "")
    if bool(carrier) != bool(tracking) or not (tracking or "x").isalnum():
        text = (
            "Invalid shipment tracking number or shipping carrier. They come together and the number is alphanumeric."
        )
        raise error(400, 32300, DOMAIN, text)
    shipped = _moment(str(body["shippedDate"])) if body.get("shippedDate") else call.site.clock.now()
    if shipped > call.site.clock.now() + SKEW:
        raise error(400, 32500, DOMAIN, "Invalid shipped date.")
    number = tracking or str(call.site.switches["untracked_shipment"])
    order.parcels.append(Parcel(number, _lines(order, body.get("lineItems")), shipped, carrier, tracking))
    order.modified = call.site.clock.now()
    return answer(201, None, ("Location", call.url(f"/order/{order.id}/shipping_fulfillment/{number}")))


def _lines(order: Order, given: Any) -> tuple[tuple[str, int], ...]:
    known = {line.id: line for line in order.lines}
    if not given:
        return tuple((line.id, line.quantity) for line in order.lines)
    found = [(str(row.get("lineItemId")), int(row.get("quantity") or 1)) for row in given if isinstance(row, dict)]
    if any(line not in known for line, _ in found):
        raise error(400, 32200, DOMAIN, "Invalid line item id.")
    if len({line for line, _ in found}) < len(found):
        raise error(400, 32210, DOMAIN, "The same line item is there twice.")
    return tuple(found)


def _found(call: Call, order_id: str) -> Order:
    order = call.site.orders.get(order_id)
    if order is None or call.user.id != call.site.owner.id:
        status = int(call.site.switches["unknown_order"])
        raise error(status, 32100, DOMAIN, "Invalid order ID: " + order_id)
    return order


def _parcel(parcel: Parcel) -> Body:
    shown: Body = {
        "fulfillmentId": parcel.id,
        "shippedDate": clock.iso(parcel.shipped),
        "lineItems": [{"lineItemId": line, "quantity": count} for line, count in parcel.lines],
    }
    return (
        {**shown, "shipmentTrackingNumber": parcel.tracking, "shippingCarrierCode": parcel.carrier}
        if parcel.tracking
        else shown
    )


def shape(call: Call, order: Order, *, whole_story: bool) -> Body:
    """The order. What a buyer asked to cancel is told only by ``getOrder``."""
    site, money = call.site, order.currency
    goods = order.total - order.shipping
    shown: Body = {
        "orderId": order.id,
        "creationDate": stamp(order.created),
        "lastModifiedDate": stamp(order.modified),
        "orderFulfillmentStatus": order.fulfilment,
        "orderPaymentStatus": "PAID" if order.paid else "PENDING",
        "sellerId": site.owner.username,
        "buyer": {"username": order.buyer.username},
        "pricingSummary": {
            "priceSubtotal": amount(goods, money),
            "deliveryCost": amount(order.shipping, money),
            "total": amount(order.total, money),
        },
        "cancelStatus": _cancelled(order, whole_story=whole_story),
        "paymentSummary": _paid(order),
        "fulfillmentStartInstructions": [_ship_to(order, known=_is_known(call, order))],
        "fulfillmentHrefs": [
            call.url(f"/order/{order.id}/shipping_fulfillment/{parcel.id}") for parcel in order.parcels
        ],
        "lineItems": [_line(call, order, line) for line in order.lines],
        "salesRecordReference": order.id[-4:].lstrip("0") or "0",
        "totalFeeBasisAmount": amount(order.total, money),
        "totalMarketplaceFee": amount(round(order.total * 0.132) + 30, money),
    }
    return {**shown, "legacyOrderId": order.id} if site.switches["legacy_order_id"] else shown


def stamp(moment: dt.datetime) -> str:
    """ISO 8601 with milliseconds."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_known(call: Call, order: Order) -> bool:
    return bool(call.site.switches["buyer_data"]) and call.site.clock.now() - order.created < FORGET


def _cancelled(order: Order, *, whole_story: bool) -> Body:
    if order.cancelled is None:
        return {"cancelState": "NONE_REQUESTED", "cancelRequests": []}
    request = {
        "cancelCompletedDate": stamp(order.cancelled),
        "cancelInitiator": "Buyer" if order.reason in ("", "buyer") else "Seller",
        "cancelReason": "BUYER_ASKED_CANCEL" if order.reason in ("", "buyer") else "OUT_OF_STOCK_OR_CANNOT_FULFILL",
        "cancelRequestedDate": stamp(order.cancelled),
        "cancelRequestId": "5" + order.id.replace("-", "")[-9:],
        "cancelRequestState": "COMPLETED",
    }
    requests = [request] if whole_story else []
    return {"cancelState": "CANCELED", "cancelledDate": stamp(order.cancelled), "cancelRequests": requests}


def _paid(order: Order) -> Body:
    due = amount(order.total - round(order.total * 0.132) - 30, order.currency)
    payment: Body = {
        "paymentMethod": "EBAY",
        "paymentReferenceId": order.id.replace("-", ""),
        "amount": amount(order.total, order.currency),
        "paymentStatus": "PAID" if order.paid else "PENDING",
    }
    if order.paid:
        payment["paymentDate"] = stamp(order.created)
    return {"totalDueSeller": due, "refunds": [], "payments": [payment]}


def _ship_to(order: Order, *, known: bool) -> Body:
    street, city, state, postcode, country = order.buyer.lines
    address = {"city": city, "postalCode": postcode, "countryCode": country}
    address |= {"stateOrProvince": state} if state else {}
    contact: Body = {"contactAddress": address}
    if known:
        address["addressLine1"] = street
        contact |= {"fullName": order.buyer.name, "primaryPhone": {"phoneNumber": "+1 555 0100"}}
        contact["email"] = f"{order.buyer.id.lower()}@members.ebay.example"
    step = {"shipTo": contact, "shippingCarrierCode": "USPS", "shippingServiceCode": "USPSMedia"}
    return {
        "fulfillmentInstructionsType": "SHIP_TO",
        "minEstimatedDeliveryDate": stamp(order.created + dt.timedelta(days=4)),
        "maxEstimatedDeliveryDate": stamp(order.created + dt.timedelta(days=9)),
        "ebaySupportedFulfillment": False,
        "shippingStep": step,
    }


def _line(call: Call, order: Order, line: Line) -> Body:
    shipped = sum(count for parcel in order.parcels for each, count in parcel.lines if each == line.id)
    shown: Body = {
        "lineItemId": line.id,
        "legacyItemId": str(line.listing_id),
        "title": line.title,
        "lineItemCost": amount(line.cents * line.quantity, order.currency),
        "quantity": line.quantity,
        "soldFormat": "AUCTION" if line.auction else "FIXED_PRICE",
        "listingMarketplaceId": call.site.owner.market,
        "purchaseMarketplaceId": call.site.owner.market,
        "lineItemFulfillmentStatus": "FULFILLED" if shipped >= line.quantity else "NOT_STARTED",
        "total": amount(line.cents * line.quantity + order.shipping, order.currency),
        "deliveryCost": {"shippingCost": amount(order.shipping, order.currency)},
        "appliedPromotions": [],
        "taxes": [],
        "properties": {"buyerProtection": True, "soldViaAdCampaign": False, "fromBestOffer": False},
        "lineItemFulfillmentInstructions": {
            "minEstimatedDeliveryDate": stamp(order.created + dt.timedelta(days=4)),
            "maxEstimatedDeliveryDate": stamp(order.created + dt.timedelta(days=9)),
            "shipByDate": stamp(order.created + dt.timedelta(days=2)),
            "guaranteedDelivery": False,
        },
        "itemLocation": {"location": "Portland, Oregon", "countryCode": "US", "postalCode": "972**"},
    }
    if line.sku:
        shown["sku"] = line.sku
    if line.variation:
        aspects = [{"name": name, "value": value} for name, value in line.options]
        shown |= {"legacyVariationId": line.variation, "variationAspects": aspects}
    return shown
