"""A record is sold there while its shop is imported: it is never offered again, whenever that happens."""

from __future__ import annotations

import datetime as dt

import pytest

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.imports import services
from instica.imports.models import Job
from instica.inventory.models import Item, Move
from instica.listings.models import Offer
from instica.orders import services as orders
from instica.orders.models import Line
from instica.people.models import User
from tests import builders
from tests.features.importing import counts, only, settled
from tests.shops import Shops

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs")


@pytest.fixture
def job(here: Connection, person: User) -> Job:
    return services.create(organization=builders.house(person), connection=here, user=person)


def record(shop: Shops) -> str:
    """A record on sale there."""
    rows = shop.control("discogs", "listings")["listings"]
    return str(next(one["listing_id"] for one in rows[20:] if one["status"] == "For Sale" and one["sku"]))


def poll(connection: Connection, job: Job) -> None:
    """Read the shop's orders."""
    page = connector_for(connection, "stock").orders(job.created - HOUR, None)
    orders.take_in(connection=connection, orders=page.rows)


def buy(shop: Shops, number: str) -> None:
    shop.control("discogs", "buy", {"listing_id": int(number), "quantity": 1})


def test_before_it_is_read(shop: Shops, here: Connection, job: Job) -> None:
    number = record(shop)
    buy(shop, number)
    services.start(job=job)
    poll(here, job)
    settled(job)
    assert (only(job, number).status, only(job, number).action) == ("skipped", "skip")
    assert [offer.item for offer in Offer.objects.filter(listing__remote_id=number)] == [None]
    assert list(Line.objects.values_list("listing_ref", "settled")) == [(number, "waiting")]


def test_between_reading_and_importing(shop: Shops, here: Connection, job: Job) -> None:
    number = record(shop)
    settled(job)
    buy(shop, number)
    poll(here, job)
    services.start(job=job)
    settled(job)
    item = Item.objects.get(offers__listing__remote_id=number)
    assert (item.status, item.quantity) == ("sold", 0)
    assert list(Line.objects.values_list("settled", "allocated")) == [("moved", 1)]
    assert sorted(item.moves.values_list("cause", "delta")) == [("import", 1), ("sale", -1)]
    assert (only(job, number).status, sum(counts(job))) == ("imported", 150)


def test_after_it_was_imported(shop: Shops, here: Connection, job: Job) -> None:
    number = record(shop)
    services.start(job=job)
    settled(job)
    buy(shop, number)
    poll(here, job)
    poll(here, job)
    item = Item.objects.get(offers__listing__remote_id=number)
    assert (item.status, item.quantity, Move.objects.filter(cause="sale").count()) == ("sold", 0, 1)
    services.undo(job=job)
    settled(job)
    assert only(job, number).error == "Kept: it was sold since"
    assert [one.pk for one in Item.objects.all()] == [item.pk]


def test_an_order_older_than_what_we_know_is_history(shop: Shops, here: Connection, job: Job) -> None:
    number = record(shop)
    settled(job)
    buy(shop, number)
    poll(here, job)
    Job.objects.update(walked=job.created + HOUR)
    services.start(job=job)
    settled(job)
    assert list(Line.objects.values_list("settled", "allocated")) == [("history", 0)]
    assert Item.objects.get(offers__listing__remote_id=number).quantity == 1
