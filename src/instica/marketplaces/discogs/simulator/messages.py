"""What was said about an order."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import trade
from instica.marketplaces.discogs.simulator.accounts import summary
from instica.marketplaces.discogs.simulator.answers import Call, found, message, page
from instica.marketplaces.discogs.simulator.ledger import Order
from instica.marketplaces.discogs.simulator.orders import move, owned
from instica.marketplaces.discogs.simulator.site import Shop, Site

ROUTES = Routes()


@ROUTES("GET", "/marketplace/orders/{order_id}/messages")
def messages(site: Site, call: Call, order_id: str) -> Response:
    """The newest first."""
    shop, order = owned(site, call, order_id)
    newest = order.messages[::-1]
    return page(
        call,
        "messages",
        len(newest),
        lambda start, stop: [_shape(call, shop, order, entry) for entry in newest[start:stop]],
    )


@ROUTES("POST", "/marketplace/orders/{order_id}/messages")
def write(site: Site, call: Call, order_id: str) -> Response:
    """Say something, move the order on, or both."""
    shop, order = owned(site, call, order_id)
    body = call.body()
    text, status = str(body.get("message") or ""), body.get("status")
    if not text and not status:
        raise message(422, "A message or a status is required.")
    if status and status != order.status:
        before = order.status
        move(site, shop, order, status)
        order.messages.pop()
        text = f"Seller changed status from {before} to {status}\n\n{text}".rstrip()
    entry = trade.say(site, order, "message", text, sender=shop.user)
    shown = _shape(call, shop, order, entry)
    return found(201, {name: shown[name] for name in ("from", "message", "order", "timestamp", "subject")})


def _shape(call: Call, shop: Shop, order: Order, entry: dict[str, Any]) -> dict[str, Any]:
    url = f"{call.origin}/marketplace/orders/{order.id}"
    shown: dict[str, Any] = {
        "timestamp": entry["timestamp"],
        "message": entry["message"],
        "type": entry["type"],
        "order": {"id": order.id, "resource_url": url},
        "subject": f"Order {order.id}: {len(order.items)} item(s)",
    }
    match entry["type"]:
        case "message":
            shown["from"] = {**summary(call, entry["sender"]), "avatar_url": ""}
        case "status":
            shown |= {"status_id": entry["status_id"], "actor": summary(call, entry["actor"])}
        case "shipping":
            shown |= {"original": entry["original"] / 100, "new": entry["new"] / 100}
        case _:
            shown["refund"] = {"amount": entry["refund"] / 100, "order": shown["order"]}
    return shown
