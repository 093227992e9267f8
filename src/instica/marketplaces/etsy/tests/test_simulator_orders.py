"""The simulator's orders, its control calls, and its webhooks over a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from instica.marketplaces.etsy.simulator import EtsySimulator
from instica.marketplaces.etsy.tests.visiting import SHOP, Visit, said, visit


def sold(shop: Visit, **more: Any) -> int:
    number = next(row["listing_id"] for row in shop.told("listings")["listings"] if row["status"] == "active")
    return int(shop.control("buy", {"listing_id": number, **more})["order_id"])


def count(shop: Visit, query: str) -> int:
    found: int = shop.get(f"{SHOP}/receipts?{query}").json()["count"]
    return found


def test_receipts_are_chosen_by_their_times_and_flags() -> None:
    shop = visit(odd=False)
    old, new = sold(shop, days_ago=10), sold(shop)
    now = shop.simulator.site.now()
    assert [count(shop, query) for query in ("", f"min_created={now - 86400}", f"max_created={now - 86400}")] == [
        2,
        1,
        1,
    ]
    assert [count(shop, f"was_{flag}=true") for flag in ("paid", "shipped", "canceled")] == [2, 0, 0]
    ascending = shop.get(f"{SHOP}/receipts?sort_on=created&sort_order=up").json()["results"]
    assert [row["receipt_id"] for row in ascending] == [old, new]
    assert shop.get(f"{SHOP}/receipts?min_created=5").status_code == 400


def test_a_cancellation_hides_from_what_changed_and_a_refund_from_everything() -> None:
    shop = visit(odd=False)
    number = sold(shop)
    since = shop.simulator.site.now() - 60
    assert count(shop, f"min_last_modified={since}") == 1
    shop.control("order", {"order_id": number, "refund": 100})
    row = shop.get(f"{SHOP}/receipts/{number}").json()
    assert (row["status"], row["refunds"][0]["amount"]["amount"]) == ("Partially Refunded", 100)
    shop.control("cancel", {"order_id": number})
    assert (count(shop, f"min_last_modified={since}"), count(shop, "was_canceled=true")) == (0, 1)
    assert shop.get(f"{SHOP}/receipts/{number}").json()["status"] == "Canceled"
    shop.control("switches", {"capital_status": False})
    assert shop.get(f"{SHOP}/receipts/{number}").json()["status"] == "canceled"


def test_a_cancellation_brings_pieces_back_only_when_asked_to() -> None:
    shop = visit(odd=False)
    before = shop.told("listings")
    shop.control("cancel", {"order_id": sold(shop)})
    assert shop.told("listings") != before
    shop.control("reset", {"listings": 30, "odd": False})
    shop.control("cancel", {"order_id": sold(shop), "restock": True})
    assert shop.told("listings") == before


def test_an_unknown_receipt_is_named() -> None:
    assert said(visit().get(f"{SHOP}/receipts/5")) == (
        *(404, "Could not find a Shop Receipt with receipt_id = 5 associated with shop_id = 21540033."),
    )


def test_tracking_mails_the_buyer_each_time() -> None:
    shop = visit(odd=False)
    number = sold(shop, buyer=1)
    sent = {"tracking_code": "1Z", "carrier_name": "ups"}
    for times in (1, 2):
        row = shop.call("POST", f"{SHOP}/receipts/{number}/tracking", json=sent).json()
        assert (row["status"], len(row["shipments"])) == ("Completed", times)
    assert shop.call("POST", f"{SHOP}/receipts/{number}/tracking", json={"tracking_code": "1Z"}).status_code == 400
    lines = shop.get(f"{SHOP}/receipts/{number}/transactions").json()["results"]
    assert lines == shop.get(f"{SHOP}/transactions").json()["results"]


def test_nothing_is_sold_that_is_not_there() -> None:
    shop = visit(odd=False)
    hidden = next(row["listing_id"] for row in shop.told("listings")["listings"] if row["status"] == "draft")
    for body in ({"listing_id": hidden}, {"listing_id": 5}):
        assert shop.client.post("/_sandbox/buy", json=body).status_code in (404, 409)
    assert shop.told("orders") == {"orders": []}


def test_the_control_interface_edits_and_ends() -> None:
    shop = visit(odd=False)
    number = shop.told("listings")["listings"][0]["listing_id"]
    shop.control("edit", {"listing_id": number, "title": "New", "price": "7.70", "sku": "S", "quantity": 4})
    row = next(row for row in shop.told("listings")["listings"] if row["listing_id"] == number)
    assert (row["title"], row["price"], row["sku"], row["quantity"]) == ("New", "7.70", "S", 4)
    for how, state in (("deactivate", "inactive"), ("expire", "expired"), ("delete", "deleted")):
        assert shop.control("end", {"listing_id": number, "how": how})["status"] == state
    assert shop.client.post("/_sandbox/edit", json={"listing_id": number, "title": "x"}).status_code == 404
    assert shop.client.post("/_sandbox/add", json={"sizes": ["S", "L"], "sku": "A"}).status_code == 200
    wrong = {"listing_id": shop.told("listings")["listings"][0]["listing_id"], "colour": "red"}
    assert shop.client.post("/_sandbox/edit", json=wrong).status_code == 400


def test_a_visitor_buys_on_the_page() -> None:
    shop = visit(odd=False)
    row = next(row for row in shop.told("listings")["listings"] if row["status"] == "active")
    page = shop.client.get(f"/listing/{row['listing_id']}")
    assert row["title"].split(",")[0] in page.text
    assert "Buy it now" in page.text
    assert shop.client.post(f"/listing/{row['listing_id']}").status_code == 201
    assert len(shop.told("orders")["orders"]) == 1


@pytest.mark.parametrize("size", [100_000])
def test_a_large_shop_is_made_at_once_and_read_a_page_at_a_time(size: int) -> None:
    shop = visit(size, odd=False)
    started = time.monotonic()
    for offset in range(0, 2_000, 100):
        page = shop.get(f"{SHOP}/listings?limit=100&offset={offset}&includes=Images,Inventory")
        assert len(page.json()["results"]) == 100
    assert time.monotonic() - started < 10
    assert len(shop.simulator.site.owner.inventory.changed) == 0


class Door(BaseHTTPRequestHandler):
    """An endpoint that fails at first."""

    heard: list[tuple[str, bytes]]
    answers: list[int]

    def do_POST(self) -> None:
        """Note the delivery."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.headers["webhook-id"], body))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Quiet."""


@contextmanager
def listening(*answers: int) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    heard: list[tuple[str, bytes]] = []
    handler = type("Handler", (Door,), {"heard": heard, "answers": list(answers)})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/webhooks/etsy/", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def eventually(simulator: EtsySimulator, heard: list[Any], number: int) -> None:
    end = time.monotonic() + 5
    while len(heard) < number and time.monotonic() < end:
        time.sleep(0.02)
    simulator.reset(listings=0)
    assert len(heard) == number


def test_webhooks_are_delivered_in_the_background_and_again_after_a_failure() -> None:
    shop = visit(odd=False)
    with listening(500) as (url, heard):
        shop.control("webhooks", {"url": url, "secret": "whsec_c2VjcmV0", "topics": ["order.paid"]})
        number = sold(shop)
        end = time.monotonic() + 5
        while not heard and time.monotonic() < end:
            time.sleep(0.02)
        shop.control("clock", {"advance": 6})
        eventually(shop.simulator, heard, 2)
    assert heard[0] == heard[1]
    assert str(number).encode() in heard[0][1]
