"""What an Item element says, and whether it may be listed like that."""

from __future__ import annotations

from typing import Any

from instica.marketplaces.ebay.simulator.publishing import is_picture
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.store import Listing, Variation
from instica.marketplaces.ebay.simulator.trading.wire import Asked, Trouble
from instica.marketplaces.ebay.simulator.words import (
    CATEGORIES,
    CONDITION_NAMES,
    FIXED,
    LEGAL_CONDITIONS,
    MARKETS,
    SITES,
    VINYL,
)

TEXTS = {
    "title": "Title",
    "description": "Description",
    "sku": "SKU",
    "note": "ConditionDescription",
    "currency": "Currency",
}
PROFILES = (
    "SellerShippingProfile/ShippingProfileID",
    "SellerPaymentProfile/PaymentProfileID",
    "SellerReturnProfile/ReturnProfileID",
)
KEPT = (
    *TEXTS,
    "quantity",
    "cents",
    "category",
    "condition",
    "specifics",
    "pictures",
    "policies",
    "variations",
    "site",
    "best_offer",
    "upc",
    "kind",
)
MOST_VARIATIONS = 250


def fields(asked: Asked, site: Site, before: Listing | None = None) -> dict[str, Any]:
    """The listing an Item describes; what is not sent is as before, or as a listing begins."""
    market = MARKETS[site.owner.market]
    found: dict[str, Any] = (
        {name: getattr(before, name) for name in KEPT}
        if before
        else {
            "quantity": 1,
            "site": market.site,
            "kind": FIXED,
            "policies": ("", "", ""),
            "cents": None,
            "currency": market.currency,
            "title": "",
            "sku": "",
            "category": "",
            "condition": 0,
            "description": "",
        }
    )
    item = next(asked.every("Item"), None)
    if item is None:
        raise Trouble(37, "Input data is invalid.", "Input data for tag <Item> is invalid or missing.")
    found.update({name: item.text(tag) for name, tag in TEXTS.items() if item.has(tag)})
    _numbers(item, found)
    if item.has("ListingType"):
        found["kind"] = item.text("ListingType")
    if item.has("ItemSpecifics"):
        rows = item.every("ItemSpecifics/NameValueList")
        found["specifics"] = tuple((row.text("Name"), tuple(row.texts("Value"))) for row in rows)
    if item.has("PictureDetails"):
        found["pictures"] = tuple(item.texts("PictureDetails/PictureURL"))
    if item.has("SellerProfiles"):
        found["policies"] = tuple(item.text(f"SellerProfiles/{path}") for path in PROFILES)
    if item.has("BestOfferDetails"):
        found["best_offer"] = item.says("BestOfferDetails/BestOfferEnabled")
    if item.has("Variations"):
        found["variations"] = tuple(_variation(row) for row in item.every("Variations/Variation"))
    return found


def _numbers(item: Asked, found: dict[str, Any]) -> None:
    if item.has("Quantity"):
        found["quantity"] = item.number("Quantity")
    price = item.root.find("StartPrice")
    if price is not None:
        found["cents"] = item.cents("StartPrice")
        found["currency"] = price.get("currencyID") or found["currency"]
    if item.has("PrimaryCategory/CategoryID"):
        found["category"] = item.text("PrimaryCategory/CategoryID")
    if item.has("ConditionID"):
        found["condition"] = item.number("ConditionID")


def _variation(row: Asked) -> Variation:
    options = tuple((each.text("Name"), each.text("Value")) for each in row.every("VariationSpecifics/NameValueList"))
    return Variation(row.text("SKU"), row.cents("StartPrice") or 0, row.number("Quantity"), options)


def check(site: Site, found: dict[str, Any]) -> None:
    """Raise every reason against listing it, the first one first."""
    troubles = [trouble for fits, trouble in _rules(site, found) if not fits]
    if troubles:
        first, *rest = troubles
        for each in rest:
            first.errors += each.errors
        raise first


def _rules(site: Site, found: dict[str, Any]) -> list[tuple[bool, Trouble]]:
    category, variations = found["category"], found.get("variations") or ()
    prices = [each.cents for each in variations] if variations else [found["cents"] or 0]
    legal = LEGAL_CONDITIONS.get(category, tuple(CONDITION_NAMES))
    names = {name for name, values in found.get("specifics") or () if any(values)}
    wanted = [each for each in str(site.switches["required_aspects"]).split(",") if each and category == VINYL]
    kinds = zip(("fulfillment", "payment", "return"), found["policies"], strict=True)
    market, most = SITES[found["site"]], int(site.switches["selling_limit"])
    pictures = found.get("pictures") or ()
    return [
        (bool(found["title"]), Trouble(37, "Input data is invalid.", "A title is required.", "Item.Title")),
        (len(found["title"]) <= 80, Trouble(70, "The title is too long.", "The title may have up to 80 characters.")),
        (bool(found["description"]), Trouble(106, "A description is required.")),
        (category in CATEGORIES, Trouble(87, "The category is not valid.", "The category must be a leaf.", category)),
        (all(price > 0 for price in prices), Trouble(73, "The price must be greater than 0.")),
        (found["currency"] == market.currency, Trouble(21917150, "The currency does not fit this site.")),
        (found["condition"] in legal, Trouble(21916884, "Condition is required for this category.")),
        (bool(pictures), Trouble(21919137, "At least one picture is required.")),
        (all(map(is_picture, pictures)), Trouble(21917020, "A picture could not be fetched.")),
        (len(variations) <= MOST_VARIATIONS, Trouble(21916639, "Too many variations.", "At most 250 are allowed.")),
        (all(number in site.policies[kind] for kind, number in kinds), Trouble(21919456, "Invalid business policy.")),
        (not most or len(site.shelf.active()) < most, Trouble(21919188, "You've reached your selling limit.")),
        *(
            (
                name in names,
                Trouble(21919303, f"The item specific {name} is missing.", f"Add {name} to this listing.", name),
            )
            for name in wanted
        ),
    ]
