"""What happened, told to whoever subscribed: payloads in the shape of Shopify's older REST interface."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from instica.kit.simulation import Delivery
from instica.marketplaces.shopify.simulator import hooks
from instica.marketplaces.shopify.simulator.ledger import Line, Order
from instica.marketplaces.shopify.simulator.site import Site, gid, money
from instica.marketplaces.shopify.simulator.store import Product, Variant

MOST_VARIANTS = 100


def local(site: Site, at: float | None) -> str | None:
    """A moment on the shop's wall clock, with its offset."""
    return (
        None
        if at is None
        else dt.datetime.fromtimestamp(at, ZoneInfo(site.shop.timezone)).isoformat(timespec="seconds")
    )


def tell(site: Site, topic: str, payload: dict[str, Any]) -> None:
    """Send ``topic`` (``ORDERS_CREATE``) to every subscription for it."""
    for wanted in list(site.hooks.subscriptions.values()):
        if wanted.topic == topic:
            deliver(site, hooks.header_topic(topic), wanted.uri, hooks.cut(payload, wanted.include), wanted.id)


def deliver(site: Site, topic: str, uri: str, payload: dict[str, Any], subscription: int = 0) -> Delivery:
    """One delivery to one address."""
    app = next(iter(site.apps.values()))
    rotated = site.switches["hook_signature"] == "previous"
    delivery = hooks.made(
        topic=topic,
        uri=uri,
        payload=payload,
        secret=app.previous if rotated else app.secret,
        shop=site.shop.domain,
        at=site.clock.now(),
        subscription=subscription,
    )
    site.hooks.post(delivery, site.faults.take(topic, webhook=True))
    return delivery


def product_changed(site: Site, product: Product, *, new: bool = False) -> None:
    """A product was made or changed."""
    tell(site, "PRODUCTS_CREATE" if new else "PRODUCTS_UPDATE", product_payload(site, product))


def product_gone(site: Site, number: int) -> None:
    """A product was deleted."""
    tell(site, "PRODUCTS_DELETE", {"id": number})


def level_changed(site: Site, variant: Variant, location: int) -> None:
    """An item's stock changed somewhere."""
    level = variant.level(location)
    payload = {
        "inventory_item_id": variant.item_id,
        "location_id": location,
        "available": level.available if level else None,
        "updated_at": local(site, site.now),
        "admin_graphql_api_id": f"{gid('InventoryLevel', location)}?inventory_item_id={variant.item_id}",
    }
    tell(site, "INVENTORY_LEVELS_UPDATE", payload)


def order_changed(site: Site, order: Order, *topics: str) -> None:
    """An order was placed or moved on; ``ORDERS_UPDATED`` always goes with it."""
    payload = order_payload(site, order)
    for topic in (*topics, "ORDERS_UPDATED"):
        tell(site, topic, payload)


def uninstalled(site: Site) -> None:
    """The app was removed from the shop."""
    shop = site.shop
    payload = {
        "id": shop.id,
        "name": shop.name,
        "email": shop.email,
        "domain": shop.storefront,
        "myshopify_domain": shop.domain,
        "currency": shop.currency,
        "iana_timezone": shop.timezone,
        "plan_name": "basic",
    }
    tell(site, "APP_UNINSTALLED", payload)


def product_payload(site: Site, product: Product) -> dict[str, Any]:
    """As ``products/update`` carries it: at most 100 variants in full, and the ids of all."""
    return {
        "id": product.id,
        "admin_graphql_api_id": gid("Product", product.id),
        "title": product.title,
        "body_html": product.html,
        "vendor": product.vendor,
        "product_type": product.kind,
        "handle": product.handle,
        "status": product.status.lower(),
        "tags": ", ".join(product.tags),
        "published_scope": "web",
        "published_at": local(site, product.published),
        "created_at": local(site, product.created),
        "updated_at": local(site, product.updated),
        "variants": [
            _variant_payload(site, product, place) for place in range(min(len(product.variants), MOST_VARIANTS))
        ],
        "variant_gids": [
            {"admin_graphql_api_id": gid("ProductVariant", each.id), "updated_at": local(site, each.updated)}
            for each in product.variants
        ],
        "options": [
            {"product_id": product.id, "name": name, "position": place, "values": list(values)}
            for place, (name, values) in enumerate(product.options, start=1)
        ],
        "images": [],
        "image": None,
        "media": [],
    }


def _variant_payload(site: Site, product: Product, place: int) -> dict[str, Any]:
    variant = product.variants[place]
    options = [*variant.options, None, None][:3]
    return {
        "id": variant.id,
        "admin_graphql_api_id": gid("ProductVariant", variant.id),
        "product_id": product.id,
        "title": " / ".join(variant.options),
        "sku": variant.sku or None,
        "barcode": variant.barcode or None,
        "price": money(variant.cents),
        "compare_at_price": None if variant.compare_cents is None else money(variant.compare_cents),
        "position": place + 1,
        "inventory_policy": variant.policy.lower(),
        "inventory_item_id": variant.item_id,
        "inventory_quantity": sum(level.available for _, level in variant.levels if level.active),
        "option1": options[0],
        "option2": options[1],
        "option3": options[2],
        "taxable": True,
        "created_at": local(site, product.created),
        "updated_at": local(site, variant.updated),
    }


def order_payload(site: Site, order: Order) -> dict[str, Any]:
    """As ``orders/*`` carries it, with the fields a hub would look at."""
    open_access = site.switches["protected"] == "open"
    buyer = order.buyer
    words = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}
    address = {"city": buyer.city, "country_code": buyer.country, "country": buyer.country_name}
    private = {"first_name": buyer.first, "last_name": buyer.last, "address1": buyer.address1, "zip": buyer.zip}
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "name": order.name,
        "number": order.number - 1000,
        "order_number": order.number,
        "email": buyer.email if open_access else None,
        "created_at": local(site, order.at),
        "updated_at": local(site, order.updated),
        "processed_at": local(site, order.at),
        "cancelled_at": local(site, order.cancelled),
        "cancel_reason": order.reason.lower() if order.reason else None,
        "closed_at": local(site, order.closed),
        "currency": site.shop.currency,
        "financial_status": order.financial.lower(),
        "fulfillment_status": words.get(order.fulfilment),
        "total_price": money(order.total),
        "subtotal_price": money(order.subtotal),
        "test": order.test,
        "tags": ", ".join(order.tags),
        "shipping_address": {**address, **(private if open_access else {})},
        "line_items": [_line_payload(line) for line in order.lines],
        "refunds": [],
        "fulfillments": [],
    }


def _line_payload(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "product_id": line.product or None,
        "variant_id": line.variant or None,
        "title": line.title,
        "sku": line.sku or None,
        "quantity": line.quantity,
        "current_quantity": line.current,
        "fulfillable_quantity": line.current - line.fulfilled,
        "price": money(line.cents),
        "product_exists": bool(line.product),
    }
