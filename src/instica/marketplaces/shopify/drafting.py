"""Turns our drafts into what Shopify is sent; touches nothing outside its arguments."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from instica.core.money import Money, digits
from instica.kit.errors import Complaint, Refused
from instica.kit.types import Draft, RemoteListing, RemoteOffer
from instica.marketplaces.shopify.words import ACTIVE, DEFAULT_OPTION, DEFAULT_VALUE, DRAFT

MOST_VARIANTS, MOST_OPTIONS, MOST_TAGS, MOST_STOCK = 2_048, 3, 250, 50_000
LONGEST, LONGEST_SLUG = 255, 60
TEXTS = {"vendor": "vendor", "product_type": "productType", "category": "category", "template_suffix": "templateSuffix"}
Fields = dict[str, Any]


def checked(draft: Draft, currency: str) -> None:
    """Raise ``Refused`` with everything that keeps a draft from being a product, at once."""
    offers = draft.offers
    names = {tuple(offer.options) for offer in offers}
    values = {tuple(offer.options.values()) for offer in offers}
    prices = [offer.price for offer in offers]
    stock = sum(offer.quantity or 0 for offer in offers)
    rules = (
        (draft.title.strip(), "title", "Shopify needs a title"),
        (len(draft.title) <= LONGEST, "title", f"A title has at most {LONGEST} characters on Shopify"),
        (offers, "offers", "Shopify needs something to sell"),
        (len(offers) <= MOST_VARIANTS, "offers", f"A product has at most {MOST_VARIANTS} variants on Shopify"),
        (len(names) < 2, "options", "All variants must have the same options"),
        (max(map(len, names), default=0) <= MOST_OPTIONS, "options", f"A product has at most {MOST_OPTIONS} options"),
        (len(values) == len(offers), "options", "No two variants may have the same option values"),
        (all(price and price.minor > 0 for price in prices), "price", "Shopify needs a price above zero"),
        (
            all(not price or not currency or price.currency == currency for price in prices),
            "price",
            f"This shop sells in {currency}",
        ),
        (all(len(offer.sku) <= LONGEST for offer in offers), "sku", f"A SKU has at most {LONGEST} characters"),
        (stock <= MOST_STOCK, "quantity", f"Shopify takes at most {MOST_STOCK} pieces with a new product"),
        (len(tags(draft.fields.get("tags"))) <= MOST_TAGS, "tags", f"A product has at most {MOST_TAGS} tags"),
    )
    problems = [Complaint(said, field) for fits, field, said in rules if not fits]
    if problems:
        raise Refused(problems)


def new_product(draft: Draft, handle: str, location: str) -> Fields:
    """A whole product, with its stock at a location."""
    fields = {**content(draft), "handle": handle, "status": DRAFT if draft.hidden else ACTIVE}
    fields["productOptions"] = product_options(draft.offers)
    fields["variants"] = [
        {**variant(offer), "optionValues": choice(offer), **stock(offer, location)} for offer in draft.offers
    ]
    return fields


def changed_product(draft: Draft, now: RemoteListing, location: str) -> Fields:
    """What makes a product say what the draft says. Lists replace: what the draft does not name is sent as it is."""
    matched = match(draft.offers, now.offers)
    fields = content(draft)
    if draft.hidden:
        fields["status"] = DRAFT
    kept = [offer for offer in now.offers if offer.id not in {found.id for found in matched.values() if found}]
    everything = [*draft.offers, *kept]
    named = next((offer.options for offer in everything if offer.options), {})
    if any(set(offer.options) != set(named) for offer in everything):
        raise Refused([Complaint("All variants must have the same options", "options")])
    fields["productOptions"] = product_options(everything)
    fields["variants"] = [
        {**variant(offer), "optionValues": choice(offer), **(known(matched[place]) or stock(offer, location))}
        for place, offer in enumerate(draft.offers)
    ] + [{"optionValues": choice(offer), **known(offer)} for offer in kept]
    return fields


def match(wanted: Sequence[RemoteOffer], there: Sequence[RemoteOffer]) -> dict[int, RemoteOffer | None]:
    """Which variant each offer of a draft is: by id, else by options, else by the only SKU that fits."""
    found: dict[int, RemoteOffer | None] = {}
    taken: set[str] = set()
    for place, offer in enumerate(wanted):
        fits = [each for each in there if each.id not in taken]
        same = [each for each in fits if offer.id and each.id == offer.id]
        same = same or [each for each in fits if dict(each.options) == dict(offer.options)]
        same = same or [each for each in fits if offer.sku and each.sku == offer.sku]
        found[place] = same[0] if same else None
        taken |= {each.id for each in same[:1]}
    return found


def known(offer: RemoteOffer | None) -> Fields:
    """The id of a variant that is there already."""
    return {"id": f"gid://shopify/ProductVariant/{offer.id}"} if offer else {}


def content(draft: Draft) -> Fields:
    """What the page says. Optional fields that are absent are not sent: Shopify keeps them as they are."""
    fields: Fields = {"title": draft.title.strip()}
    if draft.description:
        fields["descriptionHtml"] = draft.description
    fields.update({theirs: str(draft.fields[ours]) for ours, theirs in TEXTS.items() if draft.fields.get(ours)})
    if draft.fields.get("tags"):
        fields["tags"] = tags(draft.fields["tags"])
    return fields


def tags(found: object) -> list[str]:
    """Tags from a list or from one line with commas."""
    parts = found.split(",") if isinstance(found, str) else found if isinstance(found, (list, tuple)) else []
    return [tag for part in parts if (tag := str(part).strip())]


def variant(offer: RemoteOffer) -> Fields:
    """One thing for sale. What has no quantity is made to order, and not counted there."""
    fields: Fields = {"inventoryItem": {"tracked": offer.quantity is not None}}
    if offer.price:
        fields["price"] = price(offer.price)
    if offer.sku:
        fields["sku"] = offer.sku
    if offer.barcode:
        fields["barcode"] = offer.barcode
    return fields


def stock(offer: RemoteOffer, location: str) -> Fields:
    """How many lie where, for a variant that is new."""
    if offer.quantity is None or not location:
        return {}
    return {"inventoryQuantities": [{"locationId": location, "name": "available", "quantity": offer.quantity}]}


def product_options(offers: Sequence[RemoteOffer]) -> list[Fields]:
    """Option names with every value that is used, in the order they come."""
    names = list(next((offer.options for offer in offers if offer.options), {DEFAULT_OPTION: DEFAULT_VALUE}))
    values = {name: dict.fromkeys(offer.options.get(name, DEFAULT_VALUE) for offer in offers) for name in names}
    return [
        {"name": name, "position": place, "values": [{"name": value} for value in values[name]]}
        for place, name in enumerate(names, start=1)
    ]


def choice(offer: RemoteOffer) -> list[Fields]:
    """A variant's value for each option."""
    chosen: Mapping[str, str] = offer.options or {DEFAULT_OPTION: DEFAULT_VALUE}
    return [{"optionName": name, "name": value} for name, value in chosen.items()]


def price(money: Money) -> str:
    """An amount as Shopify takes it."""
    return f"{money.decimal:.{digits(money.currency)}f}"


def handle_for(title: str, key: str) -> str:
    """The handle of what an attempt makes: readable, and nobody else's, so that it is found after a lost answer."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:LONGEST_SLUG].rstrip("-")
    mark = hashlib.sha256(key.encode()).hexdigest()[:12]
    return f"{slug}-{mark}" if slug else mark
