"""What people do in the shop and its admin, as the control interface asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from instica.kit.simulation.control import refused
from instica.marketplaces.shopify.simulator import making, notices, trade
from instica.marketplaces.shopify.simulator.ledger import Order
from instica.marketplaces.shopify.simulator.making import Bad
from instica.marketplaces.shopify.simulator.site import Site, money
from instica.marketplaces.shopify.simulator.store import Level, Product, Variant

Row = dict[str, Any]
REASONS = {"": "CUSTOMER", "buyer": "CUSTOMER", "unavailable": "INVENTORY", "non-paying": "DECLINED"}
WORDS = ("CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF")
PAGE = {
    "title": "title",
    "html": "descriptionHtml",
    "description": "descriptionHtml",
    "status": "status",
    "vendor": "vendor",
}
PIECE = ("price", "sku", "quantity", "tracked", "policy", "barcode", "bundle")


def shop(site: Site) -> Row:
    """What a reset made."""
    return {
        "seed": site.seed,
        "listings": sum(1 for _ in site.catalogue.every()),
        "limits": site.limits,
        "shop": site.shop.domain,
        "currency": site.shop.currency,
        "odd": [odd.as_json() for odd in site.odd],
    }


def product(site: Site, listing_id: Any) -> Product:
    """A product of the shop."""
    found = site.catalogue.get(int(listing_id))
    if found is None:
        raise refused(404, f"There is no product {listing_id}")
    return found


def order(site: Site, order_id: Any) -> Order:
    """An order of the shop."""
    found = site.orders.get(int(order_id)) if str(order_id).isdigit() else None
    if found is None:
        raise refused(404, f"There is no order {order_id}")
    return found


def listings(site: Site) -> Iterator[Row]:
    """Every product; ``quantity`` is what the online store may sell, ``None`` without end."""
    for each in site.catalogue.every():
        first = each.variants[0]
        endless = any(not variant.tracked for variant in each.variants)
        yield {
            "listing_id": each.id,
            "title": each.title,
            "price": money(first.cents),
            "currency": site.shop.currency,
            "quantity": None if endless else sum(trade.sellable(site, one) for one in each.variants),
            "status": "UNPUBLISHED" if each.published is None and each.status == "ACTIVE" else each.status,
            "sku": first.sku,
        }


def orders(site: Site) -> list[Row]:
    """Every order."""
    return [
        {
            "order_id": str(each.id),
            "status": "CANCELLED" if each.cancelled else each.fulfilment,
            "lines": [
                {"listing_id": line.product, "variant_id": line.variant, "quantity": line.quantity}
                for line in each.lines
            ],
        }
        for each in site.orders.values()
    ]


def buy(site: Site, listing_id: Any, quantity: int = 1, **more: Any) -> Row:
    """A buyer orders; ``variant_id`` says which, ``also`` takes further ``[listing, variant, quantity]``."""
    wanted = [_wanted(site, listing_id, more.pop("variant_id", None), quantity)]
    wanted += [_wanted(site, *row) for row in more.pop("also", ())]
    made = trade.place(site, wanted, test=bool(more.pop("test", False)))
    if more:
        raise refused(400, f"Unknown: {', '.join(more)}")
    return {"order_id": str(made.id), "name": made.name}


def _wanted(site: Site, listing_id: Any, variant_id: Any, quantity: int) -> tuple[Product, Variant, int]:
    found = product(site, listing_id)
    fits = [
        variant
        for variant in found.variants
        if (variant_id is None or variant.id == int(variant_id)) and trade.can_sell(site, found, variant, quantity)
    ]
    if not fits or quantity < 1:
        raise refused(409, "It is not for sale (any more)")
    return found, fits[0], quantity


def cancel(site: Site, order_id: str, reason: str = "", restock: bool = True) -> Row:
    """The merchant cancels an order in the admin."""
    found = order(site, order_id)
    if found.cancelled or any(line.fulfilled for line in found.lines):
        raise refused(409, f"The order is {'cancelled' if found.cancelled else 'shipped'}")
    word = REASONS.get(reason, reason.upper())
    trade.cancel(site, found, word if word in WORDS else "OTHER", restock=restock, refund=True)
    return {"order_id": str(found.id), "status": "CANCELLED"}


def edit(site: Site, listing_id: Any, changes: Mapping[str, Any]) -> Row:
    """The merchant edits a product in the admin; a price, a SKU or stock is the first variant's."""
    found = product(site, listing_id)
    if unknown := set(changes) - {*PAGE, *PIECE, "published", "variant_id"}:
        raise refused(400, f"A product here has no {', '.join(sorted(unknown))}")
    try:
        page = making.content(site, {PAGE[name]: str(changes[name]) for name in PAGE if name in changes}, found)
    except Bad as trouble:
        raise refused(400, str(trouble)) from None
    if "html" in changes:
        page["html"] = str(changes["html"])
    if "published" in changes:
        page["published"] = site.now if changes["published"] else None
    wanted = int(changes.get("variant_id", found.variants[0].id))
    before = next((each for each in found.variants if each.id == wanted), found.variants[0])
    after = _edited(site, before, changes)
    found = site.catalogue.change(found, **page)
    found = site.catalogue.put_variant(found, after, updated=site.now)
    notices.product_changed(site, found)
    if after.levels != before.levels:
        notices.level_changed(site, after, after.levels[0][0])
    return {"listing_id": found.id, "status": found.status}


def _edited(site: Site, variant: Variant, changes: Mapping[str, Any]) -> Variant:
    if "price" in changes:
        variant = replace(variant, cents=making.cents(changes["price"], "price"))
    texts: dict[str, Any] = {name: str(changes[name]) for name in ("sku", "barcode", "policy") if name in changes}
    flags: dict[str, Any] = {name: bool(changes[name]) for name in ("tracked", "bundle") if name in changes}
    variant = replace(variant, **texts, **flags)
    if "quantity" in changes:
        place = variant.levels[0][0] if variant.levels else next(iter(site.locations))
        level = variant.level(place) or Level(0)
        variant = variant.with_level(place, replace(level, available=int(changes["quantity"]), updated=site.now))
    return variant


def end(site: Site, listing_id: Any, delete: bool = False) -> Row:
    """The merchant archives a product in the admin, or deletes it."""
    found = product(site, listing_id)
    if delete:
        site.catalogue.drop(found)
        notices.product_gone(site, found.id)
        return {"listing_id": found.id, "status": "DELETED"}
    changed = site.catalogue.change(found, status="ARCHIVED", updated=site.now)
    notices.product_changed(site, changed)
    return {"listing_id": changed.id, "status": changed.status}
