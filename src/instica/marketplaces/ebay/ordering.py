"""Turns eBay's orders into ours; touches nothing outside its arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from instica.core import clock
from instica.core.money import Money
from instica.kit.types import OrderState, RemoteOrder, RemoteOrderLine
from instica.marketplaces.ebay.mapping import record, whole, words
from instica.marketplaces.ebay.pricing import money
from instica.marketplaces.ebay.trading.items import option_key
from instica.marketplaces.ebay.words import PAID

PAGE = "https://www.ebay.com/sh/ord/details?orderid="
CANCELLED = "CANCELED"
LINES = {
    "line1": "addressLine1",
    "line2": "addressLine2",
    "city": "city",
    "state": "stateOrProvince",
    "postal_code": "postalCode",
    "country": "countryCode",
}


def from_json(row: Mapping[str, Any]) -> RemoteOrder | None:
    """An order as ``getOrders`` and ``getOrder`` show it; ``None`` when it has no id or no time."""
    number, placed = words(row.get("orderId")), moment(row.get("creationDate"))
    if not number or placed is None:
        return None
    updated = moment(row.get("lastModifiedDate")) or placed
    lines, tracking = lines_of(row.get("lineItems")), tracking_of(row.get("fulfillmentHrefs"))
    state, status = state_of(row), status_of(row)
    contact, prices = contact_of(row), record(row.get("pricingSummary"))
    address = address_of(contact)
    return RemoteOrder(
        id=number,
        state=state,
        status=status,
        placed_at=placed,
        updated_at=updated,
        lines=lines,
        fingerprint=fingerprint(updated, status, tracking, lines),
        url=PAGE + number,
        buyer=words(record(row.get("buyer")).get("username")),
        buyer_name=address.get("full_name", "") or words(record(row.get("buyer")).get("username")),
        address=address,
        total=money(prices.get("total")),
        shipping=money(prices.get("deliveryCost")),
        fee=money(row.get("totalMarketplaceFee")),
        tracking_number=tracking,
    )


def state_of(row: Mapping[str, Any]) -> OrderState:
    """Cancelled goes before shipped, shipped before paid; a word we do not know leaves it open."""
    if record(row.get("cancelStatus")).get("cancelState") == CANCELLED:
        return "cancelled"
    if row.get("orderFulfillmentStatus") == "FULFILLED":
        return "shipped"
    return PAID.get(words(row.get("orderPaymentStatus")), "open")


def status_of(row: Mapping[str, Any]) -> str:
    """eBay's own words for how it stands: payment, shipping, and whether somebody wants out."""
    cancel = words(record(row.get("cancelStatus")).get("cancelState"))
    told = [words(row.get("orderPaymentStatus")), words(row.get("orderFulfillmentStatus"))]
    return " / ".join(filter(None, [*told, cancel if cancel != "NONE_REQUESTED" else ""]))


def fingerprint(updated: dt.datetime, status: str, tracking: str, lines: tuple[RemoteOrderLine, ...]) -> str:
    """Equal when nothing we use has changed."""
    return "|".join((updated.isoformat(), status, tracking, *(f"{line.id}x{line.quantity}" for line in lines)))


def lines_of(rows: object) -> tuple[RemoteOrderLine, ...]:
    """What was sold, by the listing's id; eBay's cost of a line is for all pieces of it."""
    found = [record(row) for row in rows] if isinstance(rows, list) else []
    return tuple(line_of(row) for row in found if words(row.get("lineItemId")) and words(row.get("legacyItemId")))


def line_of(row: Mapping[str, Any]) -> RemoteOrderLine:
    """One line."""
    quantity = max(1, whole(row.get("quantity")))
    sku, cost = words(row.get("sku")), money(row.get("lineItemCost"))
    return RemoteOrderLine(
        id=words(row.get("lineItemId")),
        listing=words(row.get("legacyItemId")),
        offer=offer_of(row, sku),
        title=words(row.get("title")),
        sku=sku,
        quantity=quantity,
        price=Money(round(cost.minor / quantity), cost.currency) if cost else None,
    )


def offer_of(row: Mapping[str, Any], sku: str) -> str:
    """The id of the variation that was sold, as the listing names it; empty on a page with one offer."""
    rows = row.get("variationAspects")
    options = {
        words(record(each).get("name")): words(record(each).get("value"))
        for each in (rows if isinstance(rows, list) else [])
    }
    is_variation = bool(options) or words(row.get("legacyVariationId")) not in ("", "0")
    return (sku or option_key(options)) if is_variation else ""


def tracking_of(hrefs: object) -> str:
    """The tracking number of the first parcel: a parcel's id is its number, or only nines where it has none."""
    for href in hrefs if isinstance(hrefs, list) else ():
        number = words(href).rpartition("/")[2]
        if number and set(number) != {"9"}:
            return number
    return ""


def contact_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whom it is sent to."""
    starts = row.get("fulfillmentStartInstructions")
    first = record(starts[0]) if isinstance(starts, list) and starts else {}
    return record(record(first.get("shippingStep")).get("shipTo"))


def address_of(contact: Mapping[str, Any]) -> dict[str, str]:
    """The address, as far as eBay still tells it."""
    place = record(contact.get("contactAddress"))
    found = {name: words(place.get(theirs)) for name, theirs in LINES.items()}
    found |= {"full_name": words(contact.get("fullName"))}
    found |= {"phone": words(record(contact.get("primaryPhone")).get("phoneNumber"))}
    return {name: value for name, value in found.items() if value}


def moment(value: object) -> dt.datetime | None:
    """A time, in UTC."""
    return clock.read(value, dt.UTC)
