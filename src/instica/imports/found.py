"""What was found in a shop, in the form the import works with: one ``Found`` per offer, stored as compact JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from instica.catalog.bulk import document
from instica.core.clock import iso
from instica.kit.types import RemoteListing, RemoteOffer

LONGEST_TITLE = 500
LONGEST_SKU = 200
LARGEST_QUANTITY = 1_000_000
WORDS = (
    "title url status description artist label catalog_number format release condition_item condition_container"
    " location note"
).split()
FORGOTTEN = ["marketplace_error", "What was read of it is not kept any longer. Retry, and it is read again."]
DECODER = json.JSONDecoder()
COMPACT, BEFORE_PAGE, BEFORE_PRINT = '{"offer":{', ',"page":', ',"print":"'


class Found(NamedTuple):
    """One offer on one page. ``page`` is the listing, ``offer`` the offer, both as stored; absent means empty."""

    remote_id: str
    part: str
    sku: str
    title: str
    currency: str
    price: int | None
    page: dict[str, Any]
    offer: dict[str, Any]
    print: str
    """The fingerprint of the page's content: equal means that nothing there changed."""
    text: str = ""
    """The page as stored, where the database keeps it letter by letter."""

    @property
    def content(self) -> str:
        """The page as a document."""
        return self.text or document(self.page)

    @property
    def quantity(self) -> int | None:
        """How many are on sale; ``None`` is unlimited."""
        quantity: int | None = self.offer.get("quantity", 1)
        return quantity

    @property
    def seen(self) -> str:
        """The page's state there."""
        seen: str = self.page["seen"]
        return seen

    @property
    def fault(self) -> tuple[str, str] | None:
        """Why it cannot be taken in: a code and a sentence."""
        first = self.page.get("fault") or self.offer.get("fault")
        return (first[0], first[1]) if first else None


def read(listing: RemoteListing) -> Iterator[tuple[Found, str]]:
    """Each offer of a page, with the text to store. A page without offers is one row that cannot be taken in."""
    page = _page(listing)
    if not listing.offers and not listing.faults:
        page["fault"] = ["marketplace_error", "The page offers nothing for sale"]
    text = document(page)
    if "\\u0000" in text or not _clean(text):
        page = _washed(page)
        text = document(page)
    mark = blake2b(text.encode(), digest_size=16).hexdigest()
    for offer in listing.offers or (RemoteOffer(""),):
        body = _offer(offer, page)
        stored = f'{{"offer":{document(body)},"page":{text},"print":"{mark}"}}'
        part = "" if offer.id == listing.id else _text(offer.id)
        money = offer.price
        yield (
            Found(
                _text(listing.id),
                part,
                str(body.get("sku", "")),
                str(page.get("title", ""))[:LONGEST_TITLE],
                money.currency if money else "",
                money.minor if money else None,
                page,
                body,
                mark,
                text,
            ),
            stored,
        )


def stored(remote_id: str, part: str, sku: str, title: str, currency: str, price: int | None, data: Any) -> Found:
    """The same from its row; what is not kept any longer is no listing to do anything with."""
    data = data or {"page": {"seen": "absent", "fault": FORGOTTEN}, "offer": {}, "print": ""}
    return Found(remote_id, part, sku, title, currency, price, data["page"], data["offer"], data["print"])


def kept(remote_id: str, part: str, sku: str, title: str, currency: str, price: int | None, data: str) -> Found:
    """The same from its row's columns as the database holds them."""
    if data.startswith(COMPACT):
        offer, end = DECODER.raw_decode(data, len(COMPACT) - 1)
        start = end + len(BEFORE_PAGE)
        page, end = DECODER.raw_decode(data, start)
        mark = data[end + len(BEFORE_PRINT) : -2]
        return Found(remote_id, part, sku, title, currency, price, page, offer, mark, data[start:end])
    return stored(remote_id, part, sku, title, currency, price, json.loads(data))


def _page(listing: RemoteListing) -> dict[str, Any]:
    page: dict[str, Any] = {name: value for name in WORDS if (value := getattr(listing, name))}
    page["seen"] = listing.seen
    if listing.year:
        page["year"] = listing.year
    if listing.images:
        page["images"] = list(listing.images)
    if listing.tags:
        page["tags"] = list(listing.tags)
    if listing.digital:
        page["digital"] = True
    if listing.listed_at:
        page["listed_at"] = iso(listing.listed_at)
    if listing.details:
        page["details"] = dict(listing.details)
    if listing.faults:
        page["fault"] = [listing.faults[0].code, listing.faults[0].detail]
    elif not listing.title.strip():
        page["fault"] = ["missing_title", "The listing has no title"]
    return page


def _offer(offer: RemoteOffer, page: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if offer.sku:
        body["sku"] = _text(offer.sku)[:LONGEST_SKU]
    if offer.quantity != 1:
        body["quantity"] = offer.quantity
    if offer.options:
        body["options"] = {_text(name): _text(value) for name, value in offer.options.items()}
    if offer.barcode:
        body["barcode"] = _text(offer.barcode)
    priced = offer.price is not None and offer.price.minor > 0
    if "fault" not in page and not priced and not ("digital" in page and offer.price is None):
        body["fault"] = ["invalid_price", "The price is missing or not above zero"]
    elif offer.quantity is not None and not 0 <= offer.quantity <= LARGEST_QUANTITY:
        body["fault"] = ["marketplace_error", f"A quantity of {offer.quantity} cannot be right"]
    return body


def _clean(text: str) -> bool:
    """Whether any database keeps it: no half characters."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: str) -> str:
    return value if value.isascii() and "\0" not in value else value.replace("\0", "").encode(errors="replace").decode()


def _washed(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_washed(part) for part in value]
    if isinstance(value, dict):
        return {name: _washed(part) for name, part in value.items()}
    return value


def moment(text: str | None) -> dt.datetime | None:
    """A stored time."""
    return dt.datetime.fromisoformat(text) if text else None
