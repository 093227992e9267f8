"""Turns eBay's REST answers into listings and accounts, and drafts into items and offers; touches nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from instica.core.money import Money
from instica.kit.errors import Complaint
from instica.kit.types import Account, Draft, RemoteListing, RemoteOffer, Seen
from instica.marketplaces.ebay import specifics
from instica.marketplaces.ebay.pricing import priced
from instica.marketplaces.ebay.words import CONDITIONS, LISTING_STATES, MARKETS, USED, VINYL, Market

PAGE = "https://www.ebay.com/itm/"
UNLISTED = "offer-"
LONGEST_TITLE, LONGEST_SKU, LONGEST_TEXT, MOST_PICTURES = 80, 50, 500_000, 24
POLICIES = {"fulfillment_policy_id": "fulfillment", "payment_policy_id": "payment", "return_policy_id": "return"}
Json = dict[str, Any]


def account(row: Mapping[str, Any]) -> Account | None:
    """Who is connected; ``None`` when eBay does not say. The user's id never changes, the name may."""
    number, name = words(row.get("userId")), words(row.get("username"))
    if not number:
        return None
    market = MARKETS.get(words(row.get("registrationMarketplaceId")))
    status = words(row.get("status"))
    warnings = () if status in ("", "CONFIRMED") else (f"eBay says that this account is {status.lower()}",)
    return Account(
        remote_id=number,
        username=name or number,
        currency=market.currency if market else "",
        url=f"https://www.ebay.com/usr/{name}" if name else "",
        country=market.country if market else "",
        warnings=warnings,
    )


def with_item(listing: RemoteListing, item: Mapping[str, Any]) -> RemoteListing:
    """A listing in the words of the inventory item it was made from; brief while text or pictures lack."""
    product = record(item.get("product"))
    pictures = links(product.get("imageUrls"))
    barcode = barcode_of(product)
    description = words(product.get("description"))
    offers = tuple(replace(offer, barcode=offer.barcode or barcode) for offer in listing.offers)
    return replace(
        listing,
        brief=listing.brief and not (description and pictures),
        description=description or listing.description,
        images=pictures or listing.images,
        offers=offers,
        **specifics.told(aspects(product)),
    )


def from_offer(offer: Mapping[str, Any], item: Mapping[str, Any]) -> RemoteListing | None:
    """What the Inventory API alone knows: an offer that is not on sale, or not in any list yet."""
    number, product, listing = words(offer.get("offerId")), record(item.get("product")), record(offer.get("listing"))
    if not number:
        return None
    price = record(record(offer.get("pricingSummary")).get("price"))
    money, faults = priced(str(price.get("value") or ""), words(price.get("currency")))
    status, sku = words(offer.get("status")), words(offer.get("sku"))
    told = words(listing.get("listingStatus"))
    state: Seen = LISTING_STATES.get(told, "live") if status == "PUBLISHED" else "hidden"
    page = words(listing.get("listingId"))
    return RemoteListing(
        id=page or f"{UNLISTED}{number}",
        title=words(product.get("title")),
        seen=state,
        offers=(RemoteOffer("", sku, money, quantity_of(offer, item), barcode=barcode_of(product)),),
        url=f"{PAGE}{page}" if page else "",
        status=told or status,
        description=words(offer.get("listingDescription")) or words(product.get("description")),
        images=links(product.get("imageUrls")),
        details={"kind": "auction" if offer.get("format") == "AUCTION" else "fixed", "model": "inventory"},
        faults=faults,
        **specifics.told(aspects(product)),
    )


def quantity_of(offer: Mapping[str, Any], item: Mapping[str, Any]) -> int:
    """What is on sale: the smaller of what there is and what is offered."""
    stock = whole(record(record(item.get("availability")).get("shipToLocationAvailability")).get("quantity"))
    offered = offer.get("availableQuantity")
    return min(stock, whole(offered)) if isinstance(offered, int) else stock


def aspects(product: Mapping[str, Any]) -> dict[str, list[str]]:
    """A product's aspects: names and their values."""
    rows = record(product.get("aspects"))
    found = {str(name): [words(each) for each in value] for name, value in rows.items() if isinstance(value, list)}
    return {name: values for name, values in found.items() if values and values[0]}


def barcode_of(product: Mapping[str, Any]) -> str:
    """UPC, EAN or ISBN, where it is a number."""
    for name in ("upc", "ean", "isbn"):
        codes = product.get(name)
        code = words(codes[0]).replace("-", "") if isinstance(codes, list) and codes else ""
        if code.isascii() and code.isdigit() and 8 <= len(code) <= 14:
            return code
    return ""


def to_item(draft: Draft, before: Mapping[str, Any]) -> Json:
    """The inventory item of a draft, whole: eBay forgets what is not sent, so what stands there is sent again."""
    (offer,) = draft.offers
    kept = {name: before[name] for name in ("packageWeightAndSize", "conditionDescriptors") if before.get(name)}
    product = dict(record(before.get("product")))
    product |= {"title": draft.title, "aspects": {**record(product.get("aspects")), **specifics.wanted(draft)}}
    if draft.images:
        product["imageUrls"] = list(draft.images)
    if len(draft.description or draft.title) <= 4000:
        product["description"] = draft.description or product.get("description") or draft.title
    if offer.barcode:
        product["upc" if len(offer.barcode) == 12 else "ean"] = [offer.barcode]
    item: Json = {
        **kept,
        "availability": {"shipToLocationAvailability": {"quantity": offer.quantity}},
        "condition": word(draft, "condition") or words(before.get("condition")) or USED,
        "product": product,
    }
    note = word(draft, "condition_description") or words(before.get("conditionDescription"))
    return {**item, "conditionDescription": note} if note and item["condition"] != "NEW" else item


def to_offer(draft: Draft, sku: str, market: Market, chosen: Mapping[str, str], before: Mapping[str, Any]) -> Json:
    """The offer of a draft, whole; ``chosen`` are the shop's settings that the draft leaves open."""
    (offer,) = draft.offers
    policies = dict(record(before.get("listingPolicies")))
    policies |= {f"{kind}PolicyId": chosen[field] for field, kind in POLICIES.items() if chosen.get(field)}
    if draft.fields.get("allow_offers") is not None:
        policies["bestOfferTerms"] = {"bestOfferEnabled": draft.fields["allow_offers"] is True}
    kept = {name: value for name, value in before.items() if name in KEPT}
    return {
        **kept,
        "sku": sku,
        "marketplaceId": words(before.get("marketplaceId")) or market.id,
        "format": words(before.get("format")) or "FIXED_PRICE",
        "availableQuantity": offer.quantity,
        "categoryId": word(draft, "category_id") or words(before.get("categoryId")) or VINYL,
        "listingDescription": draft.description or words(before.get("listingDescription")) or draft.title,
        "listingDuration": "GTC",
        "listingPolicies": policies,
        "merchantLocationKey": chosen.get("location") or words(before.get("merchantLocationKey")),
        "pricingSummary": {**record(before.get("pricingSummary")), "price": amount(offer.price)},
        "includeCatalogProductDetails": False,
    }


KEPT = frozenset(
    (
        "charity extendedProducerResponsibility hideBuyerDetails lotSize quantityLimitPerBuyer regulatory"
        " secondaryCategoryId storeCategoryNames tax"
    ).split()
)


def amount(price: Money | None) -> Json:
    """Money as eBay takes it."""
    return {"value": str(price.decimal), "currency": price.currency} if price else {}


def unfit(draft: Draft, market: Market, *, sandbox: bool) -> list[Complaint]:
    """Everything that keeps a draft from being a listing on eBay, at once."""
    offers = draft.offers
    prices = [offer.price for offer in offers]
    rules = (
        (bool(offers), "offers", "eBay needs something to sell"),
        (0 < len(draft.title) <= LONGEST_TITLE, "title", "A title on eBay has 1 to 80 characters"),
        (len(draft.description) <= LONGEST_TEXT, "description", "A description on eBay has up to 500000 characters"),
        (all(price and price.minor > 0 for price in prices), "price", "eBay needs a price above zero"),
        (
            all(not price or price.currency == market.currency for price in prices),
            "price",
            f"This shop sells in {market.currency}",
        ),
        (all(offer.quantity is not None for offer in offers), "quantity", "eBay needs a number of pieces"),
        (all(len(offer.sku) <= LONGEST_SKU for offer in offers), "sku", "A SKU on eBay has up to 50 characters"),
        (bool(draft.images), "images", "eBay needs at least one picture"),
        (len(draft.images) <= MOST_PICTURES, "images", "eBay takes at most 24 pictures"),
        (
            sandbox or all(url.startswith("https://") for url in draft.images),
            "images",
            "eBay takes pictures from https only",
        ),
        (word(draft, "condition") in {"", *CONDITIONS}, "condition", "eBay does not know that condition"),
        (
            not specifics.too_long(specifics.wanted(draft)),
            "aspects",
            "An aspect has 40, its value 65 characters at most",
        ),
        (len(offers) < 2 or all(offer.options for offer in offers), "offers", "Each variation needs its options"),
    )
    return [Complaint(text, field) for fits, field, text in rules if not fits]


def word(draft: Draft, field: str) -> str:
    """A text among the draft's fields."""
    return words(draft.fields.get(field))


def words(value: object) -> str:
    """Text any database keeps, from whatever was sent: no NUL, no half characters, no blanks around."""
    if not isinstance(value, str):
        return ""
    text = value.replace("\x00", "")
    return (text if text.isascii() else text.encode(errors="replace").decode()).strip()


def whole(value: object) -> int:
    """A whole number, 0 when it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else 0


def record(value: object) -> Mapping[str, Any]:
    """An object, empty when it is none."""
    return value if isinstance(value, Mapping) else {}


def links(value: object) -> tuple[str, ...]:
    """The texts of a list, each once."""
    return tuple(dict.fromkeys(filter(None, map(words, value)))) if isinstance(value, list) else ()
