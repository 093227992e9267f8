"""Connecting a shop in the browser."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test import Client

from instica.connections import services
from instica.connections.models import Connection, State, Ticket
from instica.core.clock import now
from instica.core.errors import Conflict, PaymentRequired
from instica.notices.models import Notice
from instica.people.models import Subscription, User
from instica.sync.models import Cursor
from instica.work.engines.threads import run_until_idle
from instica.work.models import Schedule, Task
from tests import builders
from tests.features.connecting import connect, consent
from tests.shops import Shops

LOGIN = "/accounts/discogs/login/"


@pytest.fixture
def visitor(person: User) -> Client:
    """Ada's browser."""
    return signed_in(person)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def connected() -> list[tuple[str, str, str]]:
    return list(Connection.objects.values_list("marketplace", "username", "state"))


def test_through_the_consent_page(shop: Shops, visitor: Client, person: User) -> None:
    shop.open("discogs", listings=3)
    answer = connect(visitor)
    assert (answer.status_code, answer["Location"]) == (302, "/marketplaces/")
    one = Connection.objects.get()
    assert (one.organization, one.connected_by) == (builders.house(person), person)
    assert (one.marketplace, one.remote_id, one.username) == ("discogs", "7203114", "greenstreet_records")
    assert (one.state, one.currency, one.grant_version, one.confirmed_at) == ("connected", "USD", 1, None)
    assert sorted(one.secrets) == ["oauth_token", "oauth_token_secret"]
    assert list(Notice.objects.values_list("title", "tone")) == [("Discogs is connected", "good")]
    assert Ticket.objects.count() == 0


def test_orders_are_read_from_the_start(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=3)
    connect(visitor)
    one = Connection.objects.get()
    lane = f"shop:{one.uid}:watch"
    assert list(Task.objects.filter(lane__startswith="shop:").values_list("kind", "lane")) == [
        ("connection.connected", lane)
    ]
    with time_machine.travel(now() + dt.timedelta(seconds=30), tick=True):
        run_until_idle()
    cursor = Cursor.objects.get(walk="orders")
    assert (cursor.walk, cursor.position) == ("orders", "")
    assert cursor.since < one.connected_at
    round_ = Schedule.objects.get(kind="orders.poll")
    assert (round_.key, round_.lane, round_.seconds) == (str(one.uid), lane, 60)
    one.refresh_from_db()
    assert (one.name, one.details["listings"]) == ("Greenstreet Records", "3")
    assert one.tested_at is not None


def test_secrets_are_not_readable_in_the_database(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    begun = visitor.get(LOGIN)
    kept = Ticket.objects.get().kept
    secrets = [each.reveal() for each in kept.values()]
    with database.cursor() as cursor:
        cursor.execute("SELECT kept FROM connections_ticket")
        stored = cursor.fetchone()[0]
        assert len(secrets) == 2
        assert not any(secret in stored for secret in secrets)
        visitor.get(consent(begun["Location"]))
        cursor.execute("SELECT secrets FROM connections_connection")
        stored = cursor.fetchone()[0]
    held = [each.reveal() for each in Connection.objects.get().secrets.values()]
    assert len(held) == 2
    assert not any(secret in stored for secret in held)


def test_nothing_secret_in_pages_and_logs(
    shop: Shops, visitor: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    shop.open("discogs", listings=1)
    begun = visitor.get(LOGIN)
    request_token, request_secret = (each.reveal() for each in Ticket.objects.get().kept.values())
    cookie = visitor.cookies["connect_discogs"].value
    back = consent(begun["Location"])
    answer = visitor.get(back, follow=True)
    one = Connection.objects.get()
    services.test(connection=one)
    shop.control("discogs", "faults", [{"match": "GET /marketplace/orders*", "times": 1, "do": "status:500"}])
    run_until_idle()
    shop.control("discogs", "revoke", {})
    services.test(connection=one)
    one.refresh_from_db()
    seen = "".join(["".join(capfd.readouterr()), caplog.text, answer.content.decode(), one.trouble, repr(one.secrets)])
    assert "connection.connected" in seen
    for secret in [request_secret, cookie, "sandbox-secret", *(each.reveal() for each in one.secrets.values())]:
        assert secret
        assert secret not in seen
    assert request_token not in seen


def test_the_form_may_lead_to_the_marketplace(shop: Shops, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.open("discogs", listings=0)
    page = f"{LOGIN}?ask=1"
    assert "form-action 'self' https://discogs.sandbox;" in visitor.get(page)["Content-Security-Policy"]
    monkeypatch.delenv("INSTICA_DISCOGS_ORIGIN")
    allowed = "form-action 'self' https://discogs.com https://*.discogs.com;"
    assert allowed in visitor.get(page)["Content-Security-Policy"]
    policy = visitor.get("/accounts/shopify/login/")["Content-Security-Policy"]
    assert "form-action 'self' https://shopify.com https://*.shopify.com https://*.myshopify.com;" in policy


@pytest.mark.django_db(transaction=True)
def test_one_answer_twice_at_the_same_moment(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    cookies = {name: visitor.cookies[name].value for name in visitor.cookies}
    gate, answers = threading.Barrier(6), []

    def call() -> None:
        client = Client()
        client.cookies.load(cookies)
        gate.wait()
        try:
            answers.append(client.get(back).status_code)
        finally:
            database.close()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 403, 403, 403, 403, 403]
    assert Connection.objects.values_list("grant_version", flat=True).get() == 1
    calls = shop.control("discogs", "requests")["requests"]
    assert len([each for each in calls if each["path"] == "/oauth/access_token"]) == 1


def test_a_yes_to_automatic_changes(shop: Shops) -> None:
    one = shop("discogs", listings=0)
    services.confirm(connection=one)
    first = one.confirmed_at
    assert first is not None
    services.confirm(connection=one)
    assert one.confirmed_at == first


def test_no_at_the_consent_page(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    answer = visitor.get(consent(visitor.get(LOGIN)["Location"], "deny"))
    assert answer.status_code == 403
    assert "You said no on Discogs. Nothing was connected and nothing was changed." in answer.content.decode()
    assert connected() == []


def test_an_answer_counts_once(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    cookie = visitor.cookies["connect_discogs"].value
    assert visitor.get(back).status_code == 302
    before = Connection.objects.values().get()
    visitor.cookies["connect_discogs"] = cookie
    assert visitor.get(back).status_code == 403
    assert Connection.objects.values().get() == before


def test_a_forged_answer(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    token = back.partition("oauth_token=")[2].partition("&")[0]
    assert visitor.get(back.replace(token, "forged")).status_code == 403
    assert visitor.get(back).status_code == 403, "the flow is over after a forgery"
    assert connected() == []


def test_an_answer_in_another_browser(shop: Shops, visitor: Client, person: User) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    assert signed_in(person).get(back).status_code == 403
    assert connected() == []
    assert visitor.get(back).status_code == 302, "the right browser still may"


def test_an_answer_in_a_browser_with_a_flow_of_its_own(shop: Shops, visitor: Client, person: User) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    other = signed_in(person)
    other.get(LOGIN)
    assert other.get(back).status_code == 403
    assert connected() == []
    assert visitor.get(back).status_code == 302


def test_a_cookie_that_was_made_up(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    visitor.cookies["connect_discogs"] = "made-up"
    assert visitor.get(back).status_code == 403
    assert connected() == []


def test_an_answer_of_somebody_else(shop: Shops, visitor: Client, stranger: User) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    other = signed_in(stranger)
    other.cookies["connect_discogs"] = visitor.cookies["connect_discogs"].value
    assert other.get(back).status_code == 403
    assert connected() == []


def test_an_answer_at_another_marketplace(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    back = consent(visitor.get(LOGIN)["Location"])
    visitor.cookies["connect_ebay"] = visitor.cookies["connect_discogs"].value
    assert visitor.get(back.replace("discogs", "ebay")).status_code == 403
    assert connected() == []
    assert Ticket.objects.get().used is None


def test_a_personal_token(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    answer = visitor.post(LOGIN, {"token": "sandbox-token"})
    assert (answer.status_code, answer["Location"]) == (302, "/marketplaces/")
    assert connected() == [("discogs", "greenstreet_records", "connected")]
    assert sorted(Connection.objects.get().secrets) == ["token"]


def test_a_wrong_personal_token(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    answer = visitor.post(LOGIN, {"token": "not-a-token-of-anyone"})
    assert answer.status_code == 422
    assert "Discogs refused: Discogs does not know this token" in answer.content.decode()
    assert "not-a-token-of-anyone" not in answer.content.decode()
    assert connected() == []


def test_one_connection_an_account(shop: Shops, stranger: User) -> None:
    shop("discogs", listings=0)
    answer = connect(signed_in(stranger))
    assert answer.status_code == 409
    assert "already connected to another organization" in answer.content.decode()
    assert connected() == [("discogs", "greenstreet_records", "connected")]
    assert Connection.objects.get().connected_by != stranger


def test_connecting_again_keeps_the_uid(shop: Shops, visitor: Client) -> None:
    one = shop("discogs", listings=0)
    Connection.objects.update(state=State.EXPIRED, trouble="Gone.")
    assert connect(visitor, f"?reconnect={one.public_id}").status_code == 302
    again = Connection.objects.get()
    assert (again.uid, again.state, again.trouble, again.grant_version) == (one.uid, "connected", "", 2)
    assert again.connected_at == one.connected_at


def test_connecting_again_as_somebody_else(shop: Shops, visitor: Client) -> None:
    one = shop("discogs", listings=0)
    shop.control("discogs", "sign-in", {"username": "northside_vinyl"})
    answer = connect(visitor, f"?reconnect={one.public_id}")
    assert answer.status_code == 409
    assert "this shop belongs to greenstreet_records" in answer.content.decode()
    assert connected() == [("discogs", "greenstreet_records", "connected")]
    assert Connection.objects.get().secrets == one.secrets


def test_disconnecting_forgets_secrets_and_keeps_history(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    connect(visitor)
    one = Connection.objects.get()
    services.disconnect(connection=one)
    one.refresh_from_db()
    assert (one.state, one.secrets, one.expires_at) == ("revoked", {}, None)
    assert one.disconnected_at is not None
    run_until_idle()
    assert not Task.objects.filter(lane__startswith="shop:").exists()
    assert not Schedule.objects.filter(lane__startswith="shop:").exists()
    assert not Schedule.objects.filter(lane__startswith="shop:").exists()
    with pytest.raises(Conflict, match="disconnected"):
        services.test(connection=one)
    connect(visitor)
    assert list(Connection.objects.values_list("uid", "state")) == [(one.uid, "connected")]


def test_without_a_plan(shop: Shops, visitor: Client, person: User) -> None:
    shop.open("discogs", listings=0)
    Subscription.objects.update(is_active=False)
    with pytest.raises(PaymentRequired):
        services.begin(organization=builders.house(person), user=person, marketplace="discogs")
    assert visitor.get(LOGIN).status_code == 402
    assert Ticket.objects.count() == 0
    assert shop.control("discogs", "requests")["requests"] == []


def test_another_site_cannot_begin(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    answer = visitor.get(LOGIN, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert "Continue to Discogs" in answer.content.decode()
    assert Ticket.objects.count() == 0


def test_unreachable(shop: Shops, visitor: Client) -> None:
    shop.open("discogs", listings=0)
    shop.control("discogs", "faults", [{"match": "GET /oauth/*", "times": 9, "do": "html:502"}])
    answer = visitor.get(LOGIN)
    assert answer.status_code == 422
    assert "Discogs cannot be reached now" in answer.content.decode()
    assert connected() == []


@pytest.mark.parametrize(
    ("slug", "status", "words"),
    [
        ("redbubble", 200, "browser extension"),
        ("unbuilt", 200, "later version"),
        ("nowhere", 404, ""),
    ],
)
@pytest.mark.usefixtures("unbuilt")
def test_other_platforms(visitor: Client, slug: str, status: int, words: str) -> None:
    answer = visitor.get(f"/accounts/{slug}/login/")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_without_credentials(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"INSTICA_DISCOGS_{name}", raising=False)
    answer: Any = visitor.get(LOGIN)
    assert answer.status_code == 200
    assert "INSTICA_DISCOGS_CLIENT_ID" in answer.content.decode()


def test_signed_out(db: None) -> None:
    answer = Client().get(LOGIN)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/accounts/discogs/login/")


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_an_address_with_a_token_connects_nothing(shop: Shops, visitor: Client, site: str) -> None:
    shop.open("discogs", listings=0)
    link = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    answer = visitor.get(f"{LOGIN}?token=sandbox-token", headers=link)
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?ask=1")
    assert (connected(), Ticket.objects.count()) == ([], 0)
    assert visitor.post(f"{LOGIN}?token=sandbox-token").status_code == 302
    assert (connected(), Ticket.objects.count()) == ([], 0)


def test_a_token_is_taken_from_the_page_with_its_form_token_only(shop: Shops, person: User) -> None:
    shop.open("discogs", listings=0)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.post(LOGIN, {"token": "sandbox-token"}).status_code == 403
    assert connected() == []
    browser.get(f"{LOGIN}?ask=1")
    form = {"token": "sandbox-token", "csrfmiddlewaretoken": browser.cookies["csrf"].value}
    assert browser.post(LOGIN, form).status_code == 302
    assert connected() == [("discogs", "greenstreet_records", "connected")]


def test_saying_no_leaves_what_was_connected_before(visitor: Client, shop: Shops) -> None:
    shop("discogs")
    page = visitor.get(consent(visitor.get(LOGIN)["Location"], "deny")).content.decode()
    assert "No further Discogs shop was connected" in page
    assert "What was connected before stays as it is." in page
    assert "Discogs is not connected" not in page
    assert Connection.objects.get().state == State.CONNECTED
