"""A repeated request does its work once and answers the same (standards C)."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory

from instica.api import idempotency
from instica.api.idempotency import Keyed
from instica.api.models import Intent
from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.errors import Conflict, Problem
from instica.imports.models import Job
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.api.calling import Api, api_for, is_problem

CREATE = "marketplace/import/jobs/create/"


@pytest.fixture
def connection(api: Api) -> Connection:
    """A shop nobody talks to."""
    return Connection.objects.create(
        organization=api.organization, marketplace="discogs", remote_id="1", username="greenstreet"
    )


def body(connection: Connection) -> dict[str, str]:
    """What creates a job."""
    return {"seller_account_uid": connection.public_id, "marketplace": "discogs"}


def test_the_same_key_answers_the_same_once_done(api: Api, connection: Connection) -> None:
    first = api.post(CREATE, body(connection), Idempotency_Key='"one"')
    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first
    reordered = dict(reversed(body(connection).items()))
    for key in ('"one"', "one"):
        again = api.post(CREATE, reordered, Idempotency_Key=key)
        assert (again.status_code, again.content) == (201, first.content)
        assert again["Idempotent-Replayed"] == "true"
        assert again["Content-Type"] == "application/json"
    assert Job.objects.count() == 1


def test_without_a_key_every_call_counts(api: Api, connection: Connection) -> None:
    for _ in range(2):
        api.post(CREATE, body(connection))
    assert (Job.objects.count(), Intent.objects.count()) == (2, 0)


def test_another_payload_is_refused(api: Api, connection: Connection) -> None:
    api.post(CREATE, body(connection), Idempotency_Key="one")
    is_problem(api.post(CREATE, {"job": 1}, Idempotency_Key="one"), 422, "key_reused")
    assert Job.objects.count() == 1


def test_a_running_one_is_refused(api: Api, connection: Connection) -> None:
    api.post(CREATE, body(connection), Idempotency_Key="one")
    Intent.objects.update(status=None, running_until=now() + dt.timedelta(seconds=5))
    is_problem(api.post(CREATE, body(connection), Idempotency_Key="one"), 409, "request_running")
    assert Job.objects.count() == 1


def test_one_left_running_by_a_crash_is_taken_over(api: Api, connection: Connection) -> None:
    api.post(CREATE, body(connection), Idempotency_Key="one")
    Intent.objects.update(status=None, running_until=now() - dt.timedelta(seconds=1))
    assert api.post(CREATE, body(connection), Idempotency_Key="one").status_code == 201
    assert Intent.objects.get().status == 201


def test_keys_belong_to_organization_and_route(api: Api, strange: Api, connection: Connection) -> None:
    api.post(CREATE, body(connection), Idempotency_Key="one")
    is_problem(strange.post(CREATE, body(connection), Idempotency_Key="one"), 400, "validation_error")
    is_problem(api.post("marketplace/import/start/", {"job_uid": "job_x"}, Idempotency_Key="one"), 404)
    assert Intent.objects.count() == 1


@pytest.mark.parametrize("bad", [{}, {"marketplace": 1}])
def test_a_refusal_is_not_kept(api: Api, connection: Connection, bad: dict[str, Any]) -> None:
    is_problem(api.post(CREATE, bad, Idempotency_Key="one"), 400)
    assert not Intent.objects.exists()
    assert api.post(CREATE, body(connection), Idempotency_Key="one").status_code == 201


@pytest.mark.parametrize("key", ["", " ", '""', "a b", '"a', "ü", "x" * 256, '"' + "x" * 256 + '"'])
def test_a_bad_key(api: Api, connection: Connection, key: str) -> None:
    is_problem(api.post(CREATE, body(connection), Idempotency_Key=key), 400, "validation_error")
    assert not Job.objects.exists()


def test_a_crash_leaves_neither_key_nor_effect(
    api: Api, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "keep", dies)
        is_problem(api.post(CREATE, body(connection), Idempotency_Key="one"), 500)
    assert (Job.objects.count(), Intent.objects.count()) == (0, 0)


def test_the_kept_answer_is_encrypted(api: Api, connection: Connection) -> None:
    first = api.post(CREATE, body(connection), Idempotency_Key="one").json()
    with database.cursor() as cursor:
        cursor.execute("SELECT answer FROM api_intent")
        assert first["id"] not in cursor.fetchone()[0]


def test_keys_are_forgotten_after_two_days(api: Api, connection: Connection) -> None:
    api.post(CREATE, body(connection), Idempotency_Key="one")
    moment = Intent.objects.get().created + idempotency.KEPT_FOR
    assert idempotency.forget(moment) == 0
    assert idempotency.forget(moment + dt.timedelta(seconds=1)) == 1


def test_forgetting_happens_by_itself(api: Api, connection: Connection) -> None:
    api.post(CREATE, body(connection), Idempotency_Key="one")
    Intent.objects.update(created=now() - idempotency.KEPT_FOR - dt.timedelta(hours=1))
    run_until_idle(5)
    assert not Intent.objects.exists()


def around(person: User, run: Any) -> HttpResponse:
    """A request that waits for a marketplace, with a key."""
    request = RequestFactory().post("/api/v1/there/", headers={"Idempotency-Key": "one"})
    return idempotency.once(request, builders.house(person), "POST /there/", Keyed.AROUND, run)


def test_around_commits_first_and_keeps_no_transaction(transactional_db: None, person: User) -> None:
    seen: list[Any] = []

    def run() -> HttpResponse:
        seen.append((database.in_atomic_block, Intent.objects.get().status))
        with pytest.raises(Conflict):
            around(person, run)
        return HttpResponse(b"{}", status=202)

    assert around(person, run).status_code == 202
    assert around(person, run)["Idempotent-Replayed"] == "true"
    assert seen == [(False, None)]


def test_around_forgets_a_refusal(transactional_db: None, person: User) -> None:
    def refuse() -> HttpResponse:
        raise Conflict("Not now.")

    with pytest.raises(Problem):
        around(person, refuse)
    assert not Intent.objects.exists()


def test_a_hundred_at_once_have_one_effect(transactional_db: None, person: User, settings: Any) -> None:
    settings.IMPORTS_PER_MINUTE = 1000
    api, key = api_for(person), str(uuid.uuid4())
    shop = Connection.objects.create(organization=api.organization, marketplace="discogs", remote_id="1", username="g")
    statuses: list[int] = []

    def call() -> None:
        for _ in range(10):
            mine = Api(api.token, api.organization, api.row)
            statuses.append(mine.post(CREATE, body(shop), Idempotency_Key=key).status_code)
        connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Job.objects.count() == 1
    assert len(statuses) == 100
    assert set(statuses) <= {201, 409}
    with time_machine.travel(now(), tick=False):
        assert api.post(CREATE, body(shop), Idempotency_Key=key)["Idempotent-Replayed"] == "true"
