"""Imports beside sales: whoever comes second waits for the items and then sees what the first one did."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection as database

from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import linking, services, undo
from instica.imports import touched as touching
from instica.imports.apply import Applying
from instica.inventory.models import Item
from instica.listings import services as listings
from instica.listings.models import Offer
from instica.orders import services as orders
from instica.work.models import Task
from tests import builders
from tests.features.importing import balance, brought, listing, only, read
from tests.features.pretend import order

pytestmark = pytest.mark.django_db(transaction=True)
Beside = Callable[[Callable[[], Any]], None]


@pytest.fixture
def second(pretend: Connection) -> Connection:
    """Ada's other shop there."""
    known = {"organization": pretend.organization, "connected_by": pretend.connected_by}
    return Connection.objects.create(marketplace="pretend", remote_id="8", username="two", **known)


@pytest.fixture
def answers() -> list[Any]:
    """What the others answered or raised."""
    return []


@pytest.fixture
def beside(answers: list[Any]) -> Iterator[Beside]:
    """Do something in another thread, and give it the time to come as far as it can; at the end it must be over."""
    threads: list[threading.Thread] = []

    def one(doing: Callable[[], Any]) -> None:
        try:
            answers.append(doing())
        except Exception as error:
            answers.append(error)
        finally:
            database.close()

    def start(doing: Callable[[], Any]) -> None:
        threads.append(threading.Thread(target=one, args=(doing,)))
        threads[-1].start()
        threads[-1].join(0.5)

    start.threads = threads  # type: ignore[attr-defined]
    yield start
    over(start)


def over(beside: Beside) -> None:
    """Wait for the others."""
    for thread in beside.threads:  # type: ignore[attr-defined]
        thread.join(30)
        assert not thread.is_alive()


def sold(connection: Connection, *pages: str) -> int:
    """A sale of each page."""
    at = now() + dt.timedelta(seconds=30)
    return orders.take_in(connection=connection, orders=[order(f"o{page}", page, at=at) for page in pages])


def test_an_undo_and_a_sale(
    pretend: Connection, second: Connection, monkeypatch: pytest.MonkeyPatch, beside: Beside, answers: list[Any]
) -> None:
    brought(pretend, listing("1", sku="A"))
    job = brought(second, listing("91", sku="A"))
    services.undo(job=job)
    Task.objects.all().delete()
    real = touching.touched

    def touched(*known: Any) -> Any:
        found = real(*known)
        beside(lambda: sold(pretend, "1"))
        return found

    monkeypatch.setattr(undo, "touched", touched)
    undo.batch(job.uid)
    over(beside)
    item = Item.objects.get()
    assert (answers, item.status, balance(item)) == ([1], "sold", (0, 0))
    assert (only(job, "91").resolution, Offer.objects.count()) == ("undone", 1)


def test_a_status_and_a_link(
    pretend: Connection, monkeypatch: pytest.MonkeyPatch, beside: Beside, answers: list[Any]
) -> None:
    item = builders.item(pretend.organization, sku="A", name="Abbey Road", status="listed")
    job = read(pretend, listing("1", sku="A"))
    services.start(job=job)
    real = listings._live

    def live(items: Any) -> Any:
        found = list(real(items))
        monkeypatch.setattr(listings, "_live", real)
        beside(Applying(job.uid).batch)
        return found

    monkeypatch.setattr(listings, "_live", live)
    listings.restate([item.pk])
    over(beside)
    item.refresh_from_db()
    assert (answers, Offer.objects.get().item, item.status) == ([True], item, "listed")


def test_links_and_sales_in_opposite_order(
    pretend: Connection, second: Connection, monkeypatch: pytest.MonkeyPatch, beside: Beside, answers: list[Any]
) -> None:
    brought(pretend, listing("1", "First", sku="A"), listing("2", "Second", sku="B"))
    first, last = Item.objects.order_by("uid")
    pages = [("92", last), ("91", first)]
    job = read(second, *[listing(page, item.product.title, sku=item.sku) for page, item in pages])
    services.start(job=job)
    real = linking.link

    def link(**known: Any) -> Any:
        done = real(**known)
        monkeypatch.setattr(linking, "link", real)
        beside(lambda: sold(pretend, "1", "2"))
        return done

    monkeypatch.setattr(linking, "link", link)
    assert Applying(job.uid).batch() is True
    over(beside)
    assert answers == [2]
    assert [(item.status, item.quantity) for item in Item.objects.all()] == [("sold", 0), ("sold", 0)]
    assert Offer.objects.count() == 4
