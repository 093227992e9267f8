"""Seller accounts over the API, and connecting one with a ticket."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from instica.connections.models import Connection, Ticket
from instica.core.clock import now
from instica.people.models import User
from instica.people.tokens import issue
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, api_for, is_problem
from tests.features.connecting import consent
from tests.shops import Shops

ACCOUNTS = "marketplace/accounts/"
KEYS = "uid platform platform_name external_username status connected_at last_synced_at".split()
APP = "instica-ios://connected"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the operator allows to be returned to."""
    monkeypatch.setattr(settings.CONFIG, "return_origins", "instica-ios, https://app.example.com")


def begin(api: Api, **body: Any) -> Any:
    return api.post(f"{ACCOUNTS}connect/", {"platform": "discogs", **body})


def open_page(address: str, browser: Client) -> Any:
    """Read a ticket's page, then go on."""
    parts = urlsplit(address)
    page = browser.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200, page.content
    return browser.post(parts.path, {"ticket": parse_qs(parts.query)["ticket"][0]})


def come_back(address: str, browser: Client, decision: str = "allow") -> Any:
    return browser.get(consent(open_page(address, browser)["Location"], decision))


def code_in(answer: Any) -> str:
    """The one-time code an app receives."""
    return parse_qs(urlsplit(answer["Location"]).query)["code"][0]


def secrets_of(connection: Connection) -> list[str]:
    return [secret.reveal() for secret in connection.secrets.values()]


def test_list_and_read(shop: Shops, api: Api) -> None:
    one = shop("discogs", listings=0)
    answer = api.get(ACCOUNTS)
    assert answer.status_code == 200
    (row,) = answer.json()
    assert list(row) == KEYS
    assert row == {
        "uid": one.public_id,
        "platform": "discogs",
        "platform_name": "Discogs",
        "external_username": "greenstreet_records",
        "status": "connected",
        "connected_at": row["connected_at"],
        "last_synced_at": None,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["connected_at"])
    assert api.get(f"{ACCOUNTS}{one.public_id}/").json() == row
    assert "sandbox-token" not in answer.content.decode()


def test_testing(shop: Shops, api: Api) -> None:
    one = shop("discogs", listings=0)
    answer = api.post(f"{ACCOUNTS}{one.public_id}/test/").json()
    assert (answer["ok"], answer["detail"]) == (True, "Connected as greenstreet_records.")
    shop.control("discogs", "revoke", {})
    answer = api.post(f"{ACCOUNTS}{one.public_id}/test/").json()
    assert (answer["ok"], answer["account"]["status"]) == (False, "expired")


def test_disconnecting(shop: Shops, api: Api) -> None:
    one = shop("discogs", listings=0)
    answer = api.call("DELETE", f"{ACCOUNTS}{one.public_id}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(f"{ACCOUNTS}{one.public_id}/").json()["status"] == "revoked"
    assert Connection.objects.get().secrets == {}
    assert api.call("DELETE", f"{ACCOUNTS}{one.public_id}/").status_code == 204
    is_problem(api.post(f"{ACCOUNTS}{one.public_id}/test/"), 409, "disconnected")


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("DELETE", ""), ("POST", "test/")])
def test_somebody_elses(shop: Shops, strange: Api, method: str, tail: str) -> None:
    one = shop("discogs", listings=0)
    before = Connection.objects.values().get()
    is_problem(strange.call(method, f"{ACCOUNTS}{one.public_id}/{tail}"), 404)
    assert Connection.objects.values().get() == before
    assert strange.get(ACCOUNTS).json() == []
    assert shop.control("discogs", "requests")["requests"] == []


@pytest.mark.parametrize("uid", ["sa_nonsense", "inv_01h455vb4pex5vsknk084sn02q", "%00", "sa_" + "z" * 26])
def test_malformed_ids(api: Api, uid: str) -> None:
    is_problem(api.get(f"{ACCOUNTS}{uid}/"), 404)


def test_a_ticket_from_an_app(shop: Shops, api: Api, person: User) -> None:
    shop.open("discogs", listings=0)
    answer = begin(api, return_to=APP)
    assert (answer.status_code, list(answer.json())) == (200, ["authorize_url", "expires_at"])
    address = answer.json()["authorize_url"]
    assert address.startswith("http://localhost:8000/accounts/discogs/login/?ticket=")
    browser = Client()
    page = browser.get(address.removeprefix("http://localhost:8000")).content.decode()
    assert "Green Street Records" in page
    assert "ada@example.com" in page
    assert Ticket.objects.get().browser == "", "looking binds nothing"
    back = come_back(address, browser)
    assert back["Location"].startswith(f"{APP}?code=")
    assert Connection.objects.count() == 0, "unusable until its starter asks"
    done = api.post(f"{ACCOUNTS}connect/finish/", {"code": code_in(back)})
    assert (done.status_code, list(done.json())) == (200, KEYS)
    one = Connection.objects.get()
    assert (done.json()["uid"], one.organization, one.connected_by) == (one.public_id, builders.house(person), person)
    assert len(one.secrets) == 2
    assert Ticket.objects.count() == 0
    assert Task.objects.filter(kind="connection.connected").count() == 1
    assert not any(secret in done.content.decode() for secret in secrets_of(one))


def test_a_code_counts_once(shop: Shops, api: Api) -> None:
    shop.open("discogs", listings=0)
    code = code_in(come_back(begin(api, return_to=APP).json()["authorize_url"], Client()))
    assert api.post(f"{ACCOUNTS}connect/finish/", {"code": code}).status_code == 200
    is_problem(api.post(f"{ACCOUNTS}connect/finish/", {"code": code}), 404, "code_over")
    assert Connection.objects.values_list("grant_version", flat=True).get() == 1


def test_a_code_of_somebody_else(shop: Shops, api: Api, strange: Api, person: User) -> None:
    shop.open("discogs", listings=0)
    code = code_in(come_back(begin(api, return_to=APP).json()["authorize_url"], Client()))
    is_problem(strange.post(f"{ACCOUNTS}connect/finish/", {"code": code}), 404, "code_over")
    colleague = builders.person("bob@example.com", "Bob's Own")
    builders.house(person).memberships.create(user=colleague, role="admin")
    _, token = issue(user=colleague, organization=builders.house(person), name="his")
    his = Api(token, builders.house(person), None)  # type: ignore[arg-type]
    is_problem(his.post(f"{ACCOUNTS}connect/finish/", {"code": code}), 404, "code_over")
    assert Connection.objects.count() == 0
    assert api.post(f"{ACCOUNTS}connect/finish/", {"code": code}).status_code == 200


def test_a_grant_nobody_asks_for_is_dropped(shop: Shops, api: Api) -> None:
    shop.open("discogs", listings=0)
    code = code_in(come_back(begin(api, return_to=APP).json()["authorize_url"], Client()))
    assert len(Ticket.objects.get().grant) == 2
    with time_machine.travel(now() + dt.timedelta(minutes=10, seconds=1)):
        is_problem(api.post(f"{ACCOUNTS}connect/finish/", {"code": code}), 404, "code_over")
        run_until_idle()
    assert (Ticket.objects.count(), Connection.objects.count()) == (0, 0)


def test_a_ticket_opened_by_somebody_else(shop: Shops, api: Api, stranger: User) -> None:
    shop.open("discogs", listings=0)
    address = begin(api, return_to=APP).json()["authorize_url"].removeprefix("http://localhost:8000")
    other = Client()
    other.force_login(stranger)
    page = other.get(address)
    assert page.status_code == 403
    assert "Green Street Records" not in page.content.decode()
    assert other.post(address.partition("?")[0], {"ticket": address.partition("=")[2]}).status_code == 403
    assert Ticket.objects.get().browser == ""


def test_a_ticket_in_two_browsers(shop: Shops, api: Api) -> None:
    shop.open("discogs", listings=0)
    address = begin(api, return_to=APP).json()["authorize_url"]
    first, second = Client(), Client()
    consented = consent(open_page(address, first)["Location"])
    assert open_page(address, second).status_code == 409
    assert second.get(consented).status_code == 403
    assert first.get(consented)["Location"].startswith(f"{APP}?code=")


def test_a_ticket_too_old(shop: Shops, api: Api) -> None:
    shop.open("discogs", listings=0)
    address = begin(api, return_to=APP).json()["authorize_url"].removeprefix("http://localhost:8000")
    with time_machine.travel(now() + dt.timedelta(minutes=15, seconds=1)):
        assert Client().get(address).status_code == 404
        run_until_idle()
    assert Ticket.objects.count() == 0


def test_saying_no_returns_to_the_app(shop: Shops, api: Api) -> None:
    shop.open("discogs", listings=0)
    back = come_back(begin(api, return_to=APP).json()["authorize_url"], Client(), "deny")
    assert back["Location"] == f"{APP}?error=access_denied"
    assert Connection.objects.count() == 0


def test_without_return_to_in_ones_own_browser(shop: Shops, api: Api, person: User) -> None:
    shop.open("discogs", listings=0)
    browser = Client()
    browser.force_login(person)
    back = come_back(begin(api).json()["authorize_url"], browser)
    assert back["Location"] == "/marketplaces/"
    assert Connection.objects.values_list("state", flat=True).get() == "connected"


def test_without_return_to_elsewhere_shows_the_code(shop: Shops, api: Api) -> None:
    shop.open("discogs", listings=0)
    back = come_back(begin(api).json()["authorize_url"], Client())
    assert Connection.objects.count() == 0
    found = re.search(r"<code>([\w-]{43})</code>", back.content.decode())
    assert found
    assert api.post(f"{ACCOUNTS}connect/finish/", {"code": found[1]}).status_code == 200


def test_a_personal_token_by_ticket(shop: Shops, api: Api) -> None:
    shop.open("discogs", listings=0)
    begun = begin(api, return_to=APP, answers={"token": "sandbox-token"})
    back = open_page(begun.json()["authorize_url"], Client())
    assert api.post(f"{ACCOUNTS}connect/finish/", {"code": code_in(back)}).status_code == 200
    assert Connection.objects.get().username == "greenstreet_records"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "http://app.example.com/",
        "https://app.example.com:444/",
        "javascript:alert(1)",
        "data:text/html,x",
        "other-app://connected",
        "//evil.example/",
        "/relative",
        "instica-ios://connected#fragment",
        "instica-ios://connected\\@evil",
        "https://[",
    ],
)
def test_unregistered_addresses(api: Api, address: str) -> None:
    problem = is_problem(begin(api, return_to=address), 400, "return_to_not_registered")
    assert [each["pointer"] for each in problem["errors"]] == ["#/return_to"]
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(
    "address", [APP, "instica-ios:", "https://app.example.com/done?x=1", "https://APP.example.com"]
)
def test_registered_addresses(shop: Shops, api: Api, address: str) -> None:
    shop.open("discogs", listings=0)
    assert begin(api, return_to=address).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"platform": "nowhere"}, "validation_error"),
        ({"platform": "redbubble"}, "use_extension"),
        ({"platform": "unbuilt"}, "not_available"),
        ({"platform": 7}, "validation_error"),
        ({"answers": {"shop": "x"}}, "answers_invalid"),
        ({"answers": {"token": "x" * 301}}, "answers_invalid"),
        ({"answers": ["token"]}, "validation_error"),
    ],
)
@pytest.mark.usefixtures("unbuilt")
def test_bodies_that_are_refused(shop: Shops, api: Api, body: dict[str, Any], code: str) -> None:
    shop.open("discogs", listings=0)
    is_problem(begin(api, **body), 400, code)
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": 1}, {"code": "x" * 101}])
def test_codes_that_are_none(api: Api, body: dict[str, Any]) -> None:
    is_problem(api.post(f"{ACCOUNTS}connect/finish/", body), 400, "validation_error")


def test_a_key_without_the_scope(shop: Shops, person: User) -> None:
    one = shop("discogs", listings=0)
    reader = api_for(person, ["read"])
    assert reader.get(ACCOUNTS).status_code == 200
    is_problem(begin(reader), 403, "scope_missing")
    is_problem(reader.call("DELETE", f"{ACCOUNTS}{one.public_id}/"), 403, "scope_missing")
    assert Connection.objects.get().state == "connected"
