"""What other programs are told about imports, orders and stock: in the same transaction, in the documented form."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.core.money import Money
from instica.imports import services as imports
from instica.imports.models import Job
from instica.inventory import stock
from instica.kit.types import Ref
from instica.listings import drifting, observing, standing, telling
from instica.listings import services as listings
from instica.listings.models import Listing
from instica.listings.wishes import By
from instica.notices.kinds import KINDS, example, schema
from instica.notices.models import Message
from instica.orders import services as orders
from instica.orders.models import Order
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests.features import importing
from tests.features.hooking import bodies, endpoint
from tests.features.listing import confirmed, item_for, worked
from tests.features.pretend import order
from tests.features.receiver import receiving
from tests.features.selling import HOUR, offered
from tests.shops import Shops


@pytest.fixture
def listening(person: User) -> None:
    """A program of Ada's listens to everything; it cannot be reached, which changes nothing of what is told."""
    endpoint(person, "https://192.0.2.1.example.invalid/hooks")


def kinds() -> list[str]:
    """What was told, in its order."""
    for row in Message.objects.all():
        jsonschema.validate(json.loads(row.body), schema(row.type))
        assert len(row.body.encode()) < 20_000
    return list(Message.objects.order_by("at", "uid").values_list("type", flat=True))


def test_every_kind_has_a_true_example() -> None:
    for name in KINDS:
        jsonschema.validate(example(name), schema(name))


def test_an_import(listening: None, pretend: Connection) -> None:
    job = importing.brought(pretend, importing.listing())
    assert kinds() == ["import.completed"]
    assert bodies("import.completed")[0] | {"sequence": 0} == {
        "uid": job.public_id,
        "platform": "pretend",
        "seller_account_uid": pretend.public_id,
        "status": "completed",
        "found": 1,
        "imported": 1,
        "skipped": 0,
        "failed": 0,
        "conflicted": 0,
        "link": f"http://localhost:8000/api/v1/marketplace/import/jobs/{job.public_id}/",
        "sequence": 0,
    }
    imports.undo(job=Job.objects.get())
    run_until_idle()
    assert kinds()[1:] == ["import.undone"]
    again = imports.create(organization=pretend.organization, connection=pretend, user=None)
    imports.cancel(job=again)
    assert (kinds()[2:], bodies("import.failed")[0]["status"]) == (["import.failed"], "failed")


def test_an_order_and_its_stock(listening: None, pretend: Connection) -> None:
    offer = offered(pretend)
    assert offer.item
    Message.objects.all().delete()
    sold = order("1", "L1", total=Money(3499, "USD"))
    for _ in range(2):
        orders.take_in(connection=pretend, orders=[sold])
    row = Order.objects.get()
    assert kinds() == ["stock.changed", "order.created"]
    assert bodies("stock.changed")[0] | {"sequence": 0} == {
        "uid": offer.item.public_id,
        "sku": "",
        "quantity": 0,
        "change": -1,
        "cause": "sale",
        "link": f"http://localhost:8000/api/v1/inventory/{offer.item.public_id}/",
        "sequence": 0,
    }
    assert bodies("order.created")[0] | {"sequence": 0} == {
        "uid": row.public_id,
        "platform": "pretend",
        "seller_account_uid": pretend.public_id,
        "marketplace_order_id": "1",
        "status": "paid",
        "total": "34.99",
        "currency": "USD",
        "missing": 0,
        "link": f"http://localhost:8000/api/v1/orders/{row.public_id}/",
        "sequence": 0,
    }


def test_how_an_order_goes_on(listening: None, pretend: Connection) -> None:
    offered(pretend)
    old = pretend.connected_at - HOUR
    orders.take_in(connection=pretend, orders=[order("0", "L0", at=old), order("1", "L1")])
    assert [row["marketplace_order_id"] for row in bodies("order.created")] == ["1"]
    Message.objects.all().delete()
    for status, state in (("Packed", "paid"), ("Sent", "shipped"), ("Cancelled", "cancelled")):
        orders.take_in(connection=pretend, orders=[order("1", "L1", status=status, state=state)])
    orders.take_in(connection=pretend, orders=[order("0", "L0", at=old, status="Sent", state="shipped")])
    assert kinds() == ["order.updated", "order.shipped", "stock.changed", "order.cancelled", "order.shipped"]


def test_what_was_sold_twice(listening: None, pretend: Connection, person: User) -> None:
    offer = offered(pretend)
    other = Connection.objects.create(
        organization=pretend.organization, marketplace="pretend", remote_id="8", username="second"
    )
    offered(other, "M1", item=offer.item)
    Message.objects.all().delete()
    orders.take_in(connection=pretend, orders=[order("1", "L1")])
    orders.take_in(connection=other, orders=[order("2", "M1")])
    assert kinds() == ["stock.changed", "order.created", "order.oversold", "order.created"]
    assert [row["missing"] for row in bodies("order.oversold")] == [1]
    assert [row["missing"] for row in bodies("order.created")] == [0, 1]


def test_a_person_counts(listening: None, pretend: Connection) -> None:
    item = offered(pretend).item
    assert item
    Message.objects.all().delete()
    for quantity in (3, None, 0):
        item = stock.count(item=item, quantity=quantity, note="", actor="Ada")
    assert [(row["quantity"], row["change"]) for row in bodies("stock.changed")] == [(3, 2), (0, -3), (None, 0), (0, 0)]


def test_nobody_listens(pretend: Connection, person: User) -> None:
    offered(pretend)
    orders.take_in(connection=pretend, orders=[order("1", "L1")])
    importing.brought(pretend, importing.listing("7"))
    assert not Message.objects.exists()


def test_a_listing(shop: Shops, person: User, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    connection = confirmed(shop("discogs", listings=20))
    item = item_for(connection)
    with receiving() as receiver, time_machine.travel(now(), tick=True) as clock:
        endpoint(person, receiver.url, [kind for kind in KINDS if kind.startswith("listing.")])
        page = listings.list_item(item=item, connection=connection, by=By())
        worked(clock)
        page.refresh_from_db()
        assert [json.loads(came.body)["type"] for came in receiver.came] == ["listing.live"]
        assert bodies("listing.live")[0] | {"sequence": 0} == {
            "uid": page.public_id,
            "platform": "discogs",
            "seller_account_uid": connection.public_id,
            "listing_id": page.remote_id,
            "inventory_item_uid": item.public_id,
            "state": "live",
            "problem": None,
            "differs": None,
            "link": f"http://localhost:8000/api/v1/inventory/{item.public_id}/listings/",
            "sequence": 0,
        }
        listings.list_item(item=item, connection=connection, price=Money(9900, "USD"), by=By())
        worked(clock)
        shop.control("discogs", "edit", {"listing_id": page.remote_id, "price": "12.00"})
        remote = connector_for(connection, "stock").listing(Ref(page.remote_id))
        observing.observe(page=page.pk, remote=remote, asked_at=now(), whole=True)
        drifting.resolve(page=page, resolution="theirs", actor="Ada")
        listings.delist(item=item, connections=[connection], by=By())
        worked(clock)
        for _ in range(2):
            observing.gone(page=page.pk)
    assert kinds() == ["listing.live", "listing.updated", "listing.drifted", "listing.ended"]
    assert [bodies(kind)[0]["differs"] for kind in kinds()] == [None, None, "price", None]


def test_a_listing_that_is_refused_or_gone(listening: None, pretend: Connection) -> None:
    importing.brought(pretend, importing.listing("7"))
    page = Listing.objects.select_related("connection").get()
    for _ in range(2):
        observing.gone(page=page.pk)
    (row,) = standing.of([page])
    page.problem = {"step": "publish", "message": "Title is too long"}
    telling.refused(row, "publish")
    telling.lost(row)
    assert [kind for kind in kinds() if kind.startswith("listing.")] == [
        "listing.ended",
        "listing.refused",
        "listing.unclear",
    ]
    assert bodies("listing.refused")[0]["problem"] == "Title is too long"
