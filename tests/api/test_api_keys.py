"""API keys over HTTP: shown once, never wider than the key that makes them, dead at once."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
import time_machine

from instica.api.usage import COUNTING, Counting
from instica.people.models import ApiToken, Membership, Role, Usage, User
from instica.people.tokens import issue
from tests.api.calling import Api, api_for, is_problem


@pytest.fixture(autouse=True)
def counting() -> Iterator[Counting]:
    COUNTING.calls.clear()
    COUNTING.errors.clear()
    yield COUNTING
    COUNTING.calls.clear()
    COUNTING.errors.clear()


@pytest.fixture
def colleague(api: Api) -> Api:
    user = User.objects.create_user(username="grace", email="grace@example.com", password="another long one")
    Membership.objects.create(organization=api.organization, user=user, role=Role.MEMBER)
    row, token = issue(user=user, organization=api.organization, name="Grace's")
    return Api(token, api.organization, row)


def test_create_shows_the_key_once(api: Api, person: User) -> None:
    with time_machine.travel(dt.datetime(2026, 2, 15, 9, tzinfo=dt.UTC), tick=False):
        response = api.post("api-keys/", {"name": "My integration"})
    made = response.json()
    assert response.status_code == 201
    assert re.fullmatch("instica_[0-9a-f]{64}", made["key"])
    expected = {
        "id": made["id"],
        "name": "My integration",
        "prefix": made["key"][:15],
        "created": "2026-02-15T09:00:00Z",
        "last_used": None,
        "scopes": ["*"],
        "expires": None,
        "user": person.public_id,
        "key": made["key"],
    }
    assert json.dumps(made) == json.dumps(expected)
    assert isinstance(made["id"], int)
    detail = api.get(f"api-keys/{made['id']}/").json()
    assert json.dumps(detail) == json.dumps({name: value for name, value in expected.items() if name != "key"})
    listed = api.get("api-keys/")
    assert made["key"] not in listed.content.decode()
    assert listed.json()[1] == detail
    assert [key["id"] for key in listed.json()] == [api.row.id, made["id"]]


def test_the_new_key_works_in_both_headers(api: Api) -> None:
    key = api.post("api-keys/", {"name": "Script"}).json()["key"]
    assert Api(key, api.organization, api.row).get("user/me/").status_code == 200
    assert Api("", api.organization, api.row).get("user/me/", x_api_key=key).status_code == 200


def test_rotate_answers_a_new_key_and_kills_the_old(api: Api) -> None:
    made = api.post("api-keys/", {"name": "Script"}).json()
    rotated = api.post(f"api-keys/{made['id']}/rotate/")
    assert rotated.status_code == 200
    assert rotated.json()["id"] == made["id"]
    assert rotated.json()["key"] != made["key"]
    is_problem(Api(made["key"], api.organization, api.row).get("user/me/"), 401)
    assert Api(rotated.json()["key"], api.organization, api.row).get("user/me/").status_code == 200


def test_delete_is_final_even_for_the_calling_key(api: Api) -> None:
    response = api.call("DELETE", f"api-keys/{api.row.id}/")
    assert (response.status_code, response.content) == (204, b"")
    is_problem(api.get("user/me/"), 401)


def test_an_expired_key_is_dead_and_not_listed(api: Api) -> None:
    made = api.post("api-keys/", {"name": "Guest", "expires": "2099-01-01T00:00:00Z"}).json()
    assert made["expires"] == "2099-01-01T00:00:00Z"
    with time_machine.travel(dt.datetime(2099, 1, 1, tzinfo=dt.UTC), tick=False):
        is_problem(Api(made["key"], api.organization, api.row).get("user/me/"), 401)
        assert [key["id"] for key in api.get("api-keys/").json()] == [api.row.id]


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "#/name"),
        ({"name": ""}, "#/name"),
        ({"name": 3}, "#/name"),
        ({"name": "x" * 81}, "#/name"),
        ({"name": "A", "scopes": ["root"]}, "#/scopes"),
        ({"name": "A", "scopes": []}, "#/scopes"),
        ({"name": "A", "scopes": "keys"}, "#/scopes"),
        ({"name": "A", "expires": "yesterday"}, "#/expires"),
        ({"name": "A", "expires": "2020-01-01T00:00:00Z"}, "#/expires"),
        ({"name": "A", "expires": "2099-01-01T00:00:00"}, "#/expires"),
    ],
)
def test_bad_input_makes_no_key(api: Api, sent: dict[str, object], pointer: str) -> None:
    problem = is_problem(api.post("api-keys/", sent), 400, "validation_error")
    assert [each["pointer"] for each in problem["errors"]] == [pointer]
    assert ApiToken.objects.count() == 1


def test_key_management_needs_its_scope_also_for_reading(person: User) -> None:
    narrow = api_for(person, scopes=["read", "imports"])
    for method, path in [
        ("GET", "api-keys/"),
        ("POST", "api-keys/"),
        ("GET", f"api-keys/{narrow.row.id}/"),
        ("DELETE", f"api-keys/{narrow.row.id}/"),
        ("POST", f"api-keys/{narrow.row.id}/rotate/"),
        ("GET", "api-usage/"),
    ]:
        is_problem(narrow.call(method, path), 403, "scope_missing")
    assert list(ApiToken.objects.values_list("digest", flat=True)) == [narrow.row.digest]


def test_a_key_never_hands_out_more_than_it_has(api: Api, person: User) -> None:
    narrow = api_for(person, scopes=["keys", "read"])
    is_problem(narrow.post("api-keys/", {"name": "Wide", "scopes": ["*"]}), 403, "scope_missing")
    is_problem(narrow.post("api-keys/", {"name": "Wide", "scopes": ["orders"]}), 403, "scope_missing")
    is_problem(narrow.post(f"api-keys/{api.row.id}/rotate/"), 403, "scope_missing")
    assert ApiToken.objects.count() == 2
    assert api.get("user/me/").status_code == 200
    assert narrow.post("api-keys/", {"name": "Same"}).json()["scopes"] == ["read", "keys"]


def test_other_peoples_keys_do_not_exist_for_a_member(api: Api, colleague: Api) -> None:
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "rotate/")]:
        is_problem(colleague.call(method, f"api-keys/{api.row.id}/{path}"), 404)
    assert [key["id"] for key in colleague.get("api-keys/").json()] == [colleague.row.id]
    assert api.get("user/me/").status_code == 200


def test_an_owner_sees_and_deletes_a_members_key_but_cannot_act_as_them(api: Api, colleague: Api) -> None:
    assert [key["id"] for key in api.get("api-keys/").json()] == [api.row.id, colleague.row.id]
    is_problem(api.post(f"api-keys/{colleague.row.id}/rotate/"), 403)
    assert colleague.get("user/me/").status_code == 200
    assert api.call("DELETE", f"api-keys/{colleague.row.id}/").status_code == 204
    is_problem(colleague.get("user/me/"), 401)


@pytest.mark.parametrize("pk", ["0", "99999999", "99999999999999999999999", "-1", "abc"])
def test_unknown_numbers_are_not_found(api: Api, pk: str) -> None:
    is_problem(api.get(f"api-keys/{pk}/"), 404)
    is_problem(api.call("DELETE", f"api-keys/{pk}/"), 404)
    assert ApiToken.objects.count() == 1


def test_another_organizations_key_is_not_found_and_lives_on(api: Api, strange: Api) -> None:
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "rotate/")]:
        is_problem(strange.call(method, f"api-keys/{api.row.id}/{path}"), 404)
    assert api.get("user/me/").status_code == 200


def test_a_repeated_create_with_one_idempotency_key_makes_one_key(api: Api) -> None:
    first = api.post("api-keys/", {"name": "Once"}, idempotency_key="a-1")
    second = api.post("api-keys/", {"name": "Once"}, idempotency_key="a-1")
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert ApiToken.objects.count() == 2


def test_usage_counts_calls_and_failures_by_day_and_key(api: Api, strange: Api, person: User) -> None:
    with time_machine.travel(dt.datetime(2026, 2, 14, 23, 59, tzinfo=dt.UTC), tick=False):
        api.get("user/me/")
    with time_machine.travel(dt.datetime(2026, 2, 15, 9, tzinfo=dt.UTC), tick=False):
        api.get("user/me/")
        api.get("api-keys/0/")
        strange.get("user/me/")
        response = api.get("api-usage/?days=3")
    expected = {
        "since": "2026-02-13",
        "until": "2026-02-15",
        "calls": 3,
        "errors": 1,
        "days": [
            {"date": "2026-02-13", "calls": 0, "errors": 0},
            {"date": "2026-02-14", "calls": 1, "errors": 0},
            {"date": "2026-02-15", "calls": 2, "errors": 1},
        ],
        "keys": [{"id": api.row.id, "name": "test", "prefix": api.row.token_key, "calls": 3, "errors": 1}],
    }
    assert json.dumps(response.json()) == json.dumps(expected)
    assert api.get(f"api-keys/{api.row.id}/").json()["last_used"] == "2026-02-15T09:00:00Z"


def test_a_member_sees_only_his_own_usage(api: Api, colleague: Api) -> None:
    api.get("user/me/")
    colleague.get("user/me/")
    assert [key["id"] for key in colleague.get("api-usage/").json()["keys"]] == [colleague.row.id]
    assert [key["id"] for key in api.get("api-usage/").json()["keys"]] == [api.row.id, colleague.row.id]


def test_usage_of_a_deleted_key_stays_in_the_sum(api: Api) -> None:
    made = api.post("api-keys/", {"name": "Gone"}).json()
    Usage.objects.create(
        token_id=made["id"], organization=api.organization, day=dt.datetime.now(dt.UTC).date(), calls=7
    )
    api.call("DELETE", f"api-keys/{made['id']}/")
    keys = api.get("api-usage/?days=1").json()["keys"]
    assert {"id": made["id"], "name": None, "prefix": None, "calls": 7, "errors": 0} in keys


@pytest.mark.parametrize("days", ["0", "-1", "366", "many", "1.5", "9" * 30])
def test_days_must_be_sensible(api: Api, days: str) -> None:
    problem = is_problem(api.get(f"api-usage/?days={days}"), 400, "validation_error")
    assert problem["errors"][0]["pointer"] == "?days"
