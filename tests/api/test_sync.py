"""What the API says of sync, and the brakes it pulls."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from instica.connections.models import Connection, Stop
from instica.core.clock import iso, now
from instica.sync import services
from instica.work.engines.threads import run_until_idle
from instica.work.models import Lane
from instica.work.queue import enqueue
from instica.work.urgency import Urgency
from tests.api.calling import Api, is_problem
from tests.shops import Shops

NOTHING = {"stock": 0, "orders": 0, "asked": 0, "content": 0, "reading": 0}


@pytest.fixture
def synced(pretend: Connection) -> Connection:
    services.start(connection=pretend)
    run_until_idle()
    return pretend


def test_a_shop_in_step(api: Api, synced: Connection) -> None:
    with time_machine.travel(now(), tick=False):
        services.start(connection=synced)
        run_until_idle()
        read = iso(now())
        answer = api.get("sync/")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "stopped": None,
            "exposure": {"count": 0, "p50_ms": None, "p95_ms": None, "p99_ms": None, "open": 0, "oldest": None},
            "shops": [
                {
                    "account": synced.public_id,
                    "platform": "pretend",
                    "status": "connected",
                    "held": "Its owner has not said yes yet: only what a sale forces is written there",
                    "guarded_since": None,
                    "orders_read_at": answer.json()["shops"][0]["orders_read_at"],
                    "pages_read_at": answer.json()["shops"][0]["pages_read_at"],
                    "lag_seconds": answer.json()["shops"][0]["lag_seconds"],
                    "poll_seconds": 30,
                    "last_event_at": None,
                    "webhooks_silent_since": None,
                    "waiting": NOTHING,
                    "failed": 0,
                    "resting": [],
                    "comparing": None,
                }
            ],
        },
    )
    assert answer.json()["shops"][0]["orders_read_at"] <= read
    assert 0 <= answer.json()["shops"][0]["lag_seconds"] < 60


def test_what_waits_and_why(api: Api, synced: Connection) -> None:
    lane = f"shop:{synced.uid}:write"
    enqueue("pretend.end", "1", lane=lane, urgency=Urgency.END)
    enqueue("pretend.publish", "2", lane=lane, urgency=Urgency.PUBLISH)
    enqueue("pretend.later", "3", lane=lane, urgency=Urgency.READ, run_at=now() + dt.timedelta(hours=1))
    until = now().replace(microsecond=0) + dt.timedelta(minutes=1)
    Lane.objects.create(name=lane, rest_until=until, rest_urgency=Urgency.PUBLISH, rest_why="The limit is used up")
    shop = api.get("sync/").json()["shops"][0]
    assert shop["waiting"] == NOTHING | {"stock": 1, "content": 1}
    assert shop["resting"] == [{"lane": "write", "until": iso(until), "why": "The limit is used up"}]


def test_stop_and_release(api: Api, synced: Connection) -> None:
    stopped = api.post("sync/stop/").json()
    assert (stopped["stopped"]["by"], Stop.objects.count()) == (api.row.user.public_id, 1)
    assert stopped["shops"][0]["held"].startswith("Everything is stopped")
    assert api.post("sync/stop/").json()["stopped"] == stopped["stopped"]
    assert (api.post("sync/release/").json()["stopped"], Stop.objects.count()) == (None, 0)


def test_pause_confirm_and_resume(api: Api, synced: Connection) -> None:
    path = f"marketplace/accounts/{synced.public_id}/"
    for verb, held in (("confirm", None), ("pause", "This shop is paused"), ("resume", None)):
        assert api.post(f"{path}{verb}/").json()["uid"] == synced.public_id
        assert (api.get("sync/").json()["shops"][0]["held"] or "None").startswith(held or "None")


def test_all_pages_of_a_shop_are_compared_now(api: Api, shop: Shops) -> None:
    connection = shop("shopify", listings=5)
    answer = api.post(f"marketplace/accounts/{connection.public_id}/compare/")
    assert (answer.status_code, answer.json()["uid"]) == (200, connection.public_id)
    assert api.get("sync/").json()["shops"][0]["comparing"] == {"read": 0, "known": 0, "why": ""}
    run_until_idle()
    assert api.get("sync/").json()["shops"][0]["comparing"] is None
    assert api.get("sync/").json()["shops"][0]["pages_read_at"] is not None


@pytest.mark.parametrize("verb", ["pause", "resume", "confirm", "compare"])
def test_anothers_shop_is_not_there(strange: Api, synced: Connection, verb: str) -> None:
    before = Connection.objects.values().get()
    is_problem(strange.post(f"marketplace/accounts/{synced.public_id}/{verb}/"), 404)
    assert Connection.objects.values().get() == before


def test_another_organizations_stop_is_its_own(api: Api, strange: Api, synced: Connection) -> None:
    strange.post("sync/stop/")
    assert api.get("sync/").json()["stopped"] is None
    assert strange.get("sync/").json()["shops"] == []
