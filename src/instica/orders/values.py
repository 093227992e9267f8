"""What a shop says about an order, as our columns can hold it; pure."""

from __future__ import annotations

import hashlib

from instica.core.money import Money
from instica.kit.types import OrderState, RemoteOrder, RemoteOrderLine

LARGEST_NUMBER = 2**31 - 1
LARGEST_MONEY = 2**63 - 1
UNSENT = ("open", "paid")
"""States of an order whose pieces are still here, or should be."""


def stored(remote: RemoteOrder, *, parcels_may_be_parts: bool = False) -> dict[str, object]:
    """The columns of an order. Where a parcel may be part of an order, one on its way does not mean it is shipped."""
    tracking = text(remote.tracking_number, 120)
    buyer_name = text(remote.buyer_name, 200)
    return {
        "name": text(remote.name, 60),
        "url": text(remote.url, 500),
        "state": remote.state,
        "status_there": text(remote.status, 80),
        "status": status(remote.state, text(remote.status, 80), tracked=bool(tracking) and not parcels_may_be_parts),
        "choices": [text(choice, 80) for choice in remote.choices],
        "fingerprint": mark(remote),
        "buyer": text(remote.buyer, 120),
        "buyer_name": buyer_name,
        "address": {name: text(value, 300) for name, value in remote.address.items()},
        **amounts(remote),
        "tracking_number": tracking,
        "carrier": text(remote.carrier, 80),
        "merged_into": text(remote.merged_into, 120),
        "search": searched(remote.id, remote.name, *(word for line in remote.lines for word in (line.title, line.sku))),
        "search_buyer": searched(buyer_name, tracking),
        "sold_at": remote.placed_at,
        "changed_there": remote.updated_at,
    }


def status(state: OrderState | str, there: str, *, tracked: bool) -> str:
    """The API's word (I5.1): completed, else shipped or tracked, else paid, else what the marketplace calls it."""
    if state == "completed":
        return "completed"
    if state == "shipped" or (tracked and state in UNSENT):
        return "shipped"
    return "awaiting_shipment" if state == "paid" else there or state


def amounts(remote: RemoteOrder) -> dict[str, object]:
    """The money, in the order's own currency; an amount in another one is unknown, never converted."""
    money = remote.total or next((line.price for line in remote.lines if line.price), None)
    currency = money.currency[:3] if money else ""
    parts = (remote.total, remote.shipping, remote.fee, remote.processing_fee)
    total, shipping, fee, processing = (minor(part, currency) for part in parts)
    left = None if total is None else total - (fee or 0) - (processing or 0) - (shipping or 0)
    return {
        "currency": currency,
        "total": total,
        "shipping": shipping,
        "fee": fee,
        "processing_fee": processing,
        "net": left if left is not None and abs(left) <= LARGEST_MONEY else None,
    }


def text(words: str, longest: int) -> str:
    """What somebody else wrote, as a column can hold it."""
    return words.replace("\x00", "")[:longest]


def searched(*words: str) -> str:
    """What is searched, in lower case, a line each."""
    return text("\n".join(dict.fromkeys(filter(None, words))).lower(), 20_000)


def pieces(remote: RemoteOrderLine) -> int:
    """How many are ordered, as a column can hold it."""
    return min(max(0, remote.quantity), LARGEST_NUMBER)


def minor(money: Money | None, currency: str) -> int | None:
    """An amount in that currency, where it is one: a sale counts whatever its price."""
    return money.minor if money and money.currency == currency and abs(money.minor) <= LARGEST_MONEY else None


def mark(remote: RemoteOrder) -> str:
    """What the fingerprint is stored as. The reasons to cancel are part of it: not every shop counts them as news."""
    return hashlib.sha256("\n".join((remote.fingerprint, *remote.choices)).encode()).hexdigest()
