"""An Etsy shop with variations, imported whole, sold from, and read again: stock and offers stay in step."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection as database
from django.test import Client

from instica.connections.models import Connection
from instica.connections.session import ShopSession
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.imports import queries, services
from instica.imports.models import Job, Row, RowStatus
from instica.inventory.models import Item
from instica.listings.models import Listing, Offer
from instica.orders.models import Line, Order, Settled
from instica.people.models import User
from instica.sync import services as sync
from instica.sync.models import Event
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.features.importing import patiently
from tests.shops import Shops

SECRET = "whsec_c2VjcmV0"
pytestmark = pytest.mark.django_db(transaction=True)


def imported(person: User) -> Job:
    return patiently(services.quick(organization=builders.house(person), marketplace="etsy", user=person))


def odd(shop: Shops, what: str) -> int:
    found = next(row["listing_id"] for row in shop.control("etsy", "shop")["odd"] if row["odd"] == what)
    assert isinstance(found, int)
    return found


def test_every_variation_is_an_item_and_a_sale_lowers_the_right_one(shop: Shops, person: User) -> None:
    connection = shop("etsy", listings=60)
    sync.start(connection=connection)
    job = imported(person)
    assert queries.progress(job).status == "completed"
    assert job.found == job.imported + job.skipped + job.failed + job.conflicted == 60 + 19 + 99
    assert Row.objects.filter(job=job, status=RowStatus.FAILED).count() == 3
    number = odd(shop, "variations")
    offers = Offer.objects.filter(listing__remote_id=str(number)).order_by("uid")
    assert (len(offers), len({offer.item_id for offer in offers})) == (20, 20)
    sold = next(offer for offer in offers if offer.remote_id == "513=A4|514=Oak")
    before = dict(Item.objects.values_list("uid", "quantity"))
    with time_machine.travel(now() + dt.timedelta(minutes=30)):
        shop.control("etsy", "buy", {"listing_id": number, "product": 5, "quantity": 2})
        while sync.poll(connection=connection, connector=connector_for(connection, "stock")):
            pass
    (line,) = Line.objects.all()
    assert (line.settled, line.offer_id, line.quantity) == (Settled.MOVED, sold.uid, 2)
    after = dict(Item.objects.values_list("uid", "quantity"))
    assert {uid: (before[uid], after[uid]) for uid in after if before[uid] != after[uid]} == {
        sold.item_id: (sold.agreed_quantity, (sold.agreed_quantity or 0) - 2)
    }


def test_importing_twice_changes_nothing(shop: Shops, person: User) -> None:
    shop("etsy", listings=60)
    imported(person)
    before = (Item.objects.count(), Offer.objects.count(), Listing.objects.count())
    again = imported(person)
    assert (Item.objects.count(), Offer.objects.count(), Listing.objects.count()) == before
    assert again.imported == 0


def test_a_delivery_at_the_door_is_proven_stored_once_and_leads_to_the_order(
    shop: Shops, person: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = shop("etsy", listings=30)
    monkeypatch.setenv("INSTICA_ETSY_WEBHOOK_SECRET", SECRET)
    sync.start(connection=connection)
    shop.control("etsy", "webhooks", {"secret": SECRET, "topics": ["order.paid"]})
    shop.control("etsy", "faults", [{"match": "*", "do": "webhook:twice"}])
    number = next(
        row["listing_id"] for row in shop.control("etsy", "listings")["listings"] if row["status"] == "active"
    )
    order = shop.control("etsy", "buy", {"listing_id": number})["order_id"]
    for delivery in shop.control("etsy", "webhooks")["outbox"]:
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in delivery["headers"].items()}
        post = {"data": delivery["body"], "content_type": "application/json", **headers}
        assert client.post("/webhooks/etsy/", **post).status_code == 200
        assert client.post("/webhooks/etsy/", **{**post, "data": delivery["body"] + " "}).status_code == 401
    assert list(Event.objects.values_list("topic", "object_id", "connection")) == [
        ("order.paid", str(order), connection.uid)
    ]
    run_until_idle()
    assert Order.objects.get().remote_id == str(order)


def test_a_refresh_token_that_works_once_is_used_once_by_eight_callers(shop: Shops) -> None:
    connection = shop("etsy", listings=5)
    Connection.objects.filter(uid=connection.uid).update(expires_at=now())
    told: list[str] = []

    def call() -> None:
        try:
            session = ShopSession(Connection.objects.get(uid=connection.uid), "stock")
            told.append(session.grant().secrets["access_token"].reveal())
        except Exception as error:
            told.append(repr(error))
        finally:
            database.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(told), len(set(told))) == (8, 1)
    assert connector_for(connection, "stock").shop().username == "GreenStreetPrints"
    calls = [row["call"] for row in shop.control("etsy", "requests")["requests"]]
    assert calls.count("POST /v3/public/oauth/token") == 1
    connection.refresh_from_db()
    assert connection.secrets["refresh_token"].reveal() != "48210077.sandbox-refresh"
