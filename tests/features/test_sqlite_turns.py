"""Writers of one process take turns: a thread that writes batch after batch starves nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connections, transaction

from instica.notices.models import Notice
from instica.people.models import User
from instica.project.sqlite.turns import Turns
from tests import builders

ROUNDS = 8


@pytest.fixture
def threads() -> Iterator[Callable[..., threading.Thread]]:
    """Start threads; they are waited for and their connections closed."""
    started: list[threading.Thread] = []

    def start(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            finally:
                connections.close_all()

        started.append(threading.Thread(target=run))
        started[-1].start()
        return started[-1]

    yield start
    for thread in started:
        thread.join(20)


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_busy_writer_lets_others_in(threads: Callable[..., threading.Thread], person: User, inside: bool) -> None:
    house = builders.house(person)
    order: list[str] = []
    both = threading.Barrier(2)

    def busy() -> None:
        both.wait()
        for number in range(ROUNDS):
            with transaction.atomic():
                Notice.objects.create(organization=house, key=f"busy{number}", title="Busy")
                time.sleep(0.03)
                order.append("busy")

    def modest() -> None:
        both.wait()
        time.sleep(0.01)
        for number in range(3):
            if inside:
                with transaction.atomic():
                    Notice.objects.create(organization=house, key=f"modest{number}", title="Modest")
            else:
                Notice.objects.filter(key=f"busy{number}").update(title="Modest")
            order.append("modest")

    for thread in (threads(busy), threads(modest)):
        thread.join(20)
    assert (order.count("busy"), order.count("modest")) == (ROUNDS, 3)
    assert order.index("modest") <= 2, "it waits for the batch under way and no longer"


def test_turns_go_to_whoever_waits_longest(threads: Callable[..., threading.Thread]) -> None:
    turns, order = Turns(), []
    assert turns.take()
    for name in "abc":
        threads(lambda name=name: (turns.take(), order.append(name), turns.give()))
        time.sleep(0.05)
    turns.give()
    time.sleep(0.3)
    assert order == ["a", "b", "c"]


def test_who_waits_in_vain_is_told_and_loses_nothing() -> None:
    turns = Turns()
    assert turns.take()
    refused: list[bool] = []
    waiter = threading.Thread(target=lambda: refused.append(turns.take(patience=0.05)))
    waiter.start()
    waiter.join(5)
    assert refused == [False]
    turns.give()
    assert turns.take(patience=0.05)


def test_the_turn_of_a_thread_that_died_goes_on() -> None:
    turns = Turns()
    dead = threading.Thread(target=turns.take)
    dead.start()
    dead.join(5)
    assert turns.take(patience=5)
