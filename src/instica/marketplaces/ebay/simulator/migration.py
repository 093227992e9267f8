"""Groups of variations, locations, and the one-way move of a Trading listing into the Inventory API."""

from __future__ import annotations

from urllib.parse import unquote

from instica.kit.simulation import Refusal, Response, Routes
from instica.marketplaces.ebay.simulator import publishing
from instica.marketplaces.ebay.simulator.inventory import READ, WRITE, many
from instica.marketplaces.ebay.simulator.rest import Body, Call, answer, demand, error, page, whole
from instica.marketplaces.ebay.simulator.seed import MONTH
from instica.marketplaces.ebay.simulator.stock import Group, Item, item_body, offer_body, place_of_listing
from instica.marketplaces.ebay.simulator.store import Variation
from instica.marketplaces.ebay.simulator.words import ACTIVE, FIXED, INVENTORY

ROUTES = Routes()


@ROUTES("GET", "/location")
def locations(call: Call) -> Response:
    """The places goods are sent from; here ``offset`` counts records."""
    demand(call.token, *READ)
    limit, offset = whole(call, "limit", 100, 1, 100, _paging), whole(call, "offset", 0, 0, 10**8, _paging)
    rows = [{"merchantLocationKey": key, **body} for key, body in call.site.locations.items()]
    shown = {"locations": rows[offset : offset + limit]}
    frame = page(call, "/location", shown, limit=limit, offset=offset, step=limit, total=len(rows))
    return answer(200, {**frame, "offset": offset})


@ROUTES("GET", "/location/{key}")
def location(call: Call, key: str) -> Response:
    """One place."""
    demand(call.token, *READ)
    return answer(200, {"merchantLocationKey": key, **_place(call, key)})


@ROUTES("POST", "/location/{key}")
def create_location(call: Call, key: str) -> Response:
    """A new place."""
    demand(call.token, *WRITE)
    if key in call.site.locations:
        raise error(409, 25803, "API_INVENTORY", "merchantLocationKey already exists.")
    body = call.body()
    address = (body.get("location") or {}).get("address") or {}
    if len(key) > 36 or not address.get("country"):
        raise error(400, 25802, "API_INVENTORY", "Input error. A location needs a key and a country.")
    call.site.locations[key] = {"merchantLocationStatus": "ENABLED", **body}
    return answer(204)


@ROUTES("DELETE", "/location/{key}")
def delete_location(call: Call, key: str) -> Response:
    """It is closed."""
    demand(call.token, *WRITE)
    _place(call, key)
    del call.site.locations[key]
    return answer(204)


def _place(call: Call, key: str) -> Body:
    if key not in call.site.locations:
        raise error(404, 25805, "API_INVENTORY", "Location not found.")
    return call.site.locations[key]


@ROUTES("GET", "/inventory_item_group/{key}")
def group(call: Call, key: str) -> Response:
    """One page of many SKUs."""
    demand(call.token, *READ)
    return answer(200, {"inventoryItemGroupKey": unquote(key), **_group(call, unquote(key)).body})


@ROUTES("PUT", "/inventory_item_group/{key}")
def replace_group(call: Call, key: str) -> Response:
    """Put SKUs together; one that is on sale by itself cannot join."""
    demand(call.token, *WRITE)
    call.wants_language()
    body, key = call.body(), unquote(key)
    skus = [str(sku) for sku in body.get("variantSKUs") or ()]
    items = [call.site.stock.item(sku) for sku in skus]
    if not skus or not all(items):
        raise error(400, 25701, "API_INVENTORY", "One or more SKUs could not be found.")
    if any(
        offer.published and offer.place >= 0 and not call.site.shelf.at(offer.place).group
        for sku in skus
        for offer in call.site.stock.offers_of(sku)
    ):
        raise error(400, 25704, "API_INVENTORY", "A SKU that is listed alone cannot join a group.")
    known = key in call.site.stock.groups
    call.site.stock.groups[key] = Group(key, body)
    for item in items:
        if item:
            item.groups = [key]
            call.site.stock.keep(item)
    return answer(204 if known else 201)


@ROUTES("POST", "/offer/publish_by_inventory_item_group")
def publish_group(call: Call) -> Response:
    """One listing for all SKUs of a group."""
    demand(call.token, *WRITE)
    site, body = call.site, call.body()
    found = _group(call, str(body.get("inventoryItemGroupKey")))
    offers = [
        offer
        for sku in found.body["variantSKUs"]
        for offer in site.stock.offers_of(sku)
        if offer.body.get("marketplaceId") == body.get("marketplaceId")
    ]
    if not offers:
        raise error(400, 25725, "API_INVENTORY", "No offer found for the group.")
    pairs = [(publishing.check(site, offer), offer) for offer in offers]
    pages = [publishing.page_of(item, offer) for item, offer in pairs]
    names = [row["name"] for row in (found.body.get("variesBy") or {}).get("specifications") or ()]
    choices = tuple(
        Variation(
            row["sku"], row["cents"], row["quantity"], tuple((name, dict(row["specifics"])[name][0]) for name in names)
        )
        for row in pages
    )
    first, now = pages[0], site.epoch()
    first |= {"title": found.body.get("title") or first["title"], "variations": choices, "quantity": 0, "sku": ""}
    listing = site.shelf.add(**first, started=now, ends=now + MONTH, modified=now, model=INVENTORY, group=found.key)
    for offer in offers:
        offer.published, offer.place = True, listing.index
    return answer(200, {"listingId": str(listing.id)})


@ROUTES("POST", "/offer/withdraw_by_inventory_item_group")
def withdraw_group(call: Call) -> Response:
    """End the listing of a group."""
    demand(call.token, *WRITE)
    found = _group(call, str(call.body().get("inventoryItemGroupKey")))
    offers = [offer for sku in found.body["variantSKUs"] for offer in call.site.stock.offers_of(sku) if offer.published]
    if not offers:
        raise error(400, 25725, "API_INVENTORY", "No offer found for the group.")
    for offer in offers:
        publishing.withdraw(call.site, offer)
    return answer(204)


def _group(call: Call, key: str) -> Group:
    if key not in call.site.stock.groups:
        raise error(404, 25710, "API_INVENTORY", "We didn't find the resource/entity you are requesting.")
    return call.site.stock.groups[key]


@ROUTES("POST", "/bulk_migrate_listing")
def migrate(call: Call) -> Response:
    """Trading listings become items and offers. There is no way back."""
    demand(call.token, *WRITE)
    return many(call, 25718, _moved, lambda row: {"listingId": row.get("listingId")})


def _moved(call: Call, row: Body) -> Body:
    site = call.site
    listing = site.shelf.get(int(str(row.get("listingId") or 0)))
    if listing is None or listing.status != ACTIVE or listing.kind != FIXED or not listing.sku or listing.variations:
        raise error(400, 25718, "API_INVENTORY", "Cannot migrate listing. It must be active, fixed price, with a SKU.")
    if site.stock.item(listing.sku) or listing.model == INVENTORY:
        raise error(400, 25718, "API_INVENTORY", "Cannot migrate listing. Its SKU is in use already.")
    site.stock.keep(Item(listing.sku, item_body(listing)))
    offer = site.stock.new_offer(listing.sku, offer_body(listing))
    offer.published, offer.place = True, place_of_listing(listing.id)
    site.shelf.change(listing, model=INVENTORY, offer=offer.id)
    made = [{"sku": listing.sku, "offerId": offer.id}]
    return {"statusCode": 200, "marketplaceId": offer.body["marketplaceId"], "inventoryItems": made}


def _paging() -> Refusal:
    return error(400, 25706, "API_INVENTORY", "Invalid value for pagination parameters offset or limit.")
