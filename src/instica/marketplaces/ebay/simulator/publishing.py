"""From an offer to a listing and back: what is checked late, what a replaced item or offer changes on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from instica.marketplaces.ebay.simulator.post import LOOPBACK
from instica.marketplaces.ebay.simulator.rest import Body, Call, cents, error, errors, problem
from instica.marketplaces.ebay.simulator.seed import MONTH
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.stock import Item, Offer
from instica.marketplaces.ebay.simulator.store import Listing
from instica.marketplaces.ebay.simulator.words import (
    ACTIVE,
    CATEGORIES,
    CONDITIONS,
    ENDED,
    INVENTORY,
    LEGAL_CONDITIONS,
    MARKETS,
    VINYL,
)

MOST_PICTURES = 24
LONGEST_TITLE = 80


def is_picture(url: str) -> bool:
    """Whether a picture could be fetched from there: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def not_at_once(site: Site) -> None:
    """Fail as eBay does when two write the same thing; as often as the switch says."""
    if left := int(site.switches["concurrent"]):
        site.switches.set({"concurrent": left - 1})
        text = "There is an ongoing operation on the same inventory item. Try again."
        raise error(500, 25025, "API_INVENTORY", "Concurrent access of the same Inventory or Inventory Item.", text)


def check(site: Site, offer: Offer) -> Item:
    """Everything that keeps an offer from being on sale, at once."""
    item = site.stock.item(offer.sku)
    if item is None:
        raise error(400, 25702, "API_INVENTORY", f"SKU {offer.sku} is not available in the system.")
    found = [problem(number, "API_INVENTORY", text) for fits, number, text in _rules(site, item, offer) if not fits]
    if found:
        raise errors(400, found)
    return item


def _rules(site: Site, item: Item, offer: Offer) -> list[tuple[bool, int, str]]:
    body, product = offer.body, item.product
    policies, market = body.get("listingPolicies") or {}, MARKETS[str(body["marketplaceId"])]
    price = (body.get("pricingSummary") or {}).get("price") or {}
    category = str(body.get("categoryId") or "")
    title, pictures = str(product.get("title") or ""), product.get("imageUrls") or []
    description = body.get("listingDescription") or product.get("description")
    condition = CONDITIONS.get(str(item.body.get("condition")), (0, ""))[0]
    known = site.locations.get(str(body.get("merchantLocationKey") or ""))
    user = "A user error has occurred. "
    aspects = product.get("aspects") or {}
    wanted = [each for each in str(site.switches["required_aspects"]).split(",") if each and category == VINYL]
    missing = [
        f"The item specific {name} is missing. Add {name} to this listing." for name in wanted if not aspects.get(name)
    ]
    return [
        ((cents(price) or 0) > 0, 25003, "Invalid price. The price must be above zero."),
        (price.get("currency") == market.currency, 25003, f"Invalid price. This site sells in {market.currency}."),
        (_quantity(item, offer) > 0, 25004, "Invalid quantity. The quantity must be greater than 0."),
        (category in CATEGORIES, 25005, "Invalid category ID. The category must be a leaf."),
        (policies.get("fulfillmentPolicyId") in site.policies["fulfillment"], 25007, "Invalid shipping policy."),
        (policies.get("paymentPolicyId") in site.policies["payment"], 25008, "Invalid payment policy."),
        (policies.get("returnPolicyId") in site.policies["return"], 25009, "Invalid return policy."),
        (bool(known), 25002, f"{user}No <Item.Country> exists or <Item.Country> is specified as an empty tag."),
        (0 < len(title) <= LONGEST_TITLE, 25002, f"{user}The title must have 1 to 80 characters."),
        (bool(description), 25002, f"{user}A description is required."),
        (0 < len(pictures) <= MOST_PICTURES, 25014, "Invalid pictures. At least one picture is needed, at most 24."),
        (condition in LEGAL_CONDITIONS.get(category, (condition,)), 25021, "Invalid item condition for this category."),
        (body.get("listingDuration", "GTC") == "GTC", 25002, f"{user}The duration of a fixed price listing is GTC."),
        (_has_room(site, offer), 25026, "Selling limits exceeded. You have reached the number of items you can list."),
        *((False, 25002, f"{user}{text}") for text in missing),
    ]


def _has_room(site: Site, offer: Offer) -> bool:
    most = int(site.switches["selling_limit"])
    return not most or offer.published or len(site.shelf.active()) < most


def _quantity(item: Item, offer: Offer) -> int:
    available = offer.body.get("availableQuantity")
    return min(item.quantity, int(available)) if available is not None else item.quantity


def page_of(item: Item, offer: Offer) -> dict[str, Any]:
    """What the page of that item and offer says."""
    product, body = item.product, offer.body
    market = MARKETS[str(body["marketplaceId"])]
    policies = body.get("listingPolicies") or {}
    condition = str(item.body.get("condition") or "NEW")
    terms = policies.get("bestOfferTerms") or {}
    return {
        "title": str(product.get("title") or ""),
        "sku": offer.sku,
        "description": str(body.get("listingDescription") or product.get("description") or ""),
        "specifics": tuple((name, tuple(map(str, values))) for name, values in (product.get("aspects") or {}).items()),
        "pictures": tuple(map(str, product.get("imageUrls") or ())),
        "upc": str(next(iter(product.get("upc") or product.get("ean") or ()), "")),
        "condition": CONDITIONS[condition][0],
        "note": "" if condition == "NEW" else str(item.body.get("conditionDescription") or ""),
        "cents": cents((body.get("pricingSummary") or {}).get("price")),
        "currency": market.currency,
        "site": market.site,
        "quantity": _quantity(item, offer),
        "category": str(body.get("categoryId") or ""),
        "policies": tuple(str(policies.get(f"{name}PolicyId") or "") for name in ("fulfillment", "payment", "return")),
        "best_offer": bool(terms.get("bestOfferEnabled")),
    }


def publish(site: Site, offer: Offer) -> Listing:
    """A new listing for an offer: also one that was on sale before gets a new number."""
    item, now = check(site, offer), site.epoch()
    listing = site.shelf.add(
        **page_of(item, offer), started=now, ends=now + MONTH, modified=now, model=INVENTORY, offer=offer.id
    )
    offer.published, offer.place = True, listing.index
    site.stock.keep_offer(offer)
    return listing


def withdraw(site: Site, offer: Offer) -> int:
    """End what an offer lists; the listing's number."""
    if offer.place < 0:
        return 0
    listing = site.shelf.at(offer.place)
    if offer.published:
        offer.published = False
        site.stock.keep_offer(offer)
        end(site, listing, "NotAvailable")
    return listing.id


def end(site: Site, listing: Listing, reason: str) -> Listing:
    """It is over."""
    return site.shelf.change(listing, status=ENDED, ends=site.epoch(), modified=site.epoch(), reason=reason)


def refresh(site: Site, sku: str) -> None:
    """Bring a replaced item or offer onto the page that is on sale."""
    item = site.stock.item(sku)
    for offer in site.stock.offers_of(sku):
        if offer.published and item:
            site.stock.keep_offer(offer)
            listing = site.shelf.at(offer.place)
            said = varied(listing, page_of(item, offer)) if listing.group else page_of(item, offer)
            changed = site.shelf.change(listing, **said, modified=site.epoch())
            settle(site, changed)


def varied(listing: Listing, said: dict[str, Any]) -> dict[str, Any]:
    """What one SKU's item and offer change on a page of many: its own price and quantity."""
    fresh = {"cents": said["cents"] or 0, "quantity": said["quantity"]}
    return {
        "variations": tuple(replace(each, **fresh) if each.sku == said["sku"] else each for each in listing.variations)
    }


def settle(site: Site, listing: Listing) -> Listing:
    """A page with nothing left ends, unless the seller keeps listings that are out of stock."""
    if listing.status != ACTIVE or listing.left or site.switches["out_of_stock_control"]:
        return listing
    if offer := site.stock.owner(listing):
        offer.published = False
        site.stock.keep_offer(offer)
    return end(site, listing, "NotAvailable")


def revise_allowed(site: Site, sku: str) -> None:
    """Count a revision of what is on sale of a SKU. Refuses the 251st of a day."""
    for offer in site.stock.offers_of(sku):
        if offer.published and not site.limits.revise(site.shelf.at(offer.place).id, site.clock.now()):
            text = "A user error has occurred. The maximum of 250 revisions a day is reached for this listing."
            raise error(400, 25002, "API_INVENTORY", text)


def update(call: Call, row: Body) -> Body:
    """Prices and quantities of one SKU."""
    site, sku = call.site, str(row.get("sku") or "")
    item = site.stock.item(sku)
    offers = [each for each in row.get("offers") or () if isinstance(each, dict)]
    if item is None:
        raise error(400, 25702, "API_INVENTORY", f"SKU {sku} is not available in the system.")
    revise_allowed(site, sku)
    stock = row.get("shipToLocationAvailability")
    if isinstance(stock, dict) and isinstance(stock.get("quantity"), int):
        if stock["quantity"] < 0:
            raise error(400, 25004, "API_INVENTORY", "Invalid quantity.")
        item.body = {**item.body, "availability": {"shipToLocationAvailability": {"quantity": stock["quantity"]}}}
        site.stock.keep(item)
    for given in offers:
        _update_offer(site, item, given)
    refresh(site, sku)
    return {"statusCode": 200, **({"offerId": offers[0].get("offerId")} if offers else {})}


def _update_offer(site: Site, item: Item, given: Body) -> None:
    offer = site.stock.offer(str(given.get("offerId")))
    if offer is None or offer.sku != item.sku:
        raise error(404, 25713, "API_INVENTORY", "This Offer is not available : ")
    body = dict(offer.body)
    if "price" in given:
        if (cents(given["price"]) or 0) <= 0:
            raise error(400, 25003, "API_INVENTORY", "Invalid price. The price must be above zero.")
        body["pricingSummary"] = {**(body.get("pricingSummary") or {}), "price": given["price"]}
    if isinstance(given.get("availableQuantity"), int):
        body["availableQuantity"] = max(0, given["availableQuantity"])
    offer.body = body
    site.stock.keep_offer(offer)
