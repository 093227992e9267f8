"""Webhook endpoints, their secrets, deliveries and replays in the API."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from instica.core.secrets import Secret
from instica.notices.kinds import KINDS, chosen
from instica.people.models import Membership, Role, User
from instica.people.tokens import issue
from instica.work.engines.threads import run_until_idle
from tests.api.calling import Api, is_problem
from tests.features.hooking import genuine, happened, states
from tests.features.receiver import Receiver, receiving

NOON = dt.datetime(2026, 2, 15, 12, tzinfo=dt.UTC)
PATH = "webhooks/endpoints/"


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    """Somebody's program, at noon."""
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    with receiving() as receiver, time_machine.travel(NOON, tick=False):
        yield receiver


def test_from_adding_to_removing(api: Api, there: Receiver, person: User) -> None:
    made = api.post(PATH, {"url": there.url, "types": ["stock.changed"], "description": " My shop "})
    assert made.status_code == 201
    row = made.json()
    assert row | {"uid": "", "secret": ""} == {
        "uid": "",
        "url": there.url,
        "description": "My shop",
        "types": ["stock.changed"],
        "state": "active",
        "disabled_reason": None,
        "failing_since": None,
        "old_secret_until": None,
        "created": "2026-02-15T12:00:00Z",
        "secret": "",
    }
    secret = row.pop("secret")
    assert api.get(PATH).json() == [row]
    path = f"{PATH}{row['uid']}/"
    assert api.get(path).json() == row

    test = api.post(f"{path}test/").json()
    happened(person)
    happened(person, kind="order.created")
    run_until_idle()
    assert [json.loads(came.body)["type"] for came in there.came] == ["webhook.test", "stock.changed"]
    assert all(genuine(Secret(secret), came) for came in there.came)

    found = api.get(f"{path}deliveries/?type=webhook.test&state=delivered").json()
    assert found["next"] is None
    assert found["results"] == [
        {
            "uid": test["uid"],
            "webhook_id": there.ids[0],
            "type": "webhook.test",
            "subject": row["uid"],
            "state": "delivered",
            "attempts": 1,
            "next_attempt_at": None,
            "response_status": 204,
            "error": None,
            "created": "2026-02-15T12:00:00Z",
            "finished_at": "2026-02-15T12:00:00Z",
        }
    ]
    whole = api.get(f"{path}deliveries/{test['uid']}/").json()
    assert whole["body"].encode() == there.came[0].body
    assert [each | {"milliseconds": 0} for each in whole["tries"]] == [
        {"at": "2026-02-15T12:00:00Z", "status": 204, "error": "", "milliseconds": 0}
    ]
    rotated = api.post(f"{path}rotate/").json()
    assert rotated["old_secret_until"] == "2026-02-16T12:00:00Z"
    assert rotated["secret"] not in ("", secret)
    assert api.call("DELETE", path).status_code == 204
    is_problem(api.get(path), 404)
    assert api.get(PATH).json() == []


def test_paused_disabled_and_replayed(api: Api, there: Receiver, person: User) -> None:
    path = f"{PATH}{api.post(PATH, {'url': there.url}).json()['uid']}/"
    assert api.call("PATCH", path, {"state": "paused", "types": []}).json()["state"] == "paused"
    is_problem(api.post(f"{path}test/"), 409, "endpoint_not_active")
    happened(person)
    run_until_idle()
    assert (there.came, states()) == ([], [("waiting", 0)])
    there.answer(410, text=b"no more")
    api.call("PATCH", path, {"state": "active"})
    run_until_idle()
    happened(person)
    row = api.get(path).json()
    assert (row["state"], row["disabled_reason"]) == ("disabled", "It answered 410: it is gone and wants nothing more.")
    failed, missed = (api.get(f"{path}deliveries/?state={state}").json()["results"] for state in ("failed", "missed"))
    detail = api.get(f"{path}deliveries/{failed[0]['uid']}/").json()
    assert (detail["response_status"], detail["response_body"], detail["error"]) == (410, "no more", "It answered 410.")
    replay = f"{path}deliveries/{missed[0]['uid']}/replay/"
    is_problem(api.post(replay), 409, "endpoint_not_active")
    is_problem(api.post(f"{path}replay/", {"since": "2026-02-15T00:00:00Z"}), 409, "endpoint_not_active")
    api.call("PATCH", path, {"state": "active"})
    answer = api.post(replay)
    assert (answer.status_code, answer.json()["state"], answer.json()["attempts"]) == (202, "waiting", 0)
    run_until_idle()
    assert there.ids[1:] == [missed[0]["webhook_id"]]
    for since, states_wanted, count in (
        ("2026-02-15T12:00:01Z", ["failed", "missed"], 0),
        ("2026-02-15T13:00:00+01:00", None, 1),
        ("2026-02-15T12:00:00Z", ["delivered"], 2),
    ):
        body = {"since": since} | ({"states": states_wanted} if states_wanted else {})
        assert api.post(f"{path}replay/", body).json() == {"replayed": count}
        run_until_idle()
    assert sorted(there.ids) == sorted([failed[0]["webhook_id"]] * 3 + [missed[0]["webhook_id"]] * 2)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/url"),
        ({"url": "https://169.254.169.254/latest/meta-data/"}, "#/url"),
        ({"url": "http://example.com/hooks"}, "#/url"),
        ({"url": "https://example.com/", "types": ["order.created", "nonsense"]}, "#/types"),
        ({"url": "https://example.com/", "types": ["webhook.test"]}, "#/types"),
        ({"url": "https://example.com/", "description": "a" * 121}, "#/description"),
        ({"url": "https://example.com/", "secret": "whsec_mine"}, "#/secret"),
    ],
)
def test_what_cannot_be_an_endpoint(api: Api, body: dict[str, Any], pointer: str) -> None:
    problem = is_problem(api.post(PATH, body), 400, "validation_error")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert api.get(PATH).json() == []


def test_who_may(api: Api, person: User) -> None:
    path = f"{PATH}{api.post(PATH, {'url': 'https://example.com/hooks'}).json()['uid']}/"
    user = User.objects.create_user(username="mel", email="mel@example.com")
    Membership.objects.create(organization=api.organization, user=user, role=Role.MEMBER)
    row, token = issue(user=user, organization=api.organization, name="mel")
    mel = Api(token, api.organization, row)
    assert mel.get(path).status_code == 200
    is_problem(mel.call("DELETE", path), 403, "role_too_low")
    for wrong in ({"state": "disabled"}, {"state": "nonsense"}, {"url": "https://10.0.0.1/"}):
        is_problem(api.call("PATCH", path, wrong), 400, "validation_error")
    for number in range(19):
        assert api.post(PATH, {"url": f"https://example.com/{number}"}).status_code == 201
    is_problem(api.post(PATH, {"url": "https://example.com/"}), 409, "too_many_endpoints")


def test_one_key_makes_one_endpoint(api: Api) -> None:
    answers = [api.post(PATH, {"url": "https://example.com/"}, Idempotency_Key="a").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(api.get(PATH).json()) == 1


def test_the_document_describes_every_kind(api: Api) -> None:
    document = api.get("schema/").json()
    assert list(document["webhooks"]) == list(KINDS)
    assert document["components"]["schemas"]["OrderCreatedEvent"]["properties"]["type"]["const"] == "order.created"
    assert "webhook.test" not in chosen()


@pytest.mark.parametrize(
    ("since", "status"), [("0027-06-28T21:20:51-20:50", 202), ("0001-01-01T00:00:00+05:00", 400), ("yesterday", 400)]
)
def test_any_time_that_can_be_written_is_read_or_refused(api: Api, there: Receiver, since: str, status: int) -> None:
    path = f"{PATH}{api.post(PATH, {'url': there.url}).json()['uid']}/"
    assert api.post(f"{path}replay/", {"since": since}).status_code == status
