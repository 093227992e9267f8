"""Turns a draft into Trading's ``Item``; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from instica.kit.types import Draft, RemoteOffer
from instica.marketplaces.ebay import specifics
from instica.marketplaces.ebay.trading.door import Item
from instica.marketplaces.ebay.trading.xml import Tree
from instica.marketplaces.ebay.words import CONDITIONS, USED, VINYL, Market

PROFILES = (
    ("SellerShippingProfile", "ShippingProfileID", "fulfillment_policy_id"),
    ("SellerReturnProfile", "ReturnProfileID", "return_policy_id"),
    ("SellerPaymentProfile", "PaymentProfileID", "payment_policy_id"),
)


def new(draft: Draft, market: Market, mark: str = "") -> Tree:
    """A listing to be."""
    return [
        ("Country", word(draft, "country") or market.country),
        ("Currency", market.currency),
        ("ListingDuration", "GTC"),
        ("ListingType", "FixedPriceItem"),
        ("Location", word(draft, "item_location") or market.country),
        ("PostalCode", word(draft, "postal_code") or None),
        ("UUID", mark or None),
        *content(draft),
    ]


def revised(now: Item, draft: Draft) -> Tree:
    """A listing as it shall be; what was not said stays as it is there."""
    return [("ItemID", now.listing.id), *content(draft)]


def content(draft: Draft) -> Tree:
    """What the page says."""
    return [
        ("Title", draft.title),
        ("Description", draft.description or draft.title),
        ("PrimaryCategory", [("CategoryID", word(draft, "category_id") or VINYL)]),
        ("ConditionID", CONDITIONS.get(word(draft, "condition") or USED)),
        ("ConditionDescription", word(draft, "condition_description") or None),
        ("ItemSpecifics", named(specifics.wanted(draft))),
        ("PictureDetails", [("PictureURL", url) for url in draft.images] or None),
        ("SellerProfiles", profiles(draft)),
        ("BestOfferDetails", [("BestOfferEnabled", True)] if draft.fields.get("allow_offers") is True else None),
        *stock(draft.offers),
    ]


def stock(offers: Sequence[RemoteOffer]) -> Tree:
    """Price and quantity: of the one offer, or of every variation."""
    if len(offers) == 1:
        (offer,) = offers
        return [("SKU", offer.sku or None), ("StartPrice", offer.price), ("Quantity", offer.quantity)]
    names = {name: [value] for offer in offers for name, value in offer.options.items()}
    for offer in offers:
        for name, value in offer.options.items():
            if value not in names[name]:
                names[name].append(value)
    rows: Tree = [("Variation", variation(offer)) for offer in offers]
    return [("Variations", [*rows, ("VariationSpecificsSet", named(names))])]


def variation(offer: RemoteOffer) -> Tree:
    """One choice."""
    return [
        ("SKU", offer.sku or None),
        ("StartPrice", offer.price),
        ("Quantity", offer.quantity),
        ("VariationSpecifics", named({name: [value] for name, value in offer.options.items()})),
    ]


def profiles(draft: Draft) -> Tree | None:
    """The seller's policies, where the draft names them all."""
    rows = [(outer, [(inner, word(draft, field))]) for outer, inner, field in PROFILES if word(draft, field)]
    return rows if len(rows) == len(PROFILES) else None


def named(rows: Mapping[str, Sequence[str]]) -> Tree | None:
    """Names and their values."""
    found = [
        ("NameValueList", [("Name", name), *(("Value", value) for value in values)]) for name, values in rows.items()
    ]
    return found or None


def word(draft: Draft, field: str) -> str:
    """A text among the draft's fields."""
    value = draft.fields.get(field)
    return value.strip() if isinstance(value, str) else ""
