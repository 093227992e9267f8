"""Turns Etsy's receipts into our orders; touches nothing outside its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instica.kit.types import OrderState, RemoteOrder, RemoteOrderLine
from instica.marketplaces.etsy import stock
from instica.marketplaces.etsy.reading import moment, money, record, records, whole, words
from instica.marketplaces.etsy.words import ORDER_STATES

PAGE = "https://www.etsy.com/your/orders/sold/"
ADDRESS = {
    "line1": "first_line",
    "line2": "second_line",
    "city": "city",
    "state": "state",
    "postal_code": "zip",
    "country": "country_iso",
}


def from_json(row: Mapping[str, Any]) -> RemoteOrder | None:
    """A receipt as the API shows it; ``None`` when it has no id or no time."""
    number = whole(row.get("receipt_id"))
    placed = moment(row.get("created_timestamp")) or moment(row.get("create_timestamp"))
    if not number or placed is None:
        return None
    updated = moment(row.get("updated_timestamp")) or moment(row.get("update_timestamp")) or placed
    parcel = last_parcel(row)
    return RemoteOrder(
        id=str(number),
        state=state_of(row),
        status=words(row.get("status")),
        placed_at=placed,
        updated_at=updated,
        lines=lines_of(row),
        fingerprint=fingerprint(row),
        url=f"{PAGE}{number}",
        buyer=str(whole(row.get("buyer_user_id")) or ""),
        buyer_name=words(row.get("name")),
        address=address_of(row),
        total=money(row.get("grandtotal")),
        shipping=money(row.get("total_shipping_cost")),
        tracking_number=words(parcel.get("tracking_code")),
        carrier=words(parcel.get("carrier_name")),
    )


def state_of(row: Mapping[str, Any]) -> OrderState:
    """Our word for theirs, which come with and without capitals; an unknown one leaves it open for a person to see."""
    state = ORDER_STATES.get(words(row.get("status")).casefold(), "open")
    if state == "cancelled":
        return state
    if row.get("is_shipped") is True:
        return "shipped"
    return "paid" if state == "open" and row.get("is_paid") is True else state


def fingerprint(row: Mapping[str, Any]) -> str:
    """Equal when nothing we use has changed. Refunds and cancellations do not touch the time of the last change."""
    refunds = [(record(each.get("amount")).get("amount"), each.get("status")) for each in records(row.get("refunds"))]
    parts = (
        row.get("updated_timestamp"),
        words(row.get("status")).casefold(),
        row.get("is_paid"),
        row.get("is_shipped"),
        refunds,
        [words(each.get("tracking_code")) for each in records(row.get("shipments"))],
        [(line.id, line.listing, line.offer, line.quantity) for line in lines_of(row)],
        sorted(address_of(row).values()),
    )
    return stock.digest(repr(parts))


def lines_of(row: Mapping[str, Any]) -> tuple[RemoteOrderLine, ...]:
    """The transactions of a receipt; one whose listing is gone names none."""
    return tuple(_line(each) for each in records(row.get("transactions")) if whole(each.get("transaction_id")))


def _line(row: Mapping[str, Any]) -> RemoteOrderLine:
    listing = whole(row.get("listing_id"))
    return RemoteOrderLine(
        id=str(whole(row.get("transaction_id"))),
        listing=str(listing) if listing else "",
        offer=offer_of(row),
        title=words(row.get("title")),
        sku=words(row.get("sku")).strip(),
        quantity=whole(row.get("quantity")) or 1,
        price=money(row.get("price")),
    )


def offer_of(row: Mapping[str, Any]) -> str:
    """Which product of the listing it was: by its property values, else by what the buyer chose and did not write."""
    if values := records(row.get("product_data")):
        return stock.key_read(values)
    chosen = [each for each in records(row.get("variations")) if not each.get("question_id") and each.get("value_id")]
    values = [{"property_id": each.get("property_id"), "values": [each.get("formatted_value")]} for each in chosen]
    return stock.key_read(values) if values else ""


def address_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Where the parcel goes; empty behind the wall, where Etsy shows addresses to its partners only."""
    found = {ours: text for ours, theirs in ADDRESS.items() if (text := words(row.get(theirs)).strip())}
    name = words(row.get("name")).strip()
    return {"full_name": name, **found} if found and name else found


def last_parcel(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The latest shipment that has a tracking number."""
    coded = [each for each in records(row.get("shipments")) if words(each.get("tracking_code"))]
    return max(coded, key=lambda each: whole(each.get("shipment_notification_timestamp")), default={})


def has_parcel(row: Mapping[str, Any], code: str) -> bool:
    """Whether Etsy knows that tracking number of this receipt already."""
    return any(words(each.get("tracking_code")) == code for each in records(row.get("shipments")))
