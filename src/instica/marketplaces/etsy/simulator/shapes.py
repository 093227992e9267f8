"""Listings, images and inventories as the API shows them."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape
from typing import Any

from instica.marketplaces.etsy.simulator.answers import Call
from instica.marketplaces.etsy.simulator.gate import owns
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.store import Listing, Picture, Product, Value
from instica.marketplaces.etsy.simulator.words import ACTIVE, INACTIVE

WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})
Row = dict[str, Any]


def money(site: Site, cents: int, currency: str) -> Row:
    """An amount as whole units of a divisor."""
    divisor = site.switches["yen_divisor"] if currency in WITHOUT_CENTS else 100
    return {"amount": cents if divisor == 100 else cents // 100, "divisor": divisor, "currency_code": currency}


def shown(text: str) -> str:
    """Text as it comes back: with HTML entities."""
    return escape(text, quote=True).replace("&#x27;", "&#39;")


def listing(site: Site, call: Call, shop: Shop, row: Listing, *, ready: bool = True) -> Row:
    """One listing; ``ready`` where the call may tell its processing profile."""
    if site.switches["bare_listings"]:
        return {"listing_id": row.id}
    profile = row.stock.products[0].offering.readiness if row.stock.products else None
    told = ready and row.state == ACTIVE and row.type == "physical"
    found = {
        "listing_id": row.id,
        "user_id": shop.owner.user_id,
        "shop_id": shop.owner.shop_id,
        "title": shown(row.title),
        "description": shown(row.description),
        "rich_description": None,
        "state": site.switches["inactive_state"] if row.state == INACTIVE else row.state,
        **_times(row),
        "quantity": row.stock.quantity,
        "shop_section_id": row.section,
        "featured_rank": -1,
        "url": page(call, row),
        "num_favorers": row.id % 40,
        "non_taxable": False,
        "is_taxable": True,
        "is_customizable": False,
        "is_personalizable": False,
        "listing_type": row.type,
        "tags": list(row.tags),
        "materials": list(row.materials),
        "processing_min": 1,
        "processing_max": 3,
        **_fields(row),
        "style": [],
        "file_data": "",
        "is_private": False,
        "has_variations": len(row.stock.products) > 1,
        "language": "en-US",
        "readiness_state_id": profile if told else None,
        "suggested_title": None,
    }
    cents = row.stock.cents
    return found if cents is None else {**found, "price": money(site, cents, shop.owner.currency)}


def _times(row: Listing) -> Row:
    return {
        "creation_timestamp": row.created,
        "created_timestamp": row.created,
        "ending_timestamp": row.ending,
        "original_creation_timestamp": row.created,
        "last_modified_timestamp": row.updated,
        "updated_timestamp": row.updated,
        "state_timestamp": row.updated,
    }


def _fields(row: Listing) -> Row:
    names = "shipping_profile_id return_policy_id who_made when_made is_supply taxonomy_id should_auto_renew".split()
    sizes = "item_weight item_weight_unit item_length item_width item_height item_dimensions_unit".split()
    plain = dict(row.more)
    return {**{name: plain.get(name) for name in (*names, *sizes)}, "should_auto_renew": bool(plain.get(names[-1]))}


def page(call: Call, row: Listing) -> str:
    """Where buyers see it."""
    return f"{call.origin}/listing/{row.id}/{re.sub(r'[^a-z0-9]+', '-', row.title.lower()).strip('-')}"


def full(site: Site, call: Call, shop: Shop, row: Listing, includes: Collection[str], *, ready: bool = True) -> Row:
    """One listing with what was asked to be included."""
    found = listing(site, call, shop, row, ready=ready)
    if site.switches["bare_listings"]:
        return found
    if "Images" in includes:
        found["images"] = images(call, row)
    if "Inventory" in includes and site.switches["inventory_include"]:
        found["inventory"] = inventory(site, call, shop, row)
    if owns(call, shop):
        found["skus"] = [each.sku for each in row.stock.products if each.sku]
    return found


def images(call: Call, row: Listing) -> list[Row]:
    """All images, in their order."""
    return [image(call, row, each, rank) for rank, each in enumerate(row.pictures, start=1)]


def image(call: Call, row: Listing, picture: Picture, rank: int) -> Row:
    """One image. Its colours and size are found out later, and so may be null."""
    sizes = ("75x75", "170x135", "570xN", "fullxfull")
    colours = "hex_code red green blue hue saturation brightness is_black_and_white full_height full_width".split()
    return {
        "listing_id": row.id,
        "listing_image_id": picture.id,
        **dict.fromkeys(colours),
        "creation_tsz": row.created,
        "created_timestamp": row.created,
        "rank": rank,
        **{f"url_{size}": f"{call.origin}/il/{picture.id}/il_{size}.{picture.id}.png" for size in sizes},
        "alt_text": picture.alt,
    }


def inventory(site: Site, call: Call, shop: Shop, row: Listing) -> Row:
    """Products, offerings, and what depends on which property. SKUs are for the owner."""
    price, quantity, sku, ready = row.stock.on
    return {
        "products": [product(site, shop, each, own=owns(call, shop)) for each in row.stock.products],
        "price_on_property": list(price),
        "quantity_on_property": list(quantity),
        "sku_on_property": list(sku),
        "readiness_state_on_property": list(ready),
    }


def product(site: Site, shop: Shop, row: Product, *, own: bool = True) -> Row:
    """One product with its one offering."""
    offering = row.offering
    shown: Row = {
        "offering_id": offering.id,
        "quantity": offering.quantity,
        "is_enabled": offering.enabled,
        "is_deleted": False,
        "readiness_state_id": offering.readiness,
    }
    if offering.cents is not None:
        shown["price"] = money(site, offering.cents, shop.owner.currency)
    values = [value(each) for each in row.values]
    return {
        "product_id": row.id,
        "sku": row.sku if own else "",
        "is_deleted": False,
        "offerings": [shown],
        "property_values": values,
    }


def value(row: Value) -> Row:
    """One property value."""
    return {
        "property_id": row.property_id,
        "property_name": row.name,
        "scale_id": row.scale_id,
        "scale_name": None,
        "value_ids": [row.value_id],
        "values": [shown(row.text)],
    }
