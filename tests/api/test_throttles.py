"""How often one may call, across processes, and what is said about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from instica.api.models import Window
from instica.api.throttles import Throttle
from instica.connections.models import Connection
from instica.imports.models import Job
from instica.people.models import User
from instica.work.models import Task
from tests.api.calling import Api, api_for, is_problem

EARLY = dt.datetime(2026, 2, 15, 12, 0, 15, tzinfo=dt.UTC)


def test_a_key_has_its_limit(api: Api, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = 3
    with time_machine.travel(EARLY, tick=False):
        answers = [api.get("platforms/") for _ in range(3)]
        assert [answer["RateLimit"] for answer in answers] == [f'"default";r={left};t=45' for left in (2, 1, 0)]
        assert answers[0]["RateLimit-Policy"] == '"default";q=3;w=60'
        refused = api.get("platforms/")
        is_problem(refused, 429)
        assert refused["Retry-After"] == "45"
        assert refused["RateLimit"] == '"default";r=0;t=45'
    with time_machine.travel(EARLY + dt.timedelta(seconds=45), tick=False):
        assert api.get("platforms/").status_code == 200


def test_a_throttled_call_does_nothing(api: Api, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = 1
    with time_machine.travel(EARLY, tick=False):
        api.get("platforms/")
        is_problem(api.post("marketplace/discogs/import/"), 429)
    assert not Job.objects.exists()


@pytest.fixture
def job(api: Api, settings: Any) -> Job:
    """An import of Ada's shop, where only three more may be started this minute."""
    settings.IMPORTS_PER_MINUTE = 3
    shop = Connection.objects.create(organization=api.organization, marketplace="discogs", remote_id="7", username="x")
    return Job.objects.create(organization=api.organization, connection=shop, marketplace="discogs", fetched=True)


def starting(job: Job) -> dict[str, Any]:
    """Every call that starts an import, or another run of one, with its body."""
    create = {"seller_account_uid": job.connection.public_id, "marketplace": "discogs"}
    return {
        "marketplace/import/jobs/create/": create,
        "marketplace/discogs/import/": {},
        "marketplace/import/preview/": {"job_uid": job.public_id},
        "marketplace/import/start/": {"job_uid": job.public_id},
        f"marketplace/import/jobs/{job.public_id}/retry-failed/": {},
        f"marketplace/import/jobs/{job.public_id}/undo/": {},
    }


def test_an_organization_may_start_only_so_many_imports(api: Api, job: Job) -> None:
    with time_machine.travel(EARLY, tick=False):
        answers = [api.post("marketplace/import/start/", {"job_uid": "job_x"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert answers[2]["RateLimit-Policy"] == '"default";q=1200;w=60, "imports";q=3;w=60'
        assert answers[2]["RateLimit"] == '"default";r=1197;t=45, "imports";r=0;t=45'
        before = list(Job.objects.values()), Task.objects.count()
        for path, body in starting(job).items():
            refused = api.post(path, body)
            is_problem(refused, 429)
            assert refused["Retry-After"] == "45", path
            assert refused["RateLimit"].endswith(', "imports";r=0;t=45'), path
        assert (list(Job.objects.values()), Task.objects.count()) == before
        assert api.get(f"marketplace/import/jobs/{job.public_id}/")["RateLimit"] == '"default";r=1190;t=45'
        assert api.post(f"marketplace/import/jobs/{job.public_id}/cancel/").status_code == 200
    with time_machine.travel(EARLY + dt.timedelta(seconds=45), tick=False):
        assert api.post("marketplace/import/start/", {"job_uid": "job_x"}).status_code == 404


def test_every_way_to_start_one_counts(api: Api, job: Job, settings: Any) -> None:
    settings.IMPORTS_PER_MINUTE = 60
    with time_machine.travel(EARLY, tick=False):
        left = [api.post(path, body)["RateLimit"].rpartition("r=")[2] for path, body in starting(job).items()]
    assert left == [f"{number};t=45" for number in (59, 58, 57, 56, 55, 54)]


def test_keys_of_an_organization_share_its_starts(api: Api, strange: Api, person: User, job: Job) -> None:
    other, blind = api_for(person), api_for(person, ["inventory"])
    with time_machine.travel(EARLY, tick=False):
        path, body = "marketplace/import/start/", {"job_uid": job.public_id + "x"}
        assert [blind.post(path, body).status_code for _ in range(4)] == [403] * 4, "who may not start spends nothing"
        answers = [key.post(path, body).status_code for key in (api, other, api, other)]
        assert answers == [404, 404, 404, 429]
        assert strange.post(path, body).status_code == 404


def test_another_key_is_not_touched(api: Api, strange: Api, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = 1
    with time_machine.travel(EARLY, tick=False):
        assert [api.get("platforms/").status_code for _ in range(2)] == [200, 429]
        assert strange.get("platforms/").status_code == 200


def test_wrong_keys_count_against_their_address(api: Api, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = 20
    api.token = "wrong"
    with time_machine.travel(EARLY, tick=False):
        client = api.client
        client.defaults["REMOTE_ADDR"] = "192.0.2.7"
        assert [api.get("platforms/").status_code for _ in range(3)] == [401, 401, 429]
        client.defaults["REMOTE_ADDR"] = "192.0.2.8"
        assert api.get("platforms/").status_code == 401


def test_a_claimed_address_is_believed_only_behind_a_proxy(api: Api, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = 10
    api.token = "wrong"
    with time_machine.travel(EARLY, tick=False):
        api.client.defaults["REMOTE_ADDR"] = "192.0.2.9"
        claims = [f"198.51.100.{number}" for number in range(3)]
        answers = [api.get("platforms/", X_Forwarded_For=claim).status_code for claim in claims]
        assert answers == [401, 429, 429]
        settings.TRUSTED_PROXIES = 1
        answers = [api.get("platforms/", X_Forwarded_For=f"10.0.0.1, {claim}").status_code for claim in claims]
        assert answers == [401, 401, 401]


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 7, 100, 1200])
def test_two_processes_share_one_limit(limit: int) -> None:
    processes = [Throttle(), Throttle()]
    with time_machine.travel(EARLY, tick=False):
        admitted = sum(processes[number % 2].admit("shared", limit).admitted for number in range(limit + 50))
    assert admitted == limit


@pytest.mark.django_db
def test_few_writes_for_many_requests(django_assert_max_num_queries: Any) -> None:
    throttle = Throttle()
    with time_machine.travel(EARLY, tick=False):
        throttle.admit("busy", 1200)
        with django_assert_max_num_queries(4):
            assert all(throttle.admit("busy", 1200).admitted for _ in range(100))
        assert Window.objects.get(bucket="busy").count == 150
