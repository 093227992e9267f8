"""Turns Shopify's products into our listings; touches nothing outside its arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from instica.core import clock
from instica.core.money import CURRENCIES, Money, NotMoney
from instica.kit.types import Account, Fault, RemoteListing, RemoteOffer, Seen
from instica.marketplaces.shopify.verdicts import record
from instica.marketplaces.shopify.words import DEFAULT_OPTION, DEFAULT_VALUE, ON_SALE, SEEN, UNPUBLISHED

NO_TITLE = Fault("missing_title", "The product has no title on Shopify. Give it one there, then retry")
GIFT_CARD = Fault("unsupported_category", "Gift cards are not stock. Keep them on Shopify alone")
BUNDLE = Fault("unsupported_category", "A bundle's stock follows that of its parts. Keep it on Shopify alone")
NOTHING = Fault("marketplace_error", "Shopify shows this product without a variant")
LARGEST = 10**9


def from_json(row: Mapping[str, Any], currency: str, shop: str) -> RemoteListing | None:
    """A product as the API shows it, its lists under ``nodes``; ``None`` when not even its id can be read."""
    number = digits(row.get("id"))
    if not number:
        return None
    variants = sorted(nodes(row.get("variants")), key=lambda each: whole(each.get("position")))
    offers = tuple(offer for each in variants if (offer := offer_of(each, currency)))
    handle, status = words(row.get("handle")), standing(row)
    return RemoteListing(
        id=number,
        title=words(row.get("title")),
        seen=seen(status, offers, variants),
        offers=offers,
        url=words(row.get("onlineStoreUrl")) or f"https://{shop}/products/{handle or number}",
        status=status,
        description=text(row.get("descriptionHtml")),
        images=images(row.get("media")),
        listed_at=moment(row.get("publishedAt")) or moment(row.get("createdAt")),
        details=details(row, handle),
        faults=tuple(faults(row, variants, offers, currency)),
    )


def offer_of(row: Mapping[str, Any], currency: str) -> RemoteOffer | None:
    """A variant. What is not counted, or sold beyond its stock, keeps its true figure; below zero reads as none."""
    number = digits(row.get("id"))
    if not number:
        return None
    tracked = record(row.get("inventoryItem")).get("tracked") is not False
    price = money(row.get("price"), currency)
    return RemoteOffer(
        id=number,
        sku=words(row.get("sku")),
        price=price if price and price.minor > 0 else None,
        quantity=max(0, whole(row.get("sellableOnlineQuantity"))) if tracked else None,
        options=options(row.get("selectedOptions")),
        barcode=words(row.get("barcode")),
    )


def options(found: object) -> dict[str, str]:
    """Option values by name; the one that every product has says nothing."""
    pairs = [(words(each.get("name")), words(each.get("value"))) for each in records(found)]
    return {name: value for name, value in pairs if name and (name, value) != (DEFAULT_OPTION, DEFAULT_VALUE)}


def standing(row: Mapping[str, Any]) -> str:
    """Their status, or that an active product is on no sales channel of the online store."""
    status = words(row.get("status")).upper()
    return UNPUBLISHED if status in ON_SALE and not row.get("publishedAt") else status


def seen(status: str, offers: tuple[RemoteOffer, ...], variants: list[Mapping[str, Any]]) -> Seen:
    """Whether buyers can buy. A status we do not know is not on sale."""
    found = SEEN.get(status, "hidden")
    endless = any(each.get("inventoryPolicy") == "CONTINUE" for each in variants)
    if found == "live" and offers and not endless and all(offer.quantity == 0 for offer in offers):
        return "sold_out"
    return found


def faults(
    row: Mapping[str, Any], variants: list[Mapping[str, Any]], offers: tuple[RemoteOffer, ...], currency: str
) -> list[Fault]:
    """Why a product cannot be taken in. One bad price among several is that variant's alone."""
    found = [] if words(row.get("title")) else [NO_TITLE]
    if row.get("isGiftCard") is True:
        found.append(GIFT_CARD)
    if any(each.get("requiresComponents") is True for each in variants):
        found.append(BUNDLE)
    if not offers:
        found.append(NOTHING)
    elif currency not in CURRENCIES:
        said = currency[:40] or "none given"
        found.append(Fault("unknown_currency", f"Unknown currency: {said}. Enter this item by hand"))
    elif all(offer.price is None for offer in offers):
        said = words(variants[0].get("price"))[:40] or "none given"
        found.append(Fault("invalid_price", f"Not a price above zero: {said}. Set one on Shopify, then retry"))
    return found


def details(row: Mapping[str, Any], handle: str) -> dict[str, str]:
    """What a seller can change beside the usual."""
    tags = row.get("tags")
    found = {
        "handle": handle,
        "vendor": words(row.get("vendor")),
        "product_type": words(row.get("productType")),
        "tags": ", ".join(filter(None, map(words, tags))) if isinstance(tags, list) else "",
    }
    return {name: value for name, value in found.items() if value}


def images(found: object) -> tuple[str, ...]:
    """Pictures that are ready, in their order; films and models are left out."""
    links = (words(record(each.get("image")).get("url")) for each in nodes(found))
    return tuple(link for link in links if link.startswith(("https://", "http://")))


def money(amount: object, currency: str) -> Money | None:
    """An amount in the shop's currency; ``None`` when it is none."""
    if not isinstance(amount, (str, int, float)) or isinstance(amount, bool):
        return None
    return priced(amount, currency)


@lru_cache(maxsize=4096)
def priced(amount: str | float, currency: str) -> Money | None:
    """The same, remembered: shops use few prices."""
    try:
        return Money.parse(amount, currency)
    except NotMoney:
        return None


def amount_of(bag: object) -> Money | None:
    """``{"shopMoney": {"amount", "currencyCode"}}`` as money, zero included."""
    shown = record(record(bag).get("shopMoney"))
    return money(shown.get("amount"), words(shown.get("currencyCode")))


def account(data: Mapping[str, Any], asked: str) -> Account:
    """Who is connected. The permanent domain is the shop's name for webhooks and for us."""
    shop = record(data.get("shop"))
    domain = words(shop.get("myshopifyDomain")).lower()
    return Account(
        remote_id=domain,
        username=domain or asked,
        name=words(shop.get("name")),
        currency=words(shop.get("currencyCode")),
        url=words(shop.get("url")) or f"https://{domain}",
        country=words(record(shop.get("shopAddress")).get("countryCodeV2")),
    )


def scopes_in(data: Mapping[str, Any]) -> set[str]:
    """The scopes granted, with what they imply."""
    rows = records(record(data.get("currentAppInstallation")).get("accessScopes"))
    named = {words(row.get("handle")) for row in rows} - {""}
    return named | {f"read_{scope[6:]}" for scope in named if scope.startswith("write_")}


def moment(found: object) -> dt.datetime | None:
    """A time with its offset, in UTC."""
    return clock.read(found)


def digits(found: object) -> str:
    """The number at the end of a global id, empty when it is none."""
    number = found.partition("?")[0].rpartition("/")[2] if isinstance(found, str) else ""
    return number if number.isascii() and number.isdigit() and len(number) <= 19 else ""


def text(value: object) -> str:
    """Text as it came, without what no database keeps."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() and "\0" not in value else value.replace("\0", "").encode(errors="replace").decode()


def words(value: object) -> str:
    """Text without blanks around it, from whatever was sent."""
    return text(value).strip()


def whole(value: object) -> int:
    """A whole number, 0 when it is none or cannot be right."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST else 0


def nodes(connection: object) -> list[Mapping[str, Any]]:
    """The rows of a list."""
    return records(record(connection).get("nodes"))


def records(found: object) -> list[Mapping[str, Any]]:
    """The objects in a list; nothing when it is none."""
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
