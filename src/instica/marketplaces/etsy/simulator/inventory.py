"""The inventory of a listing: read it, or replace all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.etsy.simulator import shapes, words
from instica.marketplaces.etsy.simulator.answers import Call, error, found, missing, number
from instica.marketplaces.etsy.simulator.fields import LOWEST_CENTS, MOST_PIECES, cents, refuse
from instica.marketplaces.etsy.simulator.gate import needs, owns
from instica.marketplaces.etsy.simulator.listings import visible
from instica.marketplaces.etsy.simulator.seed import READY, TO_ORDER, mix
from instica.marketplaces.etsy.simulator.shops import APP
from instica.marketplaces.etsy.simulator.site import Site
from instica.marketplaces.etsy.simulator.store import Listing, Offering, Product, Stock, Value
from instica.marketplaces.etsy.simulator.telling import tell_listing

ROUTES = Routes()
ON = ("price_on_property", "quantity_on_property", "sku_on_property", "readiness_state_on_property")
FREE = {513, 514}


@ROUTES("GET", f"{APP}/listings/{{listing_id}}/inventory")
@needs("listings_r")
def read(site: Site, call: Call, listing_id: str) -> Response:
    """Products and offerings."""
    shop, row = visible(site, call, listing_id)
    shown = shapes.inventory(site, call, shop, row)
    if call.get("includes") == "Listing":
        shown["listing"] = shapes.listing(site, call, shop, row)
    return found(shown)


@ROUTES("PUT", f"{APP}/listings/{{listing_id}}/inventory")
@needs("listings_w")
def write(site: Site, call: Call, listing_id: str) -> Response:
    """Replace all of it: what is not sent is gone."""
    shop, row = visible(site, call, listing_id)
    if not owns(call, shop):
        raise error(403, f"User does not own Shop {shop.owner.shop_id}")
    if site.conflicts_met < site.switches["conflicts"]:
        site.conflicts_met += 1
        raise error(409, words.CONFLICT)
    sent = call.body()
    if not isinstance(sent.get("products"), list) or not sent["products"]:
        raise missing("products")
    stock = _stock(site, row, sent)
    _refuse_unfit(site, row, stock, most=number(call.get("max_variations_supported") or "2"))
    row = shop.inventory.change(row, stock=stock, updated=site.now())
    tell_listing(site, shop, row, "inventory.updated")
    return found(shapes.inventory(site, call, shop, row))


def _stock(site: Site, row: Listing, sent: dict[str, Any]) -> Stock:
    """The inventory that was sent. Ids are kept for what has the same values, or all made anew."""
    known = {_key(each): each for each in row.stock.products}
    fresh = count(row.id * 1000 + 500_000_000_000 + next(site.ids) % 1_000_000 * 1000)
    made = []
    for given in sent["products"]:
        if not isinstance(given, dict):
            raise missing("products")
        values = tuple(_value(row, each) for each in given.get("property_values") or ())
        same = known.get(tuple((each.property_id, each.text) for each in values))
        if site.switches["product_ids"] == "renewed":
            same = None
        offering = _offering(given, same.offering.id if same else next(fresh))
        made.append(Product(same.id if same else next(fresh), str(given.get("sku") or ""), offering, values))
    on = tuple(tuple(number(each) for each in sent.get(name) or ()) for name in ON)
    return Stock(tuple(made), on)


def _key(product: Product) -> tuple[tuple[int, str], ...]:
    return tuple((each.property_id, each.text) for each in product.values)


def _value(row: Listing, given: Any) -> Value:
    """A property value; ids that are not of this shop become such."""
    ident = number(given.get("property_id", ""))
    sent = [str(each) for each in given.get("values") or ()]
    if not sent:
        raise error(400, f"Expected values for property_id {ident}")
    if any(sign in each for each in sent for sign in "()"):
        raise error(400, "Property values cannot contain parentheses")
    name = given.get("property_name")
    if not isinstance(name, str) or not name:
        raise error(400, "Expected string value for 'property_name' (got NULL)")
    known = [each for product in row.stock.products for each in product.values if each.property_id == ident]
    same = next((each.value_id for each in known if each.text == sent[0]), 0)
    own = same or 1_000_000_000_000 + mix(row.id, ident, *sent[0].encode()) % 10**11
    return Value(ident, name, own, sent[0], number(given["scale_id"]) if given.get("scale_id") else None)


def _offering(given: dict[str, Any], ident: int) -> Offering:
    offerings = given.get("offerings")
    if not isinstance(offerings, list) or len(offerings) != 1 or not isinstance(offerings[0], dict):
        raise missing("offerings")
    one = offerings[0]
    for name in ("price", "quantity", "is_enabled"):
        if name not in one:
            raise missing(name)
    ready = number(one["readiness_state_id"]) if one.get("readiness_state_id") else None
    return Offering(ident, number(one["quantity"]), cents(one["price"]), one["is_enabled"] is True, ready)


def _refuse_unfit(site: Site, row: Listing, stock: Stock, most: int) -> None:
    """What Etsy will not store."""
    problems = []
    for product in stock.products:
        offering = product.offering
        if not 0 <= offering.quantity <= MOST_PIECES:
            problems.append(("/quantity", "out_of_range", f"must be between 0 and {MOST_PIECES}"))
        if offering.cents is None or offering.cents < LOWEST_CENTS:
            problems.append(("/price", "price_too_low", "must be above min price $0.20"))
        if row.type == "physical" and offering.readiness not in (READY, TO_ORDER):
            raise error(400, words.ALL_READY)
    refuse(site, problems[:1])
    if stock.quantity < 1:
        raise error(400, words.NO_STOCK)
    names = {tuple(each.property_id for each in product.values) for product in stock.products}
    if len(names) > 1 or len({_key(each) for each in stock.products}) < len(stock.products):
        raise error(400, "Every product must have the same properties, and each combination only once")
    properties = next(iter(names))
    if len(properties) > most:
        raise error(400, f"Listings support at most {most} variations")
    _refuse_gaps(stock, properties)
    _refuse_loose(stock, properties)


def _refuse_gaps(stock: Stock, properties: tuple[int, ...]) -> None:
    combined = 1
    values = [each for product in stock.products for each in product.values]
    for ident in properties:
        combined *= len({each.text for each in values if each.property_id == ident})
    if combined != len(stock.products):
        raise error(400, "Every combination of the variations must be there")


def _refuse_loose(stock: Stock, properties: tuple[int, ...]) -> None:
    """Price, quantity, sku and readiness may differ only by the properties they depend on."""
    takes: tuple[Callable[[Product], object], ...] = (
        lambda each: each.offering.cents,
        lambda each: each.offering.quantity,
        lambda each: each.sku,
        lambda each: each.offering.readiness,
    )
    for name, on, take in zip(ON, stock.on, takes, strict=True):
        if set(on) - set(properties):
            raise error(400, f"{name} names a property that no product has")
        groups: dict[tuple[str, ...], Any] = {}
        for product in stock.products:
            if groups.setdefault(_on(product, on), take(product)) != take(product):
                raise error(400, f"The products differ in a way that {name} does not allow")


def _on(product: Product, on: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(each.text for each in product.values if each.property_id in on)


def less(row: Listing, product_id: int, quantity: int) -> Stock:
    """The inventory after so many of a product were bought; what is shared by all goes down for all."""
    shared = not row.stock.on[1]
    products = tuple(
        replace(each, offering=replace(each.offering, quantity=max(0, each.offering.quantity - quantity)))
        if shared or each.id == product_id
        else each
        for each in row.stock.products
    )
    return replace(row.stock, products=products)
