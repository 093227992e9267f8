"""Notifications: challenge, signature on the raw body, cached keys, subscriptions, what each event asks of us."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from tests.conformance.place import Place

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.errors import NotGenuine, Refused, TryLater
from instica.kit.types import App, Event, Watch
from instica.marketplaces.ebay import webhooks
from instica.marketplaces.ebay.watching import verification_token
from instica.marketplaces.ebay.webhooks import EbayWebhooks

URL = "https://hub.example/webhooks/ebay/"
HOOKS = EbayWebhooks()


@pytest.fixture
def watched(place: Place) -> Watch:
    """Subscribed."""
    place.session.app = replace(place.session.app, redirect_uri="https://hub.example/accounts/ebay/login/callback/")
    return place.connector.watch(URL, None)


def sold(place: Place) -> list[dict[str, Any]]:
    """What was sent about a sale."""
    place.sandbox("buy", {"listing_id": int(place.on_sale().id), "quantity": 1})
    deliveries: list[dict[str, Any]] = place.sandbox("outbox")["deliveries"]
    return deliveries


def read(app: App, delivery: dict[str, Any]) -> list[Event]:
    headers = {name.lower(): value for name, value in delivery["headers"].items()}
    return list(HOOKS.read(app, headers, delivery["body"].encode()))


def test_the_challenge_is_answered_as_ebay_wants_it(place: Place) -> None:
    app = replace(place.session.app, redirect_uri="https://hub.example/accounts/ebay/login/callback/")
    token = verification_token(app)
    answer = HOOKS.challenge(app, "GET", {}, "challenge_code=abc123")
    expected = hashlib.sha256(f"abc123{token}{URL}".encode()).hexdigest()
    assert json.loads(answer or "") == {"challengeResponse": expected}
    assert 32 <= len(token) <= 80
    assert HOOKS.challenge(app, "GET", {}, "hub.challenge=1") is None
    assert HOOKS.challenge(app, "GET", {}, f"challenge_code={'x' * 300}") is None


def test_the_operators_own_verification_token_is_used() -> None:
    app = App("ebay", "https://hub.example/a", extra={"verification_token": Secret("t" * 40)})
    assert verification_token(app) == "t" * 40


def test_ebay_asks_the_address_before_it_takes_it(place: Place) -> None:
    app = replace(place.session.app, redirect_uri="https://hub.example/accounts/ebay/login/callback/")
    place.session.app = app

    def ours(url: str) -> tuple[int, bytes]:
        answer = HOOKS.challenge(app, "GET", {}, urlsplit(url).query)
        return 200, (answer or "").encode()

    post: Any = getattr(place.simulator, "site").post  # noqa: B009 - a simulator's own state
    post.reach = lambda *_: (200, b"{}")
    with pytest.raises(Refused, match="Challenge verification failed"):
        place.connector.watch(URL, None)
    post.reach = ours
    assert place.connector.watch(URL, None).ids["destination"]


def test_watching_twice_keeps_what_stands(place: Place, watched: Watch) -> None:
    assert set(watched.ids) == {"destination", "ORDER_CONFIRMATION", "AUTHORIZATION_REVOCATION"}
    assert place.connector.watch(URL, watched) == watched


def test_the_newest_form_of_a_topic_is_taken(place: Place, watched: Watch) -> None:
    (delivery,) = sold(place)
    assert json.loads(delivery["body"])["metadata"]["schemaVersion"] == "1.1"


def test_without_an_address_to_warn_it_says_what_is_missing(place: Place) -> None:
    getattr(place.simulator, "site").post.alert_email = ""  # noqa: B009 - a simulator's own state
    with pytest.raises(Refused, match="INSTICA_EBAY_ALERT_EMAIL"):
        place.connector.watch(URL, None)


def test_unwatching_ends_this_shops_own_subscription_only(place: Place, watched: Watch) -> None:
    place.connector.unwatch(watched)
    assert sold(place) == []
    again = place.connector.watch(URL, None)
    assert again.ids["AUTHORIZATION_REVOCATION"] == watched.ids["AUTHORIZATION_REVOCATION"]
    assert again.ids["ORDER_CONFIRMATION"] != watched.ids["ORDER_CONFIRMATION"]
    place.connector.unwatch(again)
    place.connector.unwatch(again)


def test_a_sale_is_an_event_of_that_seller(place: Place, watched: Watch) -> None:
    (delivery,) = sold(place)
    (event,) = read(place.session.app, delivery)
    number = place.sandbox("orders")["orders"][-1]["order_id"]
    assert (event.account, event.topic, event.object_id) == ("Gst7kQ2xR0u", "ORDER_CONFIRMATION", number)
    assert event.event_id == json.loads(delivery["body"])["notification"]["notificationId"]


def test_the_same_delivery_twice_has_the_same_id(place: Place, watched: Watch) -> None:
    place.fault("*", "webhook:twice")
    first, second = sold(place)
    assert read(place.session.app, first) == read(place.session.app, second)


def test_a_late_one_comes_late_and_a_dropped_one_never(place: Place, watched: Watch) -> None:
    place.fault("*", "webhook:late:30")
    assert sold(place) == []
    place.sandbox("clock", {"advance": 31})
    assert len(place.sandbox("outbox")["deliveries"]) == 1
    place.fault("*", "webhook:drop")
    assert len(sold(place)) == 1


def test_a_forged_one_is_not_genuine(place: Place, watched: Watch) -> None:
    place.fault("*", "webhook:forged")
    (delivery,) = sold(place)
    with pytest.raises(NotGenuine):
        read(place.session.app, delivery)


def test_the_signature_is_on_the_raw_bytes(place: Place, watched: Watch) -> None:
    (delivery,) = sold(place)
    same_meaning = json.dumps(json.loads(delivery["body"]), indent=1)
    with pytest.raises(NotGenuine):
        read(place.session.app, {**delivery, "body": same_meaning})


@pytest.mark.parametrize(
    "header",
    [
        "",
        "not base64!",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"kid": 7, "signature": "AAAA"}').decode(),
        base64.b64encode(b'{"kid": "../../user/", "signature": "AAAA"}').decode(),
        base64.b64encode(b'{"kid": "9936261a-7d7b-4621-a0f1-96ccb428af49", "signature": "AAAA"}').decode(),
        base64.b64encode(b'{"kid": "9936261a-7d7b-4621-a0f1", "signature": "AAAA", "digest": "MD5"}').decode(),
    ],
)
def test_a_header_that_proves_nothing_is_not_genuine(place: Place, header: str) -> None:
    with pytest.raises(NotGenuine):
        HOOKS.read(place.session.app, {"x-ebay-signature": header}, b"{}")


def test_a_key_is_asked_for_once_an_hour(place: Place, watched: Watch) -> None:
    (delivery,) = sold(place)

    def asked() -> int:
        return sum("/public_key/" in row["path"] for row in place.requests())

    read(place.session.app, delivery)
    read(place.session.app, delivery)
    assert asked() == 1
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        read(place.session.app, delivery)
    assert asked() == 2


def test_a_key_that_cannot_be_had_now_is_no_forgery(place: Place, watched: Watch) -> None:
    (delivery,) = sold(place)
    place.fault("GET /commerce/notification/*", "status:500", times=3)
    with pytest.raises(TryLater):
        read(place.session.app, delivery)
    place.sandbox("faults", [])
    assert len(read(place.session.app, delivery)) == 1


def test_an_unknown_key_is_asked_for_once_a_minute(place: Place) -> None:
    said = {"kid": "00000000-0000-0000-0000-000000000000", "signature": "AAAA"}
    header = {"x-ebay-signature": base64.b64encode(json.dumps(said).encode()).decode()}
    for _ in range(5):
        with pytest.raises(NotGenuine):
            HOOKS.read(place.session.app, header, b"{}")
    assert sum("/public_key/" in row["path"] for row in place.requests()) == 1


def test_made_up_keys_do_not_use_up_what_ebay_answers_in_a_day(
    place: Place, watched: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "STRANGE_AN_HOUR", 3)
    (delivery,) = sold(place)
    read(place.session.app, delivery)
    before = len(place.requests())
    for number in range(6):
        said = {"kid": f"00000000-0000-0000-0000-00000000000{number}", "signature": "AAAA"}
        header = {"x-ebay-signature": base64.b64encode(json.dumps(said).encode()).decode()}
        with pytest.raises(NotGenuine if number < 2 else TryLater):
            HOOKS.read(place.session.app, header, b"{}")
    assert len(place.requests()) - before == 2
    assert len(read(place.session.app, delivery)) == 1
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        assert len(read(place.session.app, delivery)) == 1
        with pytest.raises(NotGenuine):
            HOOKS.read(place.session.app, header, b"{}")


def test_access_taken_back_is_told(place: Place, watched: Watch) -> None:
    place.sandbox("revoke", {})
    (delivery,) = place.sandbox("outbox")["deliveries"]
    (event,) = read(place.session.app, delivery)
    assert (event.account, event.topic, event.kind) == ("Gst7kQ2xR0u", "AUTHORIZATION_REVOCATION", "revoked")


def test_a_deleted_account_is_forgotten_by_id_and_by_name(place: Place) -> None:
    data = {"username": "needle.drop", "userId": "bq1OkAfOr01", "eiasToken": "x"}
    notification = {"notificationId": "n-1", "data": data}
    body = json.dumps({"metadata": {"topic": "MARKETPLACE_ACCOUNT_DELETION"}, "notification": notification})
    headers = place.sandbox("sign", {"body": body})
    events = HOOKS.read(place.session.app, headers, body.encode())
    assert [(event.account, event.object_id, event.kind, event.event_id) for event in events] == [
        ("", "bq1OkAfOr01", "forget_buyer", "n-1:bq1OkAfOr01"),
        ("", "needle.drop", "forget_buyer", "n-1:needle.drop"),
        ("bq1OkAfOr01", "bq1OkAfOr01", "forget_shop", "n-1:shop"),
    ]


def test_an_order_names_its_buyer_as_the_deletion_will(place: Place) -> None:
    sold(place)
    number = place.sandbox("orders")["orders"][-1]["order_id"]
    assert place.connector.order(number).buyer == "mono_or_bust"


def test_a_signed_body_that_is_no_notification_is_not_genuine(place: Place) -> None:
    for body in ("[]", "{}", "not json"):
        headers = place.sandbox("sign", {"body": body})
        with pytest.raises(NotGenuine):
            HOOKS.read(place.session.app, headers, body.encode())
