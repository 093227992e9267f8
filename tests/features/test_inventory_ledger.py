"""Stock is the sum of its moves, each made once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection as database

from instica.inventory import services
from instica.inventory.models import Cause, Item, Move, Tally
from instica.inventory.standing import status
from instica.people.models import User
from tests import builders


@pytest.fixture
def item(person: User) -> Item:
    made = builders.item(builders.house(person), quantity=0, status="ready-to-sell")
    services.move(item=made, delta=3, cause=Cause.PERSON, reference="first")
    return made


def test_a_move_counts_once(item: Item) -> None:
    assert services.move(item=item, delta=-1, cause=Cause.SALE, reference="line", actor="discogs")
    assert not services.move(item=item, delta=-1, cause=Cause.SALE, reference="line")
    assert services.move(item=item, delta=1, cause=Cause.RETURN, reference="line")
    item.refresh_from_db()
    assert item.quantity == 3 == sum(item.moves.values_list("delta", flat=True))
    assert item.moves.get(cause="sale").actor == "discogs"


def test_the_last_sale(item: Item) -> None:
    services.move(item=item, delta=-3, cause=Cause.SALE, reference="line")
    assert (item.quantity, item.status) == (0, "sold")
    item.product.refresh_from_db()
    assert (item.product.items_available, item.product.items_total) == (0, 1)
    services.move(item=item, delta=1, cause=Cause.RETURN, reference="line")
    item.product.refresh_from_db()
    assert (item.quantity, item.status, item.product.items_available) == (1, "ready-to-sell", 1)


def test_unlimited_items_have_no_moves(person: User) -> None:
    made = builders.item(builders.house(person), quantity=None)
    assert not services.move(item=made, delta=-1, cause=Cause.SALE, reference="line")
    made.refresh_from_db()
    assert (made.quantity, Move.objects.count()) == (None, 0)


def test_recounting_repairs(item: Item) -> None:
    Item.objects.update(quantity=77)
    Tally.objects.update(items=9, products=9)
    item.product.items_total = 5
    item.product.save()
    services.recount(organization=item.organization)
    item.refresh_from_db()
    item.product.refresh_from_db()
    tally = Tally.objects.get()
    assert (item.quantity, item.product.items_total, tally.items, tally.products) == (3, 1, 1, 1)


@pytest.mark.parametrize(
    ("now", "quantity", "live", "sold", "then"),
    [
        ("draft", 1, True, False, "listed"),
        ("ready-to-sell", None, True, False, "listed"),
        ("listed", 1, False, False, "ready-to-sell"),
        ("sold", 1, False, False, "ready-to-sell"),
        ("sold", 1, True, False, "listed"),
        ("listed", 0, True, True, "sold"),
        ("sold", 0, False, False, "sold"),
        ("received", 2, False, False, "received"),
        ("archived", 2, False, False, "archived"),
    ],
)
def test_status(now: str, quantity: int | None, live: bool, sold: bool, then: str) -> None:
    assert status(now, quantity, live=live, sold=sold) == then


@pytest.mark.django_db(transaction=True)
def test_many_at_once(person: User) -> None:
    made = builders.item(builders.house(person), quantity=0)
    services.move(item=made, delta=50, cause=Cause.PERSON, reference="first")
    won: list[bool] = []

    def sell(reference: str) -> None:
        try:
            won.append(services.move(item=Item(pk=made.pk), delta=-1, cause=Cause.SALE, reference=reference))
        finally:
            database.close()

    threads = [threading.Thread(target=sell, args=(str(number % 10),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made.refresh_from_db()
    assert (won.count(True), made.quantity, Move.objects.count()) == (10, 40, 11)
