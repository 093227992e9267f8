"""The older REST interface, as far as tools that were never moved to GraphQL still use it. Paths end in ``.json``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from instica.kit.simulation import Refusal, Request, Response, Routes, json_response
from instica.marketplaces.shopify.simulator import making, notices, oauth
from instica.marketplaces.shopify.simulator.making import Bad
from instica.marketplaces.shopify.simulator.queries import SIXTY_DAYS
from instica.marketplaces.shopify.simulator.site import Grant, Site
from instica.marketplaces.shopify.simulator.store import Level, Product

ROUTES = Routes()
BASE = "/admin/api/{version}"
MOST, USUAL = 250, 50
NAMES = {"title": "title", "vendor": "vendor", "handle": "handle", "body_html": "descriptionHtml"}
NAMES |= {"product_type": "productType"}
PIECE = ("price", "sku", "barcode")
UNAPPROVED = "[API] This action requires merchant approval for {0} scope."


def may(site: Site, request: Request, scope: str) -> Grant:
    """The grant behind a call that holds a scope; here a missing one is a status of its own."""
    held = oauth.holder(site, request)
    if scope not in site.scopes_of(held):
        raise Refusal(json_response(403, {"errors": UNAPPROVED.format(scope)}))
    return held


def found(product: Product | None) -> Product:
    """A product, or the 404."""
    if product is None:
        raise Refusal(json_response(404, {"errors": "Not Found"}))
    return product


def sent(request: Request, name: str) -> dict[str, Any]:
    """What stands under a name in the body."""
    try:
        body = request.json()
    except ValueError:
        raise Refusal(json_response(400, {"errors": {name: "Required parameter missing or invalid"}})) from None
    inner = body.get(name) if isinstance(body, dict) else None
    if not isinstance(inner, dict):
        raise Refusal(json_response(400, {"errors": {name: "Required parameter missing or invalid"}}))
    return inner


def limit(request: Request) -> int:
    """How many rows are wanted."""
    given = request.get("limit", str(USUAL))
    return min(MOST, int(given)) if given.isdigit() else USUAL


@ROUTES("GET", BASE + "/shop.json")
def shop(site: Site, request: Request, version: str) -> Response:
    """The shop."""
    oauth.holder(site, request)
    one = site.shop
    shown = {"id": one.id, "name": one.name, "email": one.email, "domain": one.storefront, "currency": one.currency}
    return json_response(200, {"shop": {**shown, "myshopify_domain": one.domain, "iana_timezone": one.timezone}})


@ROUTES("GET", BASE + "/products.json")
def products(site: Site, request: Request, version: str) -> Response:
    """Products by id, behind ``since_id``."""
    may(site, request, "read_products")
    since = int(request.get("since_id", "0") or 0)
    rows = (each for each in site.catalogue.every() if each.id > since)
    shown = [notices.product_payload(site, each) for _, each in zip(range(limit(request)), rows, strict=False)]
    return json_response(200, {"products": shown})


@ROUTES("GET", BASE + "/products/count.json")
def count(site: Site, request: Request, version: str) -> Response:
    """How many there are."""
    may(site, request, "read_products")
    return json_response(200, {"count": sum(1 for _ in site.catalogue.every())})


@ROUTES("GET", BASE + "/products/{name}.json")
def product(site: Site, request: Request, version: str, name: str) -> Response:
    """One product."""
    may(site, request, "read_products")
    one = found(site.catalogue.get(int(name)) if name.isdigit() else None)
    return json_response(200, {"product": notices.product_payload(site, one)})


@ROUTES("POST", BASE + "/products.json")
def create(site: Site, request: Request, version: str) -> Response:
    """A product; what it costs stands with its first variant."""
    may(site, request, "write_products")
    given = sent(request, "product")
    made = changed(site, given, None)
    kept = site.catalogue.put(replace(made, published=site.now if given.get("published", True) else None))
    notices.product_changed(site, kept, new=True)
    return json_response(201, {"product": notices.product_payload(site, kept)})


@ROUTES("PUT", BASE + "/products/{name}.json")
def update(site: Site, request: Request, version: str, name: str) -> Response:
    """Change a product."""
    may(site, request, "write_products")
    before = found(site.catalogue.get(int(name)) if name.isdigit() else None)
    kept = site.catalogue.put(changed(site, sent(request, "product"), before))
    notices.product_changed(site, kept)
    return json_response(200, {"product": notices.product_payload(site, kept)})


def changed(site: Site, given: dict[str, Any], before: Product | None) -> Product:
    """A product with what was sent; 422 with Shopify's words where that cannot be."""
    page = {NAMES[name]: given[name] for name in NAMES if given.get(name) is not None}
    if given.get("status"):
        page["status"] = str(given["status"]).upper()
    if isinstance(given.get("tags"), str):
        page["tags"] = given["tags"].split(",")
    try:
        content = making.content(site, page, before)
        one = replace(before, **content, updated=site.now) if before else making.new(site, content)
        rows = given.get("variants") or [{}]
        first = making.variant(site, {key: rows[0][key] for key in PIECE if key in rows[0]}, one.variants[0])
    except Bad as bad:
        errors = {str((each["field"] or ["base"])[-1]): [each["message"]] for each in bad.trouble}
        raise Refusal(json_response(422, {"errors": errors})) from None
    if rows[0].get("inventory_management") == "shopify":
        first = replace(first, tracked=True)
    return replace(one, variants=(first, *one.variants[1:]))


@ROUTES("DELETE", BASE + "/products/{name}.json")
def delete(site: Site, request: Request, version: str, name: str) -> Response:
    """A product goes."""
    may(site, request, "write_products")
    one = found(site.catalogue.get(int(name)) if name.isdigit() else None)
    site.catalogue.drop(one)
    notices.product_gone(site, one.id)
    return json_response(200, {})


@ROUTES("GET", BASE + "/orders.json")
def orders(site: Site, request: Request, version: str) -> Response:
    """Orders, the open ones unless ``status`` says otherwise."""
    held = may(site, request, "read_orders")
    aged = "read_all_orders" in site.scopes_of(held)
    rows = [each for each in site.orders.values() if aged or each.at >= site.now - SIXTY_DAYS]
    if request.get("status", "open") == "open":
        rows = [each for each in rows if not each.closed and not each.cancelled]
    return json_response(200, {"orders": [notices.order_payload(site, each) for each in rows[: limit(request)]]})


@ROUTES("GET", BASE + "/orders/{name}.json")
def order(site: Site, request: Request, version: str, name: str) -> Response:
    """One order."""
    may(site, request, "read_orders")
    one = site.orders.get(int(name)) if name.isdigit() else None
    if one is None:
        return json_response(404, {"errors": "Not Found"})
    return json_response(200, {"order": notices.order_payload(site, one)})


@ROUTES("GET", BASE + "/locations.json")
def locations(site: Site, request: Request, version: str) -> Response:
    """Where stock lies."""
    may(site, request, "read_locations")
    rows = [{"id": each.id, "name": each.name, "active": each.active} for each in site.locations.values()]
    return json_response(200, {"locations": rows})


@ROUTES("POST", BASE + "/inventory_levels/set.json")
def set_level(site: Site, request: Request, version: str) -> Response:
    """Set available stock, without comparing."""
    may(site, request, "write_inventory")
    given = request.json()
    place, one = int(given["location_id"]), site.catalogue.of_item(int(given["inventory_item_id"]))
    if one is None or place not in site.locations:
        return json_response(404, {"errors": "Not Found"})
    owner, variant = one
    level = replace(variant.level(place) or Level(0), available=int(given["available"]), updated=site.now)
    after = variant.with_level(place, level)
    site.catalogue.put_variant(owner, after, updated=site.now)
    notices.level_changed(site, after, place)
    shown = {"inventory_item_id": after.item_id, "location_id": place, "available": level.available}
    return json_response(200, {"inventory_level": shown})
