"""Orders at the simulator: who may do what, and what becomes of the listings."""

from __future__ import annotations

from typing import Any

import pytest

from instica.marketplaces.discogs.simulator.trade import SETTABLE
from instica.marketplaces.discogs.tests.visiting import FIRST, NOBODY, ORIGIN, STRANGER, Visit, said, visit

NEXT = FIRST + 7


def sold(listing: int = FIRST, *, classic: bool = True, **more: Any) -> tuple[Visit, str]:
    """A shop with one order."""
    shop = visit()
    if classic:
        shop.control("switches", {"payment": "classic"})
    return shop, f"/marketplace/orders/{shop.control('buy', {'listing_id': listing, **more})['order_id']}"


def test_an_order_is_whole() -> None:
    """The listing ids, the sums, the address in one string; no SKU anywhere."""
    shop, path = sold()
    price = shop.listing(FIRST)["price"]["value"]
    order = shop.get(path).json()
    assert set(order) == set(
        "id resource_url messages_url uri status next_status fee created last_activity items shipping shipping_address"
        " additional_instructions archived seller buyer total".split()
    )
    assert (order["id"], order["status"]) == ("7203114-1", "New Order")
    assert order["resource_url"] == f"{ORIGIN}{path}"
    assert order["next_status"] == list(SETTABLE)
    assert order["items"][0]["id"] == FIRST
    assert set(order["items"][0]) == {"id", "release", "price", "media_condition", "sleeve_condition"}
    assert order["total"] == {"currency": "USD", "value": price}
    assert "\n\nPhone: " in order["shipping_address"]
    assert "\nPaypal address: " in order["shipping_address"]


def test_a_sale_takes_the_listing_off_sale() -> None:
    """It is sold, and cannot be bought again."""
    shop, _ = sold()
    assert shop.listing(FIRST)["status"] == "Sold"
    again = shop.client.post("/_sandbox/buy", json={"listing_id": FIRST})
    assert again.status_code == 409
    assert len(shop.told("orders")["orders"]) == 1


def test_integrated_payment_arrives_paid() -> None:
    """With postage in the sum."""
    shop, path = sold(classic=False)
    order = shop.get(path).json()
    assert (order["status"], order["shipping"]["value"]) == ("Payment Received", 5.0)
    assert "Shipped" in order["next_status"]


def test_postage_sends_an_invoice() -> None:
    """Until it is paid; never together with a status."""
    shop, path = sold()
    both = shop.post(path, json={"shipping": 4, "status": "Invoice Sent"})
    assert both.status_code == 422
    assert shop.get(path).json()["status"] == "New Order"
    order = shop.post(path, json={"shipping": 4.5}).json()
    assert (order["status"], order["shipping"]["value"]) == ("Invoice Sent", 4.5)
    shop.post(path, json={"status": "Payment Received"})
    assert shop.post(path, json={"shipping": 1}).status_code == 422
    assert shop.get(path).json()["shipping"]["value"] == 4.5


def test_only_next_status_is_allowed() -> None:
    """The current one changes nothing, any other is refused."""
    shop, path = sold()
    shop.post(path, json={"status": "Shipped"})
    before = shop.get(path).json()
    assert before["next_status"] == ["Refund Sent"]
    assert said(shop.post(path, json={"status": "New Order"})) == (422, "Invalid status: expected one of Refund Sent.")
    assert shop.post(path, json={"status": "Shipped"}).status_code == 200
    assert shop.get(path).json() == before


def test_everything_bumps_the_last_activity() -> None:
    """By the simulator's clock."""
    shop, path = sold()
    first = shop.get(path).json()["last_activity"]
    shop.control("clock", {"advance": 3600})
    shop.post(f"{path}/messages", json={"message": "Hello"})
    assert shop.get(path).json()["last_activity"] > first


@pytest.mark.parametrize(
    ("tracking", "answer"),
    [({}, 400), ({"number": " "}, 400), ({"number": "1", "carrier": "Pigeon"}, 422), ({"number": "RR1"}, 200)],
)
def test_tracking(tracking: dict[str, str], answer: int) -> None:
    """A number is needed, the carrier one of theirs; absent when unset."""
    shop, path = sold()
    assert "tracking" not in shop.get(path).json()
    assert shop.post(path, json={"tracking": tracking}).status_code == answer
    assert ("tracking" in shop.get(path).json()) is (answer == 200)


def test_a_buyer_may_not_set_tracking() -> None:
    """And a stranger sees nothing."""
    shop, path = sold(buyer="northside_vinyl")
    refused = shop.post(path, STRANGER, json={"tracking": {"number": "1"}})
    assert said(refused) == (403, "Only the seller can set tracking information.")
    assert shop.get(path, NOBODY).status_code == 401
    assert said(shop.get("/marketplace/orders/7203114-99")) == (404, "The requested resource was not found.")


def test_messages_are_told_newest_first() -> None:
    """With a status, the change is told above one's own words."""
    shop, path = sold()
    assert shop.post(f"{path}/messages", json={}).status_code == 422
    written = shop.post(f"{path}/messages", json={"message": "Thanks", "status": "In Progress"})
    assert written.status_code == 201
    assert set(written.json()) == {"from", "message", "order", "timestamp", "subject"}
    shop.post(path, json={"status": "Refund Sent"})
    newest = shop.get(f"{path}/messages").json()["messages"]
    assert [entry["type"] for entry in newest] == ["refund_sent", "message", "status"]
    assert newest[1]["message"] == "Seller changed status from New Order to In Progress\n\nThanks"
    assert (newest[2]["status_id"], newest[2]["actor"]["username"]) == (1, "mono_or_bust")


def test_filters_and_sorts() -> None:
    """By status, moment, archive; in any order of theirs."""
    shop, path = sold()
    shop.control("clock", {"advance": 86400})
    shop.control("buy", {"listing_id": NEXT})
    shop.control("clock", {"advance": 60})
    shop.post(path, json={"status": "Shipped"})
    moment = shop.get(path).json()["created"]

    def ids(**params: str) -> list[str]:
        return [order["id"] for order in shop.get("/marketplace/orders", params=params).json()["orders"]]

    assert ids() == ["7203114-1", "7203114-2"]
    assert ids(sort="last_activity", sort_order="desc")[0] == "7203114-1"
    assert ids(status="Shipped") == ["7203114-1"]
    assert ids(created_after=moment) == ["7203114-2"]
    assert ids(created_before=moment) == []
    shop.control("order", {"order_id": "7203114-1", "archived": True})
    assert (ids(archived="true"), ids(archived="false")) == (["7203114-1"], ["7203114-2"])
    assert shop.get("/marketplace/orders", params={"status": "Odd"}).status_code == 422
    assert shop.get("/marketplace/orders", params={"sort": "odd"}).status_code == 422
    assert shop.get("/marketplace/orders", params={"created_after": "yesterday"}).status_code == 422


@pytest.mark.parametrize(
    ("reason", "relist", "status", "left"),
    [
        ("non-paying", "", "For Sale", 30),
        ("non-paying", "new", "Sold", 31),
        ("non-paying", "none", "Sold", 30),
        ("unavailable", "", "Sold", 30),
        ("anything else", "", "Sold", 30),
    ],
)
def test_cancelling_relists_or_not(reason: str, relist: str, status: str, left: int) -> None:
    """Only the automatic cancellation does by itself."""
    shop, path = sold()
    told = shop.control("cancel", {"order_id": "7203114-1", "reason": reason, "relist": relist})
    assert shop.listing(FIRST)["status"] == status
    assert len(shop.told("listings")["listings"]) == left
    assert len(told["relisted"]) == (1 if relist in {"", "new"} and reason == "non-paying" else 0)
    assert shop.get(path).json()["status"].startswith("Cancelled (")
    assert shop.client.post("/_sandbox/cancel", json={"order_id": "7203114-1"}).status_code == 409


def test_merged_orders_become_one() -> None:
    """The items move, the old ones stay as Merged."""
    shop, path = sold()
    shop.control("buy", {"listing_id": NEXT})
    merged = shop.control("merge", {"order_ids": ["7203114-1", "7203114-2"]})
    whole = shop.get(f"/marketplace/orders/{merged['order_id']}").json()
    assert (merged["order_id"], [item["id"] for item in whole["items"]]) == ("7203114-3", [FIRST, NEXT])
    assert shop.get(path).json()["status"] == "Merged"
    assert shop.get(path).json()["next_status"] == []


def test_one_order_of_several_records_may_lose_one() -> None:
    """Order Changed."""
    shop, path = sold(also=[NEXT])
    shop.control("order", {"order_id": "7203114-1", "drop": NEXT})
    order = shop.get(path).json()
    assert (order["status"], [item["id"] for item in order["items"]]) == ("Order Changed", [FIRST])


def test_items_keep_their_price_after_an_edit() -> None:
    """What was bought is what was shown then."""
    shop, path = sold()
    before = shop.get(path).json()["items"]
    shop.control("end", {"listing_id": FIRST})
    assert shop.get(path).json()["items"] == before
