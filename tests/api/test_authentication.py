"""Who gets in: the two headers, dead keys, scopes, roles."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from instica.api.usage import COUNTING
from instica.core.clock import now
from instica.imports.models import Job
from instica.people.models import ApiToken, Membership, User
from tests import builders
from tests.api.calling import Api, api_for, is_problem


def answer(**headers: str) -> int:
    """The status of a call with those headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client().get("/api/v1/inventory/", headers=named)
    if response.status_code == 401:
        is_problem(response, 401)
        assert response["WWW-Authenticate"] == 'Bearer realm="Instica API"'
    return response.status_code


def test_both_headers_take_the_same_key(api: Api) -> None:
    assert answer(Authorization=f"Bearer {api.token}") == 200
    assert answer(Authorization=f"bearer  {api.token}") == 200
    assert answer(X_API_Key=api.token) == 200
    assert answer(X_API_Key=api.token, Authorization=f"Bearer {api.token}") == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer wrong", "Bearer " + "a" * 5000, "Bearer ü", "Bearer a\x00b"],
)
def test_a_wrong_authorization(api: Api, header: str) -> None:
    assert answer(Authorization=header) == 401


def test_a_key_that_is_almost_right(api: Api) -> None:
    assert answer(X_API_Key=api.token[:-1] + ("0" if api.token[-1] != "0" else "1")) == 401
    assert answer(X_API_Key=api.token[:15]) == 401


def test_two_different_keys(api: Api, strange: Api) -> None:
    assert answer(X_API_Key=api.token, Authorization=f"Bearer {strange.token}") == 401


def test_an_expired_key(api: Api) -> None:
    ApiToken.objects.update(expiry=now() - dt.timedelta(seconds=1))
    assert answer(X_API_Key=api.token) == 401


def test_a_deleted_key(api: Api) -> None:
    ApiToken.objects.all().delete()
    assert answer(X_API_Key=api.token) == 401


def test_a_person_who_left(api: Api) -> None:
    Membership.objects.update(is_active=False)
    assert answer(X_API_Key=api.token) == 401


def test_a_person_who_was_locked_out(api: Api) -> None:
    User.objects.update(is_active=False)
    assert answer(X_API_Key=api.token) == 401


def test_a_session_is_no_key(api: Api, person: User) -> None:
    client = Client()
    client.force_login(person)
    is_problem(client.get("/api/v1/inventory/"), 401)


@pytest.mark.parametrize(
    ("scopes", "read", "start"),
    [
        (("read",), 200, 403),
        (("inventory",), 200, 403),
        (("imports",), 403, 404),
        (("*",), 200, 404),
        (("keys",), 403, 403),
    ],
)
def test_scopes(person: User, scopes: tuple[str, ...], read: int, start: int) -> None:
    api = api_for(person, scopes)
    assert api.get("inventory/").status_code == read
    response = api.post("marketplace/import/start/", {"job_uid": "job_unknown"})
    body = is_problem(response, start)
    if start == 403:
        assert body["error_code"] == "scope_missing"
    assert not Job.objects.exists()


def test_calls_are_counted_to_the_key(api: Api) -> None:
    api.get("inventory/")
    api.get("inventory/inv_unknown/")
    COUNTING.write()
    row = builders.house(ApiToken.objects.get().user).usage.get()
    assert (row.token_id, row.calls, row.errors) == (api.row.id, 2, 1)
    api.get("inventory/")
    COUNTING.write()
    row.refresh_from_db()
    assert (row.calls, row.errors) == (3, 1)
    assert ApiToken.objects.get().last_used is not None
