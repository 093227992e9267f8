"""The Inventory API's items: read, replaced whole, deleted; one at a time or 25 at once."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from instica.kit.simulation import Refusal, Response, Routes
from instica.marketplaces.ebay.simulator import publishing
from instica.marketplaces.ebay.simulator.rest import Body, Call, answer, demand, error, page, problem, whole
from instica.marketplaces.ebay.simulator.stock import Item
from instica.marketplaces.ebay.simulator.words import CONDITIONS, LOCALES

ROUTES = Routes()
LONGEST_SKU, LONGEST_ASPECT, MOST = 50, 65, 25
READ, WRITE = ("sell.inventory", "sell.inventory.readonly"), ("sell.inventory",)


@ROUTES("GET", "/inventory_item")
def items(call: Call) -> Response:
    """A page of items; ``offset`` is a page number."""
    demand(call.token, *READ)
    limit = whole(call, "limit", 25, 1, 200, _paging)
    offset = whole(call, "offset", 0, 0, 10**8, _paging)
    skus, total = call.site.stock.skus(offset * limit, (offset + 1) * limit)
    rows = [_shown(item) for sku in skus if (item := call.site.stock.item(sku))]
    frame = page(call, "/inventory_item", {"inventoryItems": rows}, limit=limit, offset=offset, step=1, total=total)
    return answer(200, {**frame, "size": -(-total // limit)})


@ROUTES("GET", "/inventory_item/{sku}")
def read(call: Call, sku: str) -> Response:
    """One item."""
    demand(call.token, *READ)
    item = call.site.stock.item(unquote(sku))
    if item is None:
        raise _unknown(call, unquote(sku))
    return answer(200, _shown(item))


@ROUTES("PUT", "/inventory_item/{sku}")
def replace(call: Call, sku: str) -> Response:
    """Create it, or replace it whole: what is not sent is gone."""
    demand(call.token, *WRITE)
    call.wants_language()
    publishing.not_at_once(call.site)
    status, warnings = put(call, unquote(sku), call.body(), call.request.headers["content-language"])
    return answer(status) if status == 204 else answer(status, {"warnings": warnings})


@ROUTES("DELETE", "/inventory_item/{sku}")
def delete(call: Call, sku: str) -> Response:
    """Delete it with its offers, and end what they listed."""
    demand(call.token, *WRITE)
    item = call.site.stock.item(unquote(sku))
    if item is None:
        raise _unknown(call, unquote(sku))
    for offer in call.site.stock.offers_of(item.sku):
        publishing.withdraw(call.site, offer)
        call.site.stock.drop_offer(offer)
    call.site.stock.drop(item.sku)
    return answer(204)


@ROUTES("POST", "/bulk_create_or_replace_inventory_item")
def replace_many(call: Call) -> Response:
    """Up to 25 at once; each is told apart."""
    demand(call.token, *WRITE)
    call.wants_language()
    return many(call, 25727, _put_one, lambda row: {"sku": row.get("sku"), "locale": row.get("locale")})


@ROUTES("POST", "/bulk_get_inventory_item")
def read_many(call: Call) -> Response:
    """Up to 25 at once."""
    demand(call.token, *READ)

    def one(row: Body) -> Body:
        item = call.site.stock.item(str(row.get("sku")))
        if item is None:
            raise _unknown(call, str(row.get("sku")))
        return {"statusCode": 200, "inventoryItem": _shown(item)}

    return many(call, 25727, lambda call, row: one(row), lambda row: {"sku": row.get("sku")})


@ROUTES("POST", "/bulk_update_price_quantity")
def update_many(call: Call) -> Response:
    """Prices and quantities of up to 25 SKUs."""
    demand(call.token, *WRITE)
    return many(call, 25727, publishing.update, lambda row: {"sku": row.get("sku")})


def many(call: Call, too_many: int, one: Any, names: Any) -> Response:
    """Do something with each of ``requests`` and tell how each went: 200 when all did, else 207."""
    rows = call.body().get("requests")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise error(
            400, 25731, "API_INVENTORY", "The request is invalid.", parameters=[{"name": "requests", "value": ""}]
        )
    if len(rows) > MOST:
        raise error(400, too_many, "API_INVENTORY", f"The number of requests cannot be more than {MOST}.")
    publishing.not_at_once(call.site)
    told = [_told(call, one, names, row) for row in rows]
    return answer(200 if all(row["statusCode"] < 300 for row in told) else 207, {"responses": told})


def _told(call: Call, one: Any, names: Any, row: Body) -> Body:
    try:
        return {**names(row), "errors": [], "warnings": [], **one(call, row)}
    except Refusal as refusal:
        body = refusal.response.body
        said = json.loads(body) if isinstance(body, bytes) else {}
        return {**names(row), "statusCode": refusal.response.status, "errors": said.get("errors", []), "warnings": []}


def _put_one(call: Call, row: Body) -> Body:
    locale = str(row.get("locale") or "").replace("_", "-")
    if locale not in LOCALES:
        raise error(400, 25709, "API_INVENTORY", "Invalid value for locale.")
    body = {name: value for name, value in row.items() if name not in ("sku", "locale")}
    status, warnings = put(call, str(row.get("sku") or ""), body, locale)
    return {"statusCode": 200 if status == 204 else status, "warnings": warnings}


def put(call: Call, sku: str, body: Body, language: str) -> tuple[int, list[Body]]:
    """Store an item whole and revise what is on sale of it; the status, and warnings."""
    if not 0 < len(sku) <= LONGEST_SKU:
        raise error(400, 25707, "API_INVENTORY", "This is an invalid value for a SKU. A SKU is up to 50 characters.")
    _check(body)
    warnings = []
    if body.get("condition") == "NEW" and body.get("conditionDescription"):
        text = "The condition description is not used for new items."
        warnings.append(problem(25401, "API_INVENTORY", text))
    known = call.site.stock.item(sku)
    item = Item(sku, body, language.replace("-", "_"), known.groups if known else [])
    publishing.revise_allowed(call.site, sku)
    call.site.stock.keep(item)
    publishing.refresh(call.site, sku)
    return (200 if warnings else 204) if known else 201, warnings


def _check(body: Body) -> None:
    condition, product = body.get("condition"), body.get("product") or {}
    if condition is not None and condition not in CONDITIONS:
        raise error(400, 2004, "ACCESS", "Invalid request", "Could not serialize field [condition]")
    if not isinstance(product, dict):
        raise error(400, 2004, "ACCESS", "Invalid request", "Could not serialize field [product]")
    for url in product.get("imageUrls") or ():
        if not publishing.is_picture(str(url)):
            raise error(400, 25015, "API_INVENTORY", "Invalid picture URL. Pictures must be on https.")
    for name, values in (product.get("aspects") or {}).items():
        if len(name) > 40 or not isinstance(values, list) or any(len(str(value)) > LONGEST_ASPECT for value in values):
            raise error(400, 25022, "API_INVENTORY", "Invalid attribute", f"The aspect {name} is too long or no list")
    if len(str(product.get("description") or "")) > 4000:
        raise error(400, 25718, "API_INVENTORY", "Invalid value for description. It is up to 4000 characters.")


def _shown(item: Item) -> Body:
    shown = {"sku": item.sku, "locale": item.locale, **item.body}
    return {**shown, "groupIds": item.groups, "inventoryItemGroupKeys": item.groups} if item.groups else shown


def _unknown(call: Call, sku: str) -> Refusal:
    number = int(call.site.switches["unknown_sku"])
    text = f"The SKU {sku} could not be found or is not available in the system."
    return error(404, number, "API_INVENTORY", "We didn't find the resource/entity you are requesting.", text)


def _paging() -> Refusal:
    return error(400, 25706, "API_INVENTORY", "Invalid value for pagination parameters offset or limit.")
