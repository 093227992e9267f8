"""An eBay shop as shops are: auctions, many pieces, a hundred choices, five currencies, old orders, markup."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import time_machine
from django.test import Client

from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import services
from instica.imports.models import Job, Row
from instica.inventory.models import Item, Move
from instica.marketplaces.ebay.simulator.odd import SCRIPT
from instica.orders.models import Line, Order
from instica.people.models import User
from instica.sync import services as sync
from instica.sync.models import Event
from instica.work.engines.threads import run_until_idle
from instica.work.models import Schedule
from tests import builders
from tests.features.importing import settled
from tests.shops import Shops

DAY = dt.timedelta(days=1)


def odd(shop: Shops) -> dict[str, dict[str, Any]]:
    return {row["odd"]: row for row in shop.control("ebay", "shop")["odd"]}


def imported(person: User) -> Job:
    """Its details too."""
    job = services.quick(organization=builders.house(person), marketplace="ebay", user=person)
    run_until_idle()
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            clock.shift(10)
            run_until_idle()
    return settled(job)


def item(job: Job, number: object, part: str = "") -> Item:
    row = Row.objects.get(job=job, remote_id=str(number), part=part)
    assert row.status == "imported", (row.status, row.error_code, row.conflict_details)
    return Item.objects.get(pk=row.item)


def test_everything_a_shop_may_hold(shop: Shops, person: User, client: Client) -> None:
    shop("ebay", listings=60)
    what = odd(shop)
    yen = what["CAD"]["listing_id"]
    shop.control("ebay", "edit", {"listing_id": yen, "currency": "JPY", "price": "3500"})
    job = imported(person)
    pieces = {
        name: item(job, what[name]["listing_id"]).quantity for name in ("auction", "auction_without_bids", "many")
    }
    assert pieces == {"auction": 1, "auction_without_bids": 1, "many": 5}
    assert item(job, what["no_sku"]["listing_id"]).sku == ""
    prices = {item(job, what[code]["listing_id"]).currency for code in ("GBP", "EUR", "AUD")}
    assert (prices, item(job, yen).currency, item(job, yen).price) == ({"GBP", "EUR", "AUD"}, "JPY", 3500)
    tees = Item.objects.filter(offers__listing__remote_id=str(what["hundred_variations"]["listing_id"]))
    assert (tees.count(), len({tee.product_id for tee in tees}), len({tee.sku for tee in tees})) == (100, 1, 100)
    rows = {row.remote_id: row for row in Row.objects.filter(job=job, part="")}
    twin = rows[str(what["duplicate_sku"]["listing_id"])]
    assert (twin.status, twin.conflict_details) == (
        "conflict",
        f"SKU is also on listing {what['duplicate_sku']['twin']} of this shop",
    )
    assert rows[str(what["out_of_stock"]["listing_id"])].status == "skipped"
    assert str(what["ended"]["listing_id"]) not in rows
    faults = {rows[str(what[name]["listing_id"])].error_code for name in ("zero_price", "no_price", "missing_title")}
    assert faults == {"invalid_price", "missing_title"}
    marked = item(job, what["script"]["listing_id"])
    assert marked.description == SCRIPT
    client.force_login(person)
    page = client.get(f"/inventory/{marked.public_id}/").content.decode()
    assert ("Original pressing." in page, 'onclick="' in page, "<script>document.title" in page) == (True, False, False)


def test_ninety_days_of_old_orders_move_no_stock(shop: Shops, person: User) -> None:
    shop.open("ebay", listings=20)
    numbers = [row["listing_id"] for row in shop.control("ebay", "listings")["listings"] if row["status"] == "Active"]
    old = []
    for days, number in ((89, numbers[0]), (30, numbers[1]), (1, numbers[2])):
        with time_machine.travel(now() - DAY * days):
            old.append(shop.control("ebay", "buy", {"listing_id": number, "quantity": 1})["order_id"])
    here = shop("ebay")
    sync.start(connection=here)
    run_until_idle()
    imported(person)
    before = dict(Item.objects.values_list("uid", "quantity"))
    shop.control("ebay", "cancel", {"order_id": old[1], "reason": "buyer"})
    Schedule.objects.filter(kind="orders.poll").update(next_at=now())
    run_until_idle()
    assert (Order.objects.get().remote_id, Line.objects.get().allocated) == (old[1], 0)
    assert dict(Item.objects.values_list("uid", "quantity")) == before
    assert not Move.objects.exclude(cause="import").exists()


def test_what_is_told_of_a_shop_we_do_not_know_is_kept_and_changes_nothing(shop: Shops, client: Client) -> None:
    here = shop("ebay", listings=3)
    data = {"user": {"userId": "NobodyHere1"}, "order": {"orderId": "17-00000-00001", "orderLineItems": []}}
    for number, change in enumerate((data, {"user": {"userId": here.remote_id}, "order": {}})):
        told = {
            "metadata": {"topic": "ORDER_CONFIRMATION", "schemaVersion": "1.0"},
            "notification": {"notificationId": f"n-{number}", "data": change},
        }
        body = json.dumps(told)
        signature = shop.control("ebay", "sign", {"body": body})["x-ebay-signature"]
        post = {"data": body, "content_type": "application/json", "HTTP_X_EBAY_SIGNATURE": signature}
        assert client.post("/webhooks/ebay/", **post).status_code in (200, 204)
        assert client.post("/webhooks/ebay/", **{**post, "data": body + " "}).status_code in (401, 412)
    run_until_idle()
    assert list(Event.objects.order_by("event_id").values_list("account", "connection")) == [
        ("NobodyHere1", None),
        (here.remote_id, here.uid),
    ]
    assert (Order.objects.count(), Connection.objects.get().state) == (0, "connected")


def test_the_address_for_deleted_accounts_answers_the_challenge(shop: Shops, client: Client) -> None:
    shop.open("ebay", listings=1)
    answer = client.get("/webhooks/ebay/?challenge_code=abc")
    assert (answer.status_code, len(answer.json()["challengeResponse"])) == (200, 64)
