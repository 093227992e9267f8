"""The control calls that only Shopify needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from instica.kit.simulation import SITE_CONTROL, Control, Request
from instica.kit.simulation.control import body, refused
from instica.marketplaces.shopify.simulator import deeds, making, notices, trade
from instica.marketplaces.shopify.simulator.site import Application, iso

if TYPE_CHECKING:
    from instica.marketplaces.shopify.simulator.app import ShopifySimulator

CONTROLS = Control(SITE_CONTROL)
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")


@CONTROLS("POST", "/shop")
def change_shop(simulation: ShopifySimulator, request: Request) -> Any:
    """Change the shop's ``currency`` or ``name``."""
    site, wanted = simulation.site, body(request)
    currency, name = str(wanted.get("currency", site.shop.currency)), str(wanted.get("name", site.shop.name))
    site.shop = replace(site.shop, currency=currency, name=name)
    return {"currency": currency, "name": name}


@CONTROLS("POST", "/add")
def add(simulation: ShopifySimulator, request: Request) -> Any:
    """A product of its own: ``{"title", "vendor"?, "html"?, "price"?, "sku"?, "quantity"?, "options"?}``, on sale."""
    site, wanted = simulation.site, body(request)
    changes = making.content(site, {"title": str(wanted.pop("title"))}, None)
    product = site.catalogue.put(replace(making.new(site, changes), published=site.now))
    site.catalogue.put_variant(product, replace(product.variants[0], tracked=True))
    return deeds.edit(site, product.id, {"price": "19.99", "quantity": 1, **wanted})


@CONTROLS("POST", "/order")
def order(simulation: ShopifySimulator, request: Request) -> Any:
    """An order moves on: ``financial held closed ship``, or ``refund`` with ``quantity`` and ``restock``."""
    site, wanted = simulation.site, body(request)
    one = deeds.order(site, wanted["order_id"])
    one.financial = str(wanted.get("financial", one.financial))
    one.held = bool(wanted.get("held", one.held))
    if "closed" in wanted:
        one.closed = site.now if wanted["closed"] else None
    if wanted.get("ship"):
        pieces = [(line, line.current - line.fulfilled) for line in one.lines if line.current > line.fulfilled]
        trade.fulfil(site, one, pieces, company="USPS", number=str(wanted["ship"]), url="")
    if wanted.get("refund"):
        quantity, restock = int(wanted.get("quantity", 1)), str(wanted.get("restock", "CANCEL"))
        trade.give_back(site, one, one.lines[0], quantity, restock)
    trade.touch(site, one)
    notices.order_changed(site, one)
    return {"order_id": str(one.id), "status": one.fulfilment}


@CONTROLS("POST", "/old-orders")
def old_orders(simulation: ShopifySimulator, request: Request) -> Any:
    """Orders of the last ``days``, shipped and closed: ``{"count", "days"?}``."""
    wanted = body(request)
    trade.old_orders(simulation.site, int(wanted.get("count", 30)), int(wanted.get("days", 90)))
    return {"orders": len(simulation.site.orders)}


@CONTROLS("POST", "/apps")
def register(simulation: ShopifySimulator, request: Request) -> Any:
    """Register an app: ``{"key", "secret", "name"?}``."""
    wanted = body(request)
    key = str(wanted["key"])
    simulation.site.apps[key] = Application(key, str(wanted["secret"]), str(wanted.get("name", key)))
    return {"key": key}


@CONTROLS("POST", "/revoke")
def revoke(simulation: ShopifySimulator, request: Request) -> Any:
    """The merchant uninstalls the app: every token dies, and it hears of it."""
    notices.uninstalled(simulation.site)
    simulation.site.grants.clear()
    simulation.site.hooks.subscriptions = {}
    return {"revoked": True}


@CONTROLS("POST", "/compliance")
def compliance(simulation: ShopifySimulator, request: Request) -> Any:
    """Send one of the privacy topics: ``{"topic", "uri", "order_id"?}``."""
    site, wanted = simulation.site, body(request)
    topic = str(wanted["topic"])
    if topic not in COMPLIANCE:
        raise refused(400, f"Not one of {', '.join(COMPLIANCE)}")
    payload: dict[str, Any] = {"shop_id": site.shop.id, "shop_domain": site.shop.domain}
    if topic != "shop/redact":
        rows = [deeds.order(site, wanted["order_id"])] if "order_id" in wanted else list(site.orders.values())
        buyer = rows[0].buyer if rows else None
        customer = {"id": buyer.id, "email": buyer.email, "phone": None} if buyer else None
        name = "orders_requested" if topic == "customers/data_request" else "orders_to_redact"
        payload |= {"customer": customer, name: [row.id for row in rows]}
    if topic == "customers/data_request":
        payload["data_request"] = {"id": site.number()}
    delivery = notices.deliver(site, topic, str(wanted["uri"]), payload)
    return {"topic": topic, "webhook_id": delivery.headers["X-Shopify-Webhook-Id"]}


@CONTROLS("GET", "/webhooks")
def webhooks(simulation: ShopifySimulator, request: Request) -> Any:
    """Subscriptions, and what was sent, with its headers and body."""
    hooks = simulation.site.hooks
    return {
        "subscriptions": [
            {"id": each.id, "topic": each.topic, "uri": each.uri, "created_at": iso(each.created)}
            for each in hooks.subscriptions.values()
        ],
        "outbox": [
            {
                "topic": each.topic,
                "uri": each.url,
                "headers": each.headers,
                "body": each.body.decode(),
                "status": each.status,
                "tries": each.tried,
            }
            for each in hooks.sender.outbox
        ],
    }
