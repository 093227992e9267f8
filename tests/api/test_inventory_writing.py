"""Items made, changed, counted and deleted through the API: shapes, refusals, and what did not happen."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection as database

from instica.catalog.models import Product
from instica.connections.models import Connection
from instica.inventory import services
from instica.inventory.models import Cause, Item, Move, Tally
from instica.inventory.queries import unexplained_balances
from instica.listings.models import Listing, Offer
from instica.orders import services as orders
from instica.people import services as people
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, is_problem
from tests.features.pretend import order

NEW = {
    "product": {"title": "Kind of Blue", "artist": "Miles Davis", "year": 1959, "tags": ["jazz"]},
    "condition_item": "near_mint",
    "condition_container": "vg_plus",
    "price_item": "36.50",
    "price_shipping": "4.00",
    "manual_sku": "K-1",
    "quantity": 2,
}


def made(api: Api, **more: Any) -> dict[str, Any]:
    """An item the API made."""
    answer = api.post("inventory/", NEW | more)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def moves(uid: str) -> list[tuple[int, str, str]]:
    """The ledger of an item."""
    rows = [row for row in Move.objects.order_by("uid") if row.item.public_id == uid]
    return [(row.delta, row.cause, row.note) for row in rows]


def test_an_item_is_made_with_its_product_and_its_first_move(api: Api) -> None:
    answer = api.post("inventory/", NEW)
    body = answer.json()
    assert answer.status_code == 201
    assert [body[key] for key in ("title", "status", "quantity", "currency", "price_total_usd", "price_item")] == (
        ["Kind of Blue - NM", "ready-to-sell", 2, "USD", "40.50", "36.50"]
    )
    assert body["product"]["artist"]["name"] == "Miles Davis"
    read = api.get(f"inventory/{body['uid']}/")
    assert (read.json(), read["ETag"]) == (body, answer["ETag"])
    assert moves(body["uid"]) == [(2, Cause.PERSON, "")]
    product = api.get(f"products/{body['product']['uid']}/").json()
    assert [product[key] for key in ("year", "tags", "total_inventory_count", "available_inventory_count")] == (
        [1959, ["jazz"], 1, 1]
    )
    second = api.post("inventory/", {"product_uid": product["uid"], "quantity": None, "name": "Signed"}).json()
    assert (second["title"], second["quantity"], moves(second["uid"])) == ("Signed", None, [])
    assert Tally.objects.values_list("items", "products").get() == (2, 1)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/product_uid"]),
        (NEW | {"product_uid": "prod_x"}, ["#/product_uid"]),
        ({"product_uid": "prod_01h455vb4pex5vsknk084sn02q"}, ["#/product_uid"]),
        ({"product": {"title": ""}}, ["#/product/title"]),
        (NEW | {"condition_item": "superb", "quantity": -1}, ["#/condition_item", "#/quantity"]),
        (NEW | {"condition_item": "generic"}, ["#/condition_item"]),
        (NEW | {"price_item": 36.5}, ["#/price_item"]),
        (NEW | {"price_item": "36.505"}, ["#/price_item"]),
        (NEW | {"price_item_usd": "1.00"}, ["#/price_item", "#/price_item_usd"]),
        (NEW | {"currency": "XXX"}, ["#/currency"]),
        (NEW | {"currency": "EUR", "price_item_usd": "36.50"}, ["#/price_item_usd"]),
        (NEW | {"status": "listed"}, ["#/status"]),
        (NEW | {"status": "sold"}, ["#/status"]),
        (NEW | {"product": {"title": "X", "year": 12}}, ["#/year"]),
        (NEW | {"qantity": 1}, ["#/qantity"]),
    ],
)
def test_what_cannot_be_makes_nothing(api: Api, body: dict[str, Any], pointers: list[str]) -> None:
    problem = is_problem(api.post("inventory/", body), 400)
    assert sorted(each["pointer"] for each in problem["errors"]) == pointers
    assert (Item.objects.count(), Product.objects.count(), Move.objects.count()) == (0, 0, 0)


def test_one_sku_sells_one_item(api: Api) -> None:
    first = made(api)
    problem = is_problem(api.post("inventory/", NEW), 400, "sku_taken")
    assert problem["errors"] == [
        {"detail": f"{first['uid']} (Kind of Blue - NM) has this SKU.", "pointer": "#/manual_sku"}
    ]
    assert (Item.objects.count(), Product.objects.count()) == (1, 1)
    other = made(api, manual_sku="K-2")
    is_problem(api.call("PATCH", f"inventory/{other['uid']}/", {"manual_sku": "K-1"}), 400, "sku_taken")
    assert Item.objects.filter(sku="K-1").count() == 1


def test_without_a_subscription_nothing_is_made(api: Api) -> None:
    people.end_subscription(organization=api.organization)
    is_problem(api.post("inventory/", NEW), 402, "subscription_required")
    assert Item.objects.count() == 0


def test_a_repeated_call_makes_one_item(api: Api) -> None:
    first = api.post("inventory/", NEW, idempotency_key="one")
    again = api.post("inventory/", NEW, idempotency_key="one")
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert Item.objects.count() == 1


def test_only_what_is_sent_changes(api: Api) -> None:
    item = made(api)
    path = f"inventory/{item['uid']}/"
    body = api.call("PATCH", path, {"price_item_usd": "30.00", "location": "Shelf 3", "name": "Blue"}).json()
    changed = {name for name in item if item[name] != body[name]} - {"updated"}
    assert changed == {"price_total_usd", "price_item_usd", "price_total", "price_item", "location", "name", "title"}
    assert (body["price_item"], body["title"]) == ("30.00", "Blue")
    whole = api.call("PATCH", path, body | {"price_item": "31.00"}).json()
    assert (whole["price_item"], whole["price_item_usd"]) == ("31.00", "31.00")
    none = api.call("PATCH", path, {"name": None, "manual_description": None, "price_item": None}).json()
    assert (none["title"], none["price_total"], none["manual_description"]) == ("Kind of Blue - NM", None, None)
    assert api.get("inventory/?search=blue+shelf").json()["count"] == 0
    before = Item.objects.get()
    assert api.call("PATCH", path, none).json() == none
    assert Item.objects.get().version == before.version


def test_money_never_changes_its_currency_unasked(api: Api) -> None:
    path = f"inventory/{made(api)['uid']}/"
    problem = is_problem(api.call("PATCH", path, {"currency": "EUR"}), 400)
    assert problem["errors"][0]["pointer"] == "#/price_item"
    is_problem(api.call("PATCH", path, {"currency": "EUR", "price_item": "30.00"}), 400)
    body = api.call("PATCH", path, {"currency": "JPY", "price_item": "3000", "price_shipping": "0"}).json()
    assert (body["price_item"], body["price_item_usd"], body["currency"]) == ("3000.00", None, "JPY")


def test_a_stale_change_changes_nothing(api: Api) -> None:
    item = made(api)
    path = f"inventory/{item['uid']}/"
    read = api.get(path)["ETag"]
    first = api.call("PATCH", path, {"price_item": "10.00", "quantity": 3}, if_match=read)
    assert first.status_code == 200
    for method, body in (("PATCH", {"price_item": "20.00", "quantity": 9}), ("DELETE", None)):
        is_problem(api.call(method, path, body, if_match=read), 412, "changed_since_read")
    assert api.get(path).json() == first.json()
    assert [delta for delta, *_ in moves(item["uid"])] == [2, 1]
    assert api.call("PATCH", path, {"price_item": "20.00"}, if_match=first["ETag"]).status_code == 200
    assert api.call("DELETE", path, if_match="*").status_code == 204


def test_the_quantity_is_a_move(api: Api) -> None:
    item = made(api)
    path = f"inventory/{item['uid']}/"
    problem = is_problem(api.post(f"{path}stock/", {"delta": -3}), 409, "not_enough_stock")
    assert (problem["quantity"], moves(item["uid"])) == (2, [(2, "person", "")])
    api.call("PATCH", path, {"quantity": 5, "reason": "Found a box"})
    api.call("PATCH", path, {"quantity": 5})
    api.call("PATCH", path, {"quantity": None})
    assert Item.objects.get().quantity is None
    body = api.call("PATCH", path, {"quantity": 1}).json()
    assert (body["quantity"], body["status"]) == (1, "ready-to-sell")
    assert moves(item["uid"]) == (
        [
            (2, "person", ""),
            (3, "person", "Found a box"),
            (-5, "person", "Made to order from now on"),
            (1, "person", ""),
        ]
    )
    assert unexplained_balances() == 0


def test_a_status_that_follows_is_not_set(api: Api) -> None:
    path = f"inventory/{made(api)['uid']}/"
    for status in ("listed", "sold"):
        is_problem(api.call("PATCH", path, {"status": status}), 400)
    assert api.call("PATCH", path, {"status": "archived"}).json()["status"] == "archived"
    Item.objects.update(status="listed")
    is_problem(api.call("PATCH", path, {"status": "draft"}), 409, "item_listed")
    assert Item.objects.get().status == "listed"


def test_deleting_keeps_what_happened(api: Api) -> None:
    item = made(api)
    path, product = f"inventory/{item['uid']}/", f"products/{item['product']['uid']}/"
    problem = is_problem(api.call("DELETE", product), 409, "product_has_items")
    assert problem["items"] == [item["uid"]]
    assert api.call("DELETE", path).status_code == 204
    for gone in (api.get(path), api.call("PATCH", path, {}), api.call("DELETE", path)):
        is_problem(gone, 404)
    assert api.get("inventory/").json()["results"] == []
    assert api.get(product).json()["total_inventory_count"] == 0
    assert api.call("DELETE", product).status_code == 204
    assert api.get("products/").json() == {"count": 0, "next": None, "previous": None, "results": []}
    assert Tally.objects.values_list("items", "products").get() == (0, 0)
    assert [(row.delta, row.item.hidden_at is None) for row in Move.objects.all()] == [(2, False)]
    assert unexplained_balances() == 0
    assert made(api)["uid"] != item["uid"]


def test_its_pages_hear_of_a_change(api: Api, pretend: Connection) -> None:
    item = builders.item(api.organization, quantity=0)
    services.move(item=item, delta=2, cause=Cause.PERSON, reference="first")
    page = builders.offer(item, pretend, remote_id="77").listing
    Task.objects.all().delete()
    path = f"inventory/{item.public_id}/"
    api.call("PATCH", path, {"price_item": "20.00"})
    assert list(Task.objects.values_list("kind", "key")) == [("item.changed", str(item.pk))]
    Task.objects.all().delete()
    api.post(f"{path}stock/", {"quantity": 0, "reason": "Broken"})
    page.refresh_from_db()
    assert page.asked_by == "person"
    assert Task.objects.filter(lane__startswith=f"shop:{pretend.pk}").exists()


def test_what_is_for_sale_or_awaited_is_not_deleted(api: Api, pretend: Connection) -> None:
    item = builders.item(api.organization, quantity=1)
    Move.objects.create(organization=api.organization, item=item, delta=1, cause="person", reference="first")
    page = builders.offer(item, pretend, remote_id="77").listing
    path = f"inventory/{item.public_id}/"
    problem = is_problem(api.call("DELETE", path), 409, "item_listed")
    assert problem["listings"] == [page.public_id]
    Listing.objects.update(seen="ended", wanted="ended")
    orders.take_in(connection=pretend, orders=[order("1", "77")])
    waiting = is_problem(api.call("DELETE", path), 409, "item_awaited")
    assert len(waiting["orders"]) == 1
    assert (Item.objects.count(), Offer.objects.get().item) == (1, item)
    orders.take_in(connection=pretend, orders=[order("1", "77", state="completed", status="Done")])
    assert api.call("DELETE", path).status_code == 204
    assert (Item.objects.count(), Offer.objects.get().item, Listing.objects.get().wanted) == (0, None, "draft")
    orders.take_in(connection=pretend, orders=[order("1", "77", state="cancelled", status="Cancelled")])
    row = Item.every.get()
    assert (row.quantity, row.status, unexplained_balances()) == (1, "archived", 0)


@pytest.mark.django_db(transaction=True)
def test_two_adjustments_at_once_both_count(api: Api) -> None:
    path = f"inventory/{made(api, quantity=10)['uid']}/"
    answers: list[int] = []

    def take(number: int) -> None:
        try:
            body = {"delta": -3, "reason": "sold by hand"} if number % 2 else {"delta": 1}
            own = Api(api.token, api.organization, api.row)
            answers.append(own.post(f"{path}stock/", body).status_code)
        finally:
            database.close()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    quantity = api.get(path).json()["quantity"]
    taken = answers.count(200) - 5
    assert (quantity, set(answers) <= {200, 409}) == (10 + 5 - 3 * taken, True)
    assert taken >= 4
    assert (Move.objects.count(), unexplained_balances()) == (1 + 5 + taken, 0)


def test_the_currency_of_what_is_for_sale_stays(api: Api) -> None:
    item = builders.item(api.organization, builders.product(api.organization), price=1000, status="listed")
    body = {"currency": "EUR", "price_item": "9.00"}
    is_problem(api.call("PATCH", f"inventory/{item.public_id}/", body), 409, "item_listed")
    item.refresh_from_db()
    assert (item.currency, item.price, item.version) == ("USD", 1000, 1)
