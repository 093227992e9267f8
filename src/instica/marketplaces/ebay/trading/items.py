"""Turns Trading's items into listings; touches nothing outside its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from instica.core.money import Money
from instica.kit.types import Fault, RemoteListing, RemoteOffer, Seen
from instica.marketplaces.ebay import specifics
from instica.marketplaces.ebay.pricing import priced
from instica.marketplaces.ebay.trading.door import Item
from instica.marketplaces.ebay.trading.xml import every, first, moment, text, texts, whole
from instica.marketplaces.ebay.words import ACTIVE, AUCTIONS

PAGE = "https://www.ebay.com/itm/"
NO_TITLE = Fault("missing_title", "The listing has no title on eBay. Mend it there, then retry")
MOST = 10**6


def read(node: Element) -> Item | None:
    """An item as a list or ``GetItem`` shows it; ``None`` when not even its id can be read."""
    number = text(node, "ItemID")
    if not (number.isascii() and number.isdigit()):
        return None
    kind = text(node, "ListingType")
    is_auction = kind in AUCTIONS
    status = text(node, "SellingStatus/ListingStatus") or ACTIVE
    started = moment(node, "ListingDetails/StartTime")
    offers, faults = offers_of(node, is_auction=is_auction, is_active=status == ACTIVE)
    title = text(node, "Title")
    told = specifics.told(named(node, "ItemSpecifics/NameValueList"))
    left = sum(offer.quantity or 0 for offer in offers)
    listing = RemoteListing(
        id=number,
        title=title,
        seen=seen(node, status, left),
        offers=offers,
        url=text(node, "ListingDetails/ViewItemURL") or PAGE + number,
        status="OutOfStock" if status == ACTIVE and not left else status,
        description=text(node, "Description"),
        images=images(node),
        listed_at=started,
        details={"kind": "auction" if is_auction else "fixed"},
        faults=faults if title else (NO_TITLE, *faults),
        **told,
    )
    return Item(listing, is_auction, status == ACTIVE, started, text(node, "ListingDetails/RelistedItemID"))


def seen(node: Element, status: str, left: int) -> Seen:
    """Whether buyers can have it: active without stock is hidden by eBay, and ended by a sale is sold out."""
    if status == ACTIVE:
        if text(node, "ReasonHideFromSearch") == "DuplicateListing":
            return "hidden"
        return "live" if left else "sold_out"
    sold = whole(node, "SellingStatus/QuantitySold") or 0
    return "sold_out" if sold and sold >= (whole(node, "Quantity") or 0) else "ended"


def offers_of(node: Element, *, is_auction: bool, is_active: bool) -> tuple[tuple[RemoteOffer, ...], tuple[Fault, ...]]:
    """What can be bought on the page, one for each variation, and why the first price is none."""
    barcode = barcode_of(node)
    rows = every(node, "Variations/Variation")
    if rows:
        found = [variation(row) for row in rows]
        wrong = next((faults for _, faults in found if faults), ())
        return tuple(offer for offer, _ in found), wrong
    price, faults = price_of(node, "SellingStatus/CurrentPrice", "StartPrice", "BuyItNowPrice")
    left = (1 if is_active else 0) if is_auction else available(node)
    return (RemoteOffer("", text(node, "SKU"), price, left, barcode=barcode),), faults


def variation(row: Element) -> tuple[RemoteOffer, tuple[Fault, ...]]:
    """One choice; its id is its SKU, or its options where it has none."""
    options = {name: " / ".join(values) for name, values in named(row, "VariationSpecifics/NameValueList").items()}
    price, faults = price_of(row, "StartPrice", "SellingStatus/CurrentPrice")
    sku = text(row, "SKU")
    return RemoteOffer(sku or option_key(options), sku, price, available(row), options), faults


def option_key(options: Mapping[str, str]) -> str:
    """A variation's options as one word that never changes its order."""
    return ";".join(f"{name}={value}" for name, value in sorted(options.items()))


def available(node: Element) -> int:
    """What is left: eBay's ``Quantity`` counts what is sold already."""
    told = whole(node, "QuantityAvailable")
    if told is None:
        told = (whole(node, "Quantity") or 0) - (whole(node, "SellingStatus/QuantitySold") or 0)
    return max(0, min(told, MOST))


def price_of(node: Element, *paths: str) -> tuple[Money | None, tuple[Fault, ...]]:
    """The first price that is told, as money above zero; else none, and why."""
    for path in paths:
        found = first(node, path)
        if found is not None and found.text:
            return priced(found.text, found.get("currencyID") or "")
    return priced("", "")


def named(node: Element, path: str) -> dict[str, list[str]]:
    """Names and their values."""
    return {text(row, "Name"): texts(row, "Value") for row in every(node, path) if text(row, "Name")}


def images(node: Element) -> tuple[str, ...]:
    """All pictures, or the one a list shows."""
    found = texts(node, "PictureDetails/PictureURL") or texts(node, "PictureDetails/GalleryURL")
    return tuple(dict.fromkeys(found))


def barcode_of(node: Element) -> str:
    """UPC, EAN or ISBN, where it is a number."""
    for path in ("UPC", "EAN", "ISBN"):
        code = text(node, f"ProductListingDetails/{path}").replace("-", "")
        if code.isascii() and code.isdigit() and 8 <= len(code) <= 14:
            return code
    return ""
