"""The seller's orders, and what the seller may do to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import trade, words
from instica.marketplaces.discogs.simulator.accounts import summary
from instica.marketplaces.discogs.simulator.answers import Call, found, message, page
from instica.marketplaces.discogs.simulator.ledger import Order
from instica.marketplaces.discogs.simulator.pictures import thumb
from instica.marketplaces.discogs.simulator.site import Shop, Site, money

ROUTES = Routes()
SORTS = ("id", "buyer", "created", "status", "last_activity")
FILTERS = ("All", *trade.WORDS)
CARRIERS = ("UPS", "USPS", "DHL", "Deutsche Post", "La Poste", "Royal Mail", "PostNL", "DHL Germany", "Other")
PAST_INVOICE = {*trade.CANCELLED, trade.PAID, trade.SHIPPED}


@ROUTES("GET", "/marketplace/orders")
def orders(site: Site, call: Call) -> Response:
    """One page of one's own orders."""
    shop = own_shop(site, call)
    rows = [order for order in shop.orders.values() if _wanted(call, order)]
    sort = call.get("sort") or "id"
    if sort not in SORTS:
        raise message(422, f"Invalid sort: expected one of {', '.join(SORTS)}.")
    rows.sort(key=lambda order: _key(sort, order), reverse=call.get("sort_order").lower() == "desc")
    return page(
        call, "orders", len(rows), lambda start, stop: [shape(site, call, shop, row) for row in rows[start:stop]]
    )


def own_shop(site: Site, call: Call) -> Shop:
    """The shop of the person acting."""
    shop = site.shops.get(call.signed_in().username)
    if shop is None:
        raise message(403, words.NOT_YOURS)
    return shop


def _key(sort: str, order: Order) -> tuple[Any, int]:
    texts = {"buyer": order.buyer.username.lower(), "status": order.status}
    moments = {"id": order.created, "created": order.created, "last_activity": order.last_activity}
    return (texts.get(sort) or moments.get(sort), order.number)


def _wanted(call: Call, order: Order) -> bool:
    status = call.get("status") or "All"
    if status not in FILTERS:
        raise message(422, f"Invalid status: expected one of {', '.join(FILTERS)}.")
    after, before = _moment(call, "created_after"), _moment(call, "created_before")
    archived = {"true": True, "false": False}.get(call.get("archived").lower(), order.archived)
    return (
        (status in {"All", order.status} or (status == "Cancelled" and order.status.startswith("Cancelled")))
        and (after is None or order.created > after)
        and (before is None or order.created < before)
        and archived == order.archived
    )


def _moment(call: Call, name: str) -> dt.datetime | None:
    given = call.get(name)
    if not given:
        return None
    try:
        moment = dt.datetime.fromisoformat(given.replace("Z", "+00:00"))
    except ValueError:
        raise message(422, f"Invalid {name}: expected ISO 8601.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def owned(site: Site, call: Call, order_id: str) -> tuple[Shop, Order]:
    """An order of the person acting: 404 when there is none, 403 when it is another's."""
    call.signed_in()
    for shop in site.shops.values():
        if order := shop.orders.get(order_id):
            if call.owns(shop.user):
                return shop, order
            raise message(403, words.NOT_YOURS)
    raise message(404, words.NOT_FOUND)


@ROUTES("GET", "/marketplace/orders/{order_id}")
def order(site: Site, call: Call, order_id: str) -> Response:
    """One order, for its seller."""
    shop, one = owned(site, call, order_id)
    return found(200, shape(site, call, shop, one))


@ROUTES("POST", "/marketplace/orders/{order_id}")
def edit(site: Site, call: Call, order_id: str) -> Response:
    """Change status, postage or tracking."""
    _refuse_buyer(site, call, order_id)
    shop, one = owned(site, call, order_id)
    body = {name: value for name, value in call.body().items() if value is not None}
    if "status" in body and "shipping" in body:
        raise message(422, "Shipping and status cannot be changed together.")
    tracking = _tracking(body["tracking"]) if "tracking" in body else None
    if "status" in body:
        move(site, shop, one, body["status"])
    if "shipping" in body:
        _invoice(site, shop, one, body["shipping"])
    if tracking is not None:
        one.tracking = tracking
        trade.say(site, one, "status", "Seller added tracking information.", status_id=10, actor=shop.user)
    return found(200, shape(site, call, shop, one))


def _refuse_buyer(site: Site, call: Call, order_id: str) -> None:
    for shop in site.shops.values():
        one = shop.orders.get(order_id)
        if one and call.owns(one.buyer) and "tracking" in call.body():
            raise message(403, "Only the seller can set tracking information.")


def move(site: Site, shop: Shop, one: Order, status: Any) -> None:
    """Take the order on, where it may go."""
    allowed = trade.next_status(one)
    if status == one.status:
        return
    if status not in allowed:
        raise message(422, f"Invalid status: expected one of {', '.join(allowed)}.")
    trade.move(site, shop, one, status)


def _invoice(site: Site, shop: Shop, one: Order, given: Any) -> None:
    if one.status in PAST_INVOICE or one.status == trade.MERGED:
        raise message(422, f"The shipping of an order that is {one.status} cannot be changed.")
    try:
        cents = round(float(given) * 100)
    except (TypeError, ValueError, OverflowError):
        raise message(422, "Invalid shipping: expected float.") from None
    if cents < 0:
        raise message(422, "Invalid shipping: expected float.")
    trade.invoice(site, shop, one, cents)


def _tracking(given: Any) -> dict[str, str]:
    number = str(given.get("number") or "").strip() if isinstance(given, dict) else ""
    if not number:
        raise message(400, "Tracking number is required.")
    carrier = given.get("carrier") or "Other"
    if carrier not in CARRIERS:
        raise message(422, f"Invalid carrier: expected one of {', '.join(CARRIERS)}.")
    return {"number": number, "carrier": str(carrier), "url": f"https://tracking.example/{number}"}


def shape(site: Site, call: Call, shop: Shop, one: Order) -> dict[str, Any]:
    """The whole order."""
    currency, url = shop.user.currency, f"{call.origin}/marketplace/orders/{one.id}"
    shown: dict[str, Any] = {
        "id": one.id,
        "resource_url": url,
        "messages_url": f"{url}/messages",
        "uri": f"{call.origin}/sell/order/{one.id}",
        "status": one.status,
        "next_status": trade.next_status(one),
        "fee": money(round(trade.total(one) * 0.09), currency),
        "created": site.stamp(one.created),
        "last_activity": site.stamp(one.last_activity),
        "items": [_item(site, call, shop, item) for item in one.items],
        "shipping": {**money(one.shipping, currency), "method": one.method},
        "shipping_address": _address(one),
        "additional_instructions": one.instructions,
        "archived": one.archived,
        "seller": summary(call, shop.user),
        "buyer": summary(call, one.buyer),
        "total": money(trade.total(one), currency),
    }
    return {**shown, "tracking": one.tracking} if one.tracking else shown


def _item(site: Site, call: Call, shop: Shop, item: Any) -> dict[str, Any]:
    release = site.release(item)
    return {
        "id": item.id,
        "release": {
            "id": release.id,
            "description": release.description,
            "resource_url": f"{call.origin}/releases/{release.id}",
            "thumbnail": thumb(call, release),
        },
        "price": money(item.cents, shop.user.currency),
        "media_condition": item.condition,
        "sleeve_condition": item.sleeve_condition,
    }


def _address(one: Order) -> str:
    mail = f"{one.buyer.username}@buyers.example"
    return f"{one.buyer.name}\n{one.buyer.address}\n\nPhone: 000-000-0000\nPaypal address: {mail}"
