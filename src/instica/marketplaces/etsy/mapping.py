"""Turns Etsy's listings and shops into ours and our drafts into theirs; touches nothing outside its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instica.core.money import CURRENCIES, Money
from instica.kit.errors import Complaint
from instica.kit.types import Account, Draft, Fault, RemoteListing, RemoteOffer
from instica.marketplaces.etsy import stock
from instica.marketplaces.etsy.reading import listed, moment, money, record, records, whole, words
from instica.marketplaces.etsy.words import SEEN, rolled

__all__ = ["account", "from_json", "record", "records", "to_draft", "unfit", "whole", "words"]

PAGE = "https://www.etsy.com/listing/"
NO_TITLE = Fault("missing_title", "The listing has no title on Etsy. Give it one there, then retry")
VACATION = "This Etsy shop is on vacation: nothing there can be bought"
KEPT = "taxonomy_id shop_section_id shipping_profile_id return_policy_id who_made when_made listing_type".split()
LONGEST_TITLE, MOST_TAGS, LONGEST_TAG, MOST_IMAGES = 140, 13, 20, 20
NUMBERS = "taxonomy_id shipping_profile_id return_policy_id readiness_state_id shop_section_id".split()
TEXTS = "who_made when_made type item_weight_unit item_dimensions_unit".split()
SIZES = "item_weight item_length item_width item_height".split()
FLAGS = "is_supply should_auto_renew is_taxable is_customizable".split()
LISTS = "tags materials styles image_ids production_partner_ids".split()
CREATE_ONLY = frozenset({"readiness_state_id", "styles", "is_customizable", "price", "quantity", "image_ids"})


def from_json(row: Mapping[str, Any], inventory: Mapping[str, Any] | None = None) -> RemoteListing | None:
    """A listing as the API shows it; ``None`` when not even its id can be read."""
    number = whole(row.get("listing_id"))
    if not number:
        return None
    state, title = words(row.get("state")), words(row.get("title")).strip()
    offers, faults = offers_of(row, record(inventory or row.get("inventory")))
    return RemoteListing(
        id=str(number),
        title=title,
        seen=SEEN.get(state, "hidden"),
        offers=offers,
        url=words(row.get("url")) or f"{PAGE}{number}",
        status=state,
        description=words(row.get("description")),
        images=images(row.get("images")),
        listed_at=moment(row.get("original_creation_timestamp")) or moment(row.get("created_timestamp")),
        details=details(row, record(inventory or row.get("inventory"))),
        faults=faults if title else (NO_TITLE, *faults),
    )


def offers_of(
    row: Mapping[str, Any], inventory: Mapping[str, Any]
) -> tuple[tuple[RemoteOffer, ...], tuple[Fault, ...]]:
    """One offer for each product; where the inventory cannot be had, one for the listing as a whole."""
    offers = tuple(_offer(each) for each in stock.products(inventory))
    if not offers:
        skus = listed(row.get("skus"))
        sku = words(skus[0]) if len(skus) == 1 else ""
        offers = (RemoteOffer("", sku, money(row.get("price")), min(whole(row.get("quantity")), 10**6)),)
    if any(each.price and each.price.minor > 0 for each in offers):
        return offers, ()
    shown = stock.offering(stock.products(inventory)[0]).get("price") if inventory.get("products") else row.get("price")
    return offers, (_price_fault(record(shown)),)


def _price_fault(shown: Mapping[str, Any]) -> Fault:
    currency = shown.get("currency_code")
    if currency is not None and currency not in CURRENCIES:
        return Fault("unknown_currency", f"Unknown currency: {str(currency)[:40]}. Enter this item by hand")
    return Fault("invalid_price", "The price is missing or not above zero. Set one on Etsy, then retry")


def _offer(product: Mapping[str, Any]) -> RemoteOffer:
    """A product; what is disabled is not on sale, however many there are."""
    sold = stock.offering(product)
    values = records(product.get("property_values"))
    return RemoteOffer(
        id=stock.key_read(values) if values else "",
        sku=words(product.get("sku")).strip(),
        price=money(sold.get("price")),
        quantity=min(whole(sold.get("quantity")), 10**6) if sold.get("is_enabled") is not False else 0,
        options={_name(each): ", ".join(map(words, listed(each.get("values")))) for each in values},
    )


def _name(value: Mapping[str, Any]) -> str:
    return words(value.get("property_name")) or f"Property {whole(value.get('property_id'))}"


def images(rows: object) -> tuple[str, ...]:
    """The pictures in their order, in their largest form."""
    ordered = sorted(records(rows), key=lambda each: whole(each.get("rank")))
    return tuple(link for each in ordered if (link := words(each.get("url_fullxfull"))))


def details(row: Mapping[str, Any], inventory: Mapping[str, Any]) -> dict[str, str]:
    """What a seller can change beside the usual; ``shared`` where the variations sell from one stock."""
    kept = {name: str(row[name]) for name in KEPT if isinstance(row.get(name), (int, str)) and row[name]}
    kept |= {name: ", ".join(map(words, listed(row.get(name)))) for name in ("tags", "materials") if row.get(name)}
    shared = len(stock.products(inventory)) > 1 and not inventory.get("quantity_on_property")
    return kept | ({"quantity": "shared"} if shared else {})


def account(shop: Mapping[str, Any]) -> Account:
    """Who is connected."""
    name = words(shop.get("shop_name"))
    return Account(
        remote_id=str(whole(shop.get("shop_id"))),
        username=name,
        name=words(shop.get("title")) or name,
        currency=words(shop.get("currency_code")),
        url=words(shop.get("url")) or f"https://www.etsy.com/shop/{name}",
        country=words(shop.get("shop_location_country_iso")),
        warnings=(VACATION,) if shop.get("is_vacation") is True else (),
        listings=whole(shop.get("listing_active_count")),
    )


def unfit(draft: Draft, currency: str) -> list[Complaint]:
    """Everything that keeps a draft from being an Etsy listing, as far as we can tell alone."""
    prices = [offer.price for offer in draft.offers]
    tags = texts(draft.fields.get("tags"))
    options = {name for offer in draft.offers for name in offer.options}
    pictured = draft.images or draft.fields.get("image_ids") or draft.hidden
    rules = (
        (draft.title.strip(), "title", "Etsy needs a title"),
        (len(draft.title) <= LONGEST_TITLE, "title", f"Etsy takes at most {LONGEST_TITLE} characters"),
        (draft.description.strip(), "description", "Etsy needs a description"),
        (draft.offers, "offers", "There is nothing to sell"),
        (all(price and price.minor > 0 for price in prices), "price", "Etsy needs a price above zero"),
        (_in(currency, prices), "price", f"This shop sells in {currency}"),
        (any(map(stock.pieces, draft.offers)), "quantity", "Etsy takes no listing without stock"),
        (draft.fields.get("taxonomy_id"), "taxonomy_id", "Etsy needs a category"),
        (draft.fields.get("who_made"), "who_made", "Etsy asks who made it"),
        (draft.fields.get("when_made"), "when_made", "Etsy asks when it was made"),
        (len(options) <= len(stock.FREE_SLOTS), "offers", "Etsy takes at most two free options"),
        (len(tags) <= MOST_TAGS, "tags", f"Etsy takes at most {MOST_TAGS} tags"),
        (all(len(tag) <= LONGEST_TAG for tag in tags), "tags", f"A tag has at most {LONGEST_TAG} characters"),
        (pictured, "images", "Etsy needs a picture before a listing can go on sale"),
        (len(draft.images) <= MOST_IMAGES, "images", f"Etsy takes at most {MOST_IMAGES} pictures"),
    )
    return [Complaint(text, field) for fits, field, text in rules if not fits]


def _in(currency: str, prices: Sequence[Money | None]) -> bool:
    return not currency or all(price is None or price.currency == currency for price in prices)


def to_draft(draft: Draft, year: int) -> dict[str, object]:
    """What to send to create a listing. Its variations and SKUs follow with the inventory."""
    prices = [offer.price.decimal for offer in draft.offers if offer.price]
    whole_stock = sum(map(stock.pieces, draft.offers))
    return {
        "quantity": max(1, min(stock.MOST_PIECES, whole_stock)),
        "title": draft.title,
        "description": draft.description,
        "price": min(prices, default=0),
        **fields_of(draft, year),
    }


def fields_of(draft: Draft, year: int) -> dict[str, object]:
    """The fields of ``fields.json`` in the form Etsy takes; what is absent is not sent."""
    given = {name: value for name, value in draft.fields.items() if value not in (None, "", [])}
    found: dict[str, object] = {name: whole(given[name]) for name in NUMBERS if name in given}
    found |= {name: str(given[name]) for name in (*TEXTS, *SIZES) if name in given}
    found |= {name: given[name] is True for name in FLAGS if name in given}
    found |= {name: texts(given[name]) for name in LISTS if name in given}
    if "when_made" in found:
        found["when_made"] = rolled(str(found["when_made"]), year)
        found.setdefault("is_supply", False)
    return found


def texts(value: object) -> list[str]:
    """A list of texts, as such or by commas."""
    parts = value if isinstance(value, (list, tuple)) else str(value or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def changes(row: Mapping[str, Any], draft: Draft, year: int) -> dict[str, object]:
    """What of a listing a draft changes, apart from its stock; nothing where all is so already."""
    wanted: dict[str, object] = {"title": draft.title, "description": draft.description, **fields_of(draft, year)}
    found = {name: value for name, value in wanted.items() if name not in CREATE_ONLY and value != ""}
    return {name: value for name, value in found.items() if not _same(row.get(_read_as(name)), value)}


def _read_as(name: str) -> str:
    return {"type": "listing_type"}.get(name, name)


def _same(there: object, value: object) -> bool:
    if isinstance(value, list):
        return [words(each) for each in listed(there)] == value
    if isinstance(there, str) and isinstance(value, str):
        return words(there) == value
    return there == value or (isinstance(there, float) and str(there) == str(value))
