"""Webhook subscriptions: made once, made anew when lost, given back, and no harm where there are none."""

from __future__ import annotations

from typing import Any

import pytest

from instica.connections import watching
from instica.connections.forgetting import disconnect
from instica.connections.models import Connection, State
from instica.work.engines.threads import run_until_idle
from instica.work.models import Schedule, Task
from instica.work.queue import enqueue
from tests.features import pretend as pretending
from tests.features.pretend import MANIFEST

HOOK = "https://hub.example.com/webhooks/pretend/"


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    """The hub has an address that marketplaces reach."""
    settings.SITE_URL = "https://hub.example.com"


def look(connection: Connection) -> None:
    """One round of looking after the subscriptions."""
    enqueue("connection.watch", str(connection.uid), lane=f"shop:{connection.uid}:read")
    run_until_idle()
    connection.refresh_from_db()


def test_a_shop_is_watched_from_connecting_on(pretend: Connection) -> None:
    watching.start(pretend)
    assert Schedule.objects.filter(kind="connection.watch", key=str(pretend.uid)).values_list("seconds").get() == (
        21600,
    )
    run_until_idle()
    pretend.refresh_from_db()
    assert (pretending.THERE.watched, pretend.watch) == ({"hook-1": HOOK}, {"orders": "hook-1"})
    assert pretend.watch_until is not None


def test_what_stands_is_kept_and_what_was_lost_is_made_anew(pretend: Connection) -> None:
    look(pretend)
    look(pretend)
    assert pretending.THERE.watched == {"hook-1": HOOK}
    pretending.THERE.watched = {"somebody": "https://else.example/"}
    look(pretend)
    assert (pretending.THERE.watched["hook-2"], pretend.watch) == (HOOK, {"orders": "hook-2"})


def test_a_refusal_is_said_and_polling_goes_on(pretend: Connection) -> None:
    pretending.THERE.refuses_webhooks = True
    look(pretend)
    assert (pretend.watch, pretend.watch_trouble) == ({}, "Webhooks are for larger sellers")
    assert (pretend.state, Task.objects.filter(state="dead").count()) == (State.CONNECTED, 0)
    pretending.THERE.refuses_webhooks = False
    look(pretend)
    assert (pretend.watch, pretend.watch_trouble) == ({"orders": "hook-1"}, "")


def test_disconnecting_gives_them_back(pretend: Connection) -> None:
    look(pretend)
    disconnect(connection=pretend)
    assert (pretending.THERE.watched, pretend.watch, pretending.THERE.revoked) == ({}, {}, 1)
    look(pretend)
    assert pretending.THERE.watched == {}


def test_a_marketplace_that_forgot_them_holds_up_no_disconnecting(pretend: Connection) -> None:
    look(pretend)
    pretending.THERE.dead, pretending.THERE.token = True, "another"
    Connection.objects.update(state=State.EXPIRED)
    pretend.refresh_from_db()
    disconnect(connection=pretend)
    assert pretend.state == State.REVOKED


def test_a_hub_nobody_can_reach_asks_for_none(pretend: Connection, settings: Any) -> None:
    settings.SITE_URL = "http://localhost:8000"
    watching.start(pretend)
    assert (watching.is_possible(MANIFEST), Schedule.objects.count()) == (False, 0)


def test_a_simulated_marketplace_reaches_every_hub(
    pretend: Connection, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SITE_URL = "http://localhost:8000"
    monkeypatch.setenv("INSTICA_PRETEND_ORIGIN", "http://127.0.0.1:8199")
    assert watching.is_possible(MANIFEST)
