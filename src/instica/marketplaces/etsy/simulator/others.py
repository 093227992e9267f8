"""What a seller's other tools ask for: single products, pictures of variations, carriers, payments, shops by name."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.etsy.simulator import receipts, shapes, shops, words
from instica.marketplaces.etsy.simulator.answers import Call, error, found, missing, number, page, rows
from instica.marketplaces.etsy.simulator.gate import needs, own_shop, owns
from instica.marketplaces.etsy.simulator.ledger import Receipt
from instica.marketplaces.etsy.simulator.listings import own, visible
from instica.marketplaces.etsy.simulator.shops import APP
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.store import Product

ROUTES = Routes()
LISTING = f"{APP}/listings/{{listing_id}}"
OWN = f"{APP}/shops/{{shop_id}}/listings/{{listing_id}}"
RECEIPT = f"{APP}/shops/{{shop_id}}/receipts/{{receipt_id}}"
PICTURED = "variation_images"


@ROUTES("GET", f"{APP}/shops")
def by_name(site: Site, call: Call) -> Response:
    """Shops whose name begins like that."""
    name = call.get("shop_name").lower()
    if not name:
        raise missing("shop_name")
    return rows([shops.shape(call, one) for one in site.shops.values() if one.owner.shop_name.lower().startswith(name)])


@ROUTES("GET", f"{APP}/listings/active")
def everywhere(site: Site, call: Call) -> Response:
    """What is on sale anywhere."""
    all_of = [(shop, place) for shop in site.shops.values() for place in shop.inventory.newest(words.ACTIVE)]
    return page(
        call,
        len(all_of),
        lambda start, stop: [
            shapes.listing(site, call, shop, shop.inventory.at(place)) for shop, place in all_of[start:stop]
        ],
    )


@ROUTES("GET", f"{LISTING}/inventory/products/{{product_id}}")
@needs("listings_r")
def product(site: Site, call: Call, listing_id: str, product_id: str) -> Response:
    """One product."""
    shop, _ = visible(site, call, listing_id)
    return found(shapes.product(site, shop, _product(site, call, listing_id, product_id), own=owns(call, shop)))


@ROUTES("GET", f"{LISTING}/products/{{product_id}}/offerings/{{offering_id}}")
def offering(site: Site, call: Call, listing_id: str, product_id: str, offering_id: str) -> Response:
    """One offering."""
    shop, _ = visible(site, call, listing_id)
    one = _product(site, call, listing_id, product_id)
    if one.offering.id != number(offering_id):
        raise error(404, words.NOTHING_HERE)
    return found(shapes.product(site, shop, one)["offerings"][0])


def _product(site: Site, call: Call, listing_id: str, product_id: str) -> Product:
    _, row = visible(site, call, listing_id)
    one = next((each for each in row.stock.products if each.id == number(product_id)), None)
    if one is None:
        raise error(404, words.NOTHING_HERE)
    return one


@ROUTES("GET", f"{OWN}/variation-images")
def variation_images(site: Site, call: Call, shop_id: str, listing_id: str) -> Response:
    """Which picture shows which value."""
    _, row = visible(site, call, listing_id)
    return rows(row.get(PICTURED) or [])


@ROUTES("POST", f"{OWN}/variation-images")
@needs("listings_w")
def show_variations(site: Site, call: Call, shop_id: str, listing_id: str) -> Response:
    """All of them anew, for one property."""
    shop, row = own(site, call, shop_id, listing_id)
    given = call.body().get(PICTURED)
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise missing(PICTURED)
    names = ("property_id", "value_id", "image_id")
    wanted = [{name: number(each.get(name, "")) for name in names} for each in given]
    if len({each["property_id"] for each in wanted}) > 1:
        raise error(400, "Variation images can be set for one property only")
    if {each["image_id"] for each in wanted} - {each.id for each in row.pictures}:
        raise error(404, words.NOTHING_HERE)
    values = {value.value_id: value.text for each in row.stock.products for value in each.values}
    shown = [{**each, "value": values.get(each["value_id"])} for each in wanted]
    shop.inventory.change(row, more=tuple((dict(row.more) | {PICTURED: shown}).items()))
    return rows(shown)


@ROUTES("GET", f"{OWN}/properties")
def properties(site: Site, call: Call, shop_id: str, listing_id: str) -> Response:
    """Attributes that no variation is made of: there are none."""
    visible(site, call, listing_id)
    return rows([])


@ROUTES("GET", f"{LISTING}/videos")
def videos(site: Site, call: Call, listing_id: str) -> Response:
    """There are none."""
    visible(site, call, listing_id)
    return rows([])


@ROUTES("GET", f"{LISTING}/personalization")
def personalization(site: Site, call: Call, listing_id: str) -> Response:
    """What buyers are asked: nothing."""
    visible(site, call, listing_id)
    return found({"personalization_questions": []})


@ROUTES("GET", f"{APP}/shipping-carriers")
def carriers(site: Site, call: Call) -> Response:
    """Who carries parcels from a country."""
    if not call.get("origin_country_iso"):
        raise missing("origin_country_iso")
    mail = [{"mail_class_key": "tracked", "name": "Tracked"}]
    classes = {"domestic_classes": mail, "international_classes": mail}
    names = enumerate(("USPS", "UPS", "FedEx", "DHL"), start=1)
    return rows([{"shipping_carrier_id": each, "name": name, **classes} for each, name in names])


@ROUTES("GET", f"{RECEIPT}/listings")
@needs("transactions_r")
def sold(site: Site, call: Call, shop_id: str, receipt_id: str) -> Response:
    """The listings of a receipt that are still there."""
    shop, one = receipts.own(site, call, shop_id, receipt_id)
    left = [row for line in one.lines if (row := shop.inventory.get(line.listing.id))]
    return rows([shapes.listing(site, call, shop, row) for row in left])


@ROUTES("GET", f"{RECEIPT}/payments")
@needs("transactions_r")
def payments(site: Site, call: Call, shop_id: str, receipt_id: str) -> Response:
    """What the buyer paid and what the payment cost."""
    shop, one = receipts.own(site, call, shop_id, receipt_id)
    gross = one.goods + one.shipping
    fees = round(gross * 0.03) + 25
    amounts = {"amount_gross": gross, "amount_fees": fees, "amount_net": gross - fees}
    return rows([_payment(site, shop, one, amounts)] if one.paid else [])


def _payment(site: Site, shop: Shop, one: Receipt, amounts: dict[str, int]) -> dict[str, Any]:
    later = [f"{kind}_{what}" for kind in ("posted", "adjusted") for what in ("gross", "fees", "net")]
    moments = ("create_timestamp", "created_timestamp", "update_timestamp", "updated_timestamp")
    return {
        "payment_id": one.id + 1,
        "buyer_user_id": one.buyer.user_id,
        "shop_id": shop.owner.shop_id,
        "receipt_id": one.id,
        **{name: shapes.money(site, cents, one.currency) for name, cents in amounts.items()},
        **dict.fromkeys(later),
        "currency": one.currency,
        **dict.fromkeys(("shop_currency", "buyer_currency"), one.currency),
        "shipping_user_id": None,
        "shipping_address_id": one.id,
        "billing_address_id": 0,
        "status": "settled",
        "shipped_timestamp": one.parcels[0].at if one.parcels else None,
        **dict.fromkeys(moments, one.created),
        "payment_adjustments": [],
    }


@ROUTES("GET", f"{OWN}/transactions")
@needs("transactions_r")
def of_listing(site: Site, call: Call, shop_id: str, listing_id: str) -> Response:
    """The sales of one listing."""
    shop = own_shop(site, call, number(shop_id))
    lines = [(one, line) for one in shop.receipts.values() for line in one.lines]
    mine = [pair for pair in lines if pair[1].listing.id == number(listing_id)]
    return page(
        call, len(mine), lambda start, stop: [receipts.transaction(site, shop, *each) for each in mine[start:stop]]
    )


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/transactions/{{transaction_id}}")
@needs("transactions_r")
def transaction(site: Site, call: Call, shop_id: str, transaction_id: str) -> Response:
    """One sale."""
    shop = own_shop(site, call, number(shop_id))
    for one in shop.receipts.values():
        for line in one.lines:
            if line.id == number(transaction_id):
                return found(receipts.transaction(site, shop, one, line))
    raise error(404, words.NOTHING_HERE)
