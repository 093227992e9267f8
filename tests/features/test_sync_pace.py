"""Shops whose webhooks arrive are asked seldom; one that falls silent is asked often at once, and watched anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.sync import queries, services
from instica.work.engines.threads import run_until_idle
from instica.work.models import Schedule, Task
from tests.features import pretend as pretending
from tests.features.pretend import order
from tests.features.test_sync import deliver, event


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(now(), tick=False) as travelled:
        yield travelled


@pytest.fixture
def watched(pretend: Connection, clock: time_machine.Coordinates) -> Connection:
    """A shop with webhooks whose first round is over."""
    Connection.objects.update(watch={"orders": "hook-1"})
    services.start(connection=pretend)
    run_until_idle()
    clock.shift(10)
    return pretend


def rounds(connection: Connection) -> int:
    return queries.poll_intervals([connection])[connection.uid]


def test_rounds_are_seldom_once_a_webhook_came(watched: Connection) -> None:
    assert rounds(watched) == 30
    deliver([event()])
    run_until_idle()
    assert rounds(watched) == 120


def test_nothing_heard_for_a_day_proves_nothing(watched: Connection, clock: time_machine.Coordinates) -> None:
    deliver([event()])
    run_until_idle()
    clock.shift(dt.timedelta(days=1, seconds=1))
    run_until_idle()
    assert rounds(watched) == 30


def test_an_order_nobody_told_of(watched: Connection, clock: time_machine.Coordinates) -> None:
    deliver([event()])
    run_until_idle()
    clock.shift(200)
    pretending.THERE.orders = [order(at=now())]
    Schedule.objects.filter(kind="connection.watch").delete()
    services.poll(connection=watched, connector=connector_for(watched, "stock"))
    assert (rounds(watched), Task.objects.filter(kind="connection.watch").count()) == (30, 1)
    watched.refresh_from_db()
    assert watched.silent_since == now()
    deliver([event(event_id="e2")])
    watched.refresh_from_db()
    assert (watched.silent_since, watched.heard_at) == (None, now())


def test_an_order_that_was_told_of_is_no_silence(watched: Connection) -> None:
    pretending.THERE.orders = [order(at=now())]
    deliver([event()])
    run_until_idle()
    watched.refresh_from_db()
    assert (watched.silent_since, rounds(watched)) == (None, 120)


def test_a_shop_without_webhooks_is_not_called_silent(watched: Connection) -> None:
    Connection.objects.update(watch={})
    pretending.THERE.orders = [order(at=now())]
    services.poll(connection=watched, connector=connector_for(watched, "stock"))
    watched.refresh_from_db()
    assert (watched.silent_since, rounds(watched)) == (None, 30)
