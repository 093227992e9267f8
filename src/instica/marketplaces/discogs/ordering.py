"""Turns Discogs' orders into ours; touches nothing outside its arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from instica.kit.types import OrderState, RemoteOrder, RemoteOrderLine
from instica.marketplaces.discogs.mapping import moment, money, record, words
from instica.marketplaces.discogs.words import NON_PAYING, ORDER_STATES

PAGE = "https://www.discogs.com/sell/order/"
PRIVATE = ("Phone:", "Paypal address:")


def from_json(row: Mapping[str, Any]) -> RemoteOrder | None:
    """An order as the API shows it; ``None`` when it has no id or no time."""
    number, placed = words(row.get("id")), moment(row.get("created"))
    if not number or placed is None:
        return None
    status, tracking = words(row.get("status")), record(row.get("tracking"))
    updated = moment(row.get("last_activity")) or placed
    address, shipped = address_in(words(row.get("shipping_address"))), record(row.get("shipping"))
    lines = lines_of(row.get("items"))
    return RemoteOrder(
        id=number,
        state=state_of(status),
        status=status,
        placed_at=placed,
        updated_at=updated,
        lines=lines,
        fingerprint=fingerprint(updated, status, words(tracking.get("number")), lines),
        url=words(row.get("uri")) or PAGE + number,
        buyer_name=address.get("full_name", "") or words(record(row.get("buyer")).get("username")),
        address=address,
        total=money(row.get("total")),
        shipping=money(shipped),
        fee=money(row.get("fee")),
        tracking_number=words(tracking.get("number")),
        carrier=words(tracking.get("carrier")),
        restocked=status == NON_PAYING,
        choices=tuple(each for each in next_status(row) if each.startswith("Cancelled")),
    )


def state_of(status: str) -> OrderState:
    """Our word for theirs; one we do not know leaves the order open for a person to see."""
    return "cancelled" if status.startswith("Cancelled") else ORDER_STATES.get(status, "open")


def fingerprint(updated: dt.datetime, status: str, tracking: str, lines: tuple[RemoteOrderLine, ...]) -> str:
    """Equal when nothing we use has changed."""
    return "|".join((updated.isoformat(), status, tracking, *(line.listing for line in lines)))


def lines_of(items: object) -> tuple[RemoteOrderLine, ...]:
    """The pieces sold: the item's id is the listing's."""
    rows = [record(item) for item in items] if isinstance(items, list) else []
    return tuple(
        RemoteOrderLine(
            id=str(row["id"]),
            listing=str(row["id"]),
            title=words(record(row.get("release")).get("description")),
            price=money(row.get("price")),
        )
        for row in rows
        if isinstance(row.get("id"), (int, str))
    )


def next_status(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What the order may become."""
    found = row.get("next_status")
    return tuple(map(words, found)) if isinstance(found, list) else ()


def address_in(text: str) -> dict[str, str]:
    """The parcel's address out of one block of text; the PayPal address is not kept."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    phone = next((line.partition(":")[2].strip() for line in lines if line.startswith(PRIVATE[0])), "")
    plain = [line for line in lines if not line.startswith(PRIVATE)]
    if len(plain) < 3:
        return {"full_name": plain[0], "line1": " ".join(plain[1:])} if plain else {}
    address = {"full_name": plain[0], "line1": plain[1], "city": plain[-2], "country": plain[-1]}
    if len(plain) == 3:
        address["city"] = ""
    if len(plain) > 4:
        address["line2"] = ", ".join(plain[2:-2])
    return address | ({"phone": phone} if phone else {})
