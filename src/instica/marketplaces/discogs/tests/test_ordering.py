"""Their orders into ours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from instica.core.money import Money
from instica.marketplaces.discogs import ordering


def test_an_order_reads_whole(order_json: dict[str, Any]) -> None:
    order = ordering.from_json(order_json)
    assert order
    assert (order.id, order.state, order.buyer_name) == ("7203114-12", "paid", "Ines Okafor")
    assert [(line.listing, line.offer, line.quantity, line.price) for line in order.lines] == [
        ("4312040117", "", 1, Money(3499, "EUR"))
    ]
    assert (order.total, order.shipping, order.fee) == (Money(3999, "EUR"), Money(500, "EUR"), Money(315, "EUR"))
    assert (order.tracking_number, order.carrier) == ("1Z999", "UPS")
    assert order.placed_at == dt.datetime(2026, 11, 1, 7, 30, tzinfo=dt.UTC)
    assert order.updated_at == dt.datetime(2026, 11, 2, 16, 0, tzinfo=dt.UTC)
    assert order.choices == ("Cancelled (Item Unavailable)", "Cancelled (Per Buyer's Request)")


def test_an_address_is_taken_apart_and_the_paypal_address_dropped(order_json: dict[str, Any]) -> None:
    order = ordering.from_json(order_json)
    assert order
    assert order.address == {
        "full_name": "Ines Okafor",
        "line1": "14 Larch Row",
        "line2": "Flat 2",
        "city": "Chicago, IL 60699",
        "country": "United States",
        "phone": "555 0100",
    }
    assert "ines@example.com" not in repr(order)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("Ines", {"full_name": "Ines", "line1": ""}),
        ("Ines\nChicago", {"full_name": "Ines", "line1": "Chicago"}),
        ("Ines\nA 1\nUS", {"full_name": "Ines", "line1": "A 1", "city": "", "country": "US"}),
    ],
)
def test_a_short_address_is_no_mistake(text: str, found: dict[str, str]) -> None:
    assert ordering.address_in(text) == found


@pytest.mark.parametrize(
    ("status", "state", "restocked"),
    [
        ("New Order", "open", False),
        ("Invoice Sent", "open", False),
        ("Payment Received", "paid", False),
        ("In Progress", "paid", False),
        ("Shipped", "shipped", False),
        ("Refund Sent", "completed", False),
        ("Merged", "merged", False),
        ("Cancelled", "cancelled", False),
        ("Cancelled (Refund Received)", "cancelled", False),
        ("Cancelled (Item Unavailable)", "cancelled", False),
        ("Cancelled (Non-Paying Buyer)", "cancelled", True),
        ("A New Word", "open", False),
    ],
)
def test_every_status_has_its_state(order_json: dict[str, Any], status: str, state: str, restocked: bool) -> None:
    order = ordering.from_json({**order_json, "status": status})
    assert order
    assert (order.state, order.restocked, order.status) == (state, restocked, status)


def test_what_we_use_changes_the_fingerprint(order_json: dict[str, Any]) -> None:
    changed = [
        order_json,
        {**order_json, "status": "Shipped"},
        {**order_json, "last_activity": "2026-11-02T08:00:01-08:00"},
        {**order_json, "tracking": {"number": "2"}},
        {**order_json, "items": []},
    ]
    orders = [ordering.from_json(row) for row in changed]
    assert len({order.fingerprint for order in orders if order}) == 5


@pytest.mark.parametrize("junk", [None, 3, "text", [], {"a": 1}, True, [None, 3, {}]])
def test_any_field_may_be_missing_or_odd(order_json: dict[str, Any], junk: Any) -> None:
    for name in [name for name in order_json if name not in ("id", "created")]:
        assert ordering.from_json({**order_json, name: junk})
    assert ordering.from_json({**order_json, "id": junk}) is None or isinstance(junk, str)
    assert ordering.from_json({**order_json, "created": None}) is None
