"""Deliveries: signed over id, time and raw body; late, twice, forged, and nonsense in genuine clothes."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from tests.conformance.place import Place
from tests.kit_session import app_for

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.errors import NotGenuine
from instica.kit.types import App, Event
from instica.marketplaces.etsy.simulator.portal import signed
from instica.marketplaces.etsy.webhooks import EtsyWebhooks

SECRET = "whsec_" + base64.b64encode(b"a very secret secret").decode()
OTHER = "whsec_" + base64.b64encode(b"another secret").decode()
HOOKS = EtsyWebhooks()
BODY = json.dumps(
    {
        "event_type": "order.paid",
        "resource_url": "https://openapi.etsy.com/v3/application/shops/21540033/receipts/3104000002",
        "shop_id": 21540033,
    }
).encode()


def app(secret: str = SECRET) -> App:
    return replace(app_for("etsy", ""), extra={"webhook_secret": Secret(secret)})


def headers(body: bytes = BODY, secret: str = SECRET, **more: Any) -> dict[str, str]:
    made = signed(secret, "msg_1", int(clock.now().timestamp()), body, **more)
    return {name.lower(): value for name, value in made.items()}


def test_a_delivery_is_an_event_about_an_order() -> None:
    assert HOOKS.read(app(), headers(), BODY) == [Event("21540033", "order.paid", "3104000002", "msg_1", about="order")]


@pytest.mark.parametrize("versioned", [True, False])
def test_signatures_come_with_and_without_a_version(versioned: bool) -> None:
    assert len(HOOKS.read(app(), headers(versioned=versioned), BODY)) == 1


def test_one_of_several_signatures_is_enough_while_a_secret_is_changed() -> None:
    both = headers(secret=OTHER)["webhook-signature"] + " " + headers()["webhook-signature"]
    assert len(HOOKS.read(app(), {**headers(), "webhook-signature": both}, BODY)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "now"},
    ],
)
def test_what_is_not_signed_whole_is_forged(change: dict[str, str]) -> None:
    with pytest.raises(NotGenuine):
        HOOKS.read(app(), headers() | change, BODY)


def test_another_body_another_secret_or_none_is_forged() -> None:
    for made, body in ((headers(), BODY + b" "), (headers(secret=OTHER), BODY)):
        with pytest.raises(NotGenuine):
            HOOKS.read(app(), made, body)
    for secret in ("", "whsec_", "whsec_!"):
        with pytest.raises(NotGenuine):
            HOOKS.read(app(secret), headers(), BODY)
    with pytest.raises(NotGenuine):
        HOOKS.read(app_for("etsy", ""), headers(), BODY)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_replay_after_five_minutes_is_not_taken(seconds: int) -> None:
    made = headers()
    with time_machine.travel(clock.now().timestamp() + seconds, tick=False), pytest.raises(NotGenuine, match="too old"):
        HOOKS.read(app(), made, BODY)


@pytest.mark.parametrize(
    "said",
    [
        b"[]",
        b"nothing",
        b"{}",
        b"[" * 100_000,
        b'{"shop_id": true, "event_type": "order.paid"}',
        b'{"shop_id": [1], "event_type": "order.paid"}',
        b'{"shop_id": 1, "event_type": null}',
    ],
)
def test_genuine_nonsense_is_no_event(said: bytes) -> None:
    assert list(HOOKS.read(app(), headers(said), said)) == []


@pytest.mark.parametrize(
    ("url", "about"),
    [
        ("https://x/listings/12/inventory", "12"),
        ("https://x/listings/12/inventory/products/34", "12"),
        ("no address", ""),
        (None, ""),
        ("http://[", ""),
        ("/a/1/b/2", "2"),
    ],
)
def test_the_number_is_taken_from_the_address_which_is_not_followed(url: object, about: str) -> None:
    said = json.dumps({"shop_id": "5", "event_type": "listing.updated", "resource_url": url}).encode()
    assert HOOKS.read(app(), headers(said), said) == [
        Event("5", "listing.updated", about, "msg_1", about="listing" if about else "")
    ]


def delivered(place: Place) -> list[list[Event]]:
    found = []
    for each in place.sandbox("webhooks")["outbox"]:
        names = {name.lower(): value for name, value in each["headers"].items()}
        try:
            found.append(list(HOOKS.read(app(), names, each["body"].encode())))
        except NotGenuine:
            found.append([])
    return found


def bought(place: Place) -> str:
    place.sandbox("webhooks", {"secret": SECRET, "topics": ["order.paid"]})
    return str(place.sandbox("buy", {"listing_id": int(place.on_sale().id)})["order_id"])


@pytest.mark.parametrize("how", [{"shop_id": "text"}, {"signature": "plain"}, {}])
def test_the_simulator_tells_of_a_sale_in_every_way_etsy_is_said_to(place: Place, how: dict[str, str]) -> None:
    place.sandbox("switches", how)
    number = bought(place)
    assert delivered(place) == [[Event("21540033", "order.paid", number, "msg_000001", about="order")]]


def test_twice_forged_and_dropped_deliveries(place: Place) -> None:
    for how, count, genuine in (("twice", 2, 2), ("forged", 1, 0), ("drop", 0, 0)):
        place.fault("*", f"webhook:{how}")
        before = len(delivered(place))
        bought(place)
        now = delivered(place)[before:]
        assert (len(now), len([each for each in now if each])) == (count, genuine), how


def test_the_first_of_two_equal_deliveries_has_the_same_id_as_the_second(place: Place) -> None:
    place.fault("*", "webhook:twice")
    bought(place)
    first, second = delivered(place)
    assert first == second


def test_a_late_delivery_is_signed_when_it_is_sent(place: Place) -> None:
    place.fault("*", "webhook:late:600")
    bought(place)
    (each,) = place.sandbox("webhooks")["outbox"]
    assert each["due"] - clock.now().timestamp() > 590
    assert abs(int(each["headers"]["webhook-timestamp"]) - each["due"]) < 2
