"""What was found in a shop, in the form the import works with: one ``Found`` per offer, stored as compact JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from instica.catalog.bulk import document
from instica.kit.types import RemoteListing, RemoteOffer
from instica.listings import pages

LONGEST_TITLE = 500
LONGEST_SKU = 200
LARGEST_QUANTITY = 1_000_000
LEFT_OUT = (*pages.WORDS, "year")
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
    page, text = pages.normal(listing)
    mark = pages.mark(text)
    for offer in listing.offers or (RemoteOffer(""),):
        body = _offer(offer, page)
        part = "" if offer.id == listing.id else pages.text(offer.id)
        money = offer.price
        one = Found(
            pages.text(listing.id),
            part,
            str(body.get("sku", "")),
            str(page.get("title", ""))[:LONGEST_TITLE],
            money.currency if money else "",
            money.minor if money else None,
            page,
            body,
            mark,
            text,
        )
        yield one, packed(one)


def completed(found: Found, whole: Mapping[str, Any]) -> Found:
    """A row of a list that leaves things out, with what a page read whole says there; it is whole then.

    What the row tells stands: the whole page may be older. Anything but a brief row and a whole page is left alone.
    """
    if not found.page.get("brief") or not whole or whole.get("brief"):
        return found
    page = whole_page(found.page, whole)
    text = document(page)
    return found._replace(page=page, print=pages.mark(text), text=text)


def whole_page(brief: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """A brief page with what the whole one says beyond it."""
    page = {name: value for name, value in brief.items() if name != "brief"}
    page |= {name: whole[name] for name in LEFT_OUT if whole.get(name) and not page.get(name)}
    if pictures := whole.get("images"):
        page["images"] = pictures
    return page


def packed(found: Found) -> str:
    """A row's data, as ``read`` told it."""
    return f'{{"offer":{document(found.offer)},"page":{found.content},"print":"{found.print}"}}'


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


def _offer(offer: RemoteOffer, page: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if offer.sku:
        body["sku"] = pages.text(offer.sku)[:LONGEST_SKU]
    if offer.quantity != 1:
        body["quantity"] = offer.quantity
    if offer.options:
        body["options"] = {pages.text(name): pages.text(value) for name, value in offer.options.items()}
    if offer.barcode:
        body["barcode"] = pages.text(offer.barcode)
    priced = offer.price is not None and offer.price.minor > 0
    if "fault" not in page and not priced and not ("digital" in page and offer.price is None):
        body["fault"] = ["invalid_price", "The price is missing or not above zero"]
    elif offer.quantity is not None and not 0 <= offer.quantity <= LARGEST_QUANTITY:
        body["fault"] = ["marketplace_error", f"A quantity of {offer.quantity} cannot be right"]
    return body


def moment(text: str | None) -> dt.datetime | None:
    """A stored time."""
    return dt.datetime.fromisoformat(text) if text else None
