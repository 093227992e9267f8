"""Webhooks: genuine or not, what they ask, and how subscriptions are kept standing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conformance.place import Place
from tests.kit_session import app_for

from instica.core.secrets import Secret
from instica.kit.errors import NotGenuine
from instica.kit.types import App, Event
from instica.marketplaces.shopify.webhooks import ShopifyWebhooks, signed

APP = app_for("shopify", "")
SHOP = "sandbox.myshopify.com"
HERE = "https://hub.example/webhooks/shopify/"
READ = ShopifyWebhooks().read


def headers(body: bytes, topic: str = "orders/create", **more: str) -> dict[str, str]:
    usual = {
        "x-shopify-topic": topic,
        "x-shopify-hmac-sha256": signed(APP.client_secret, body),
        "x-shopify-shop-domain": SHOP,
        "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    }
    return {**usual, **more}


def test_the_published_signature() -> None:
    body = b'{"id":788032119674292922}'
    assert signed(Secret("shpss_demo_secret"), body) == "1Dw6GptGW8u+rP54E9HH4x/TucVgi0SmZrHNN/ZWzSw="


@pytest.mark.parametrize(
    ("topic", "body", "event"),
    [
        ("orders/create", b'{"id":59,"admin_graphql_api_id":"gid://shopify/Order/59"}', ("59", "changed", "order")),
        ("products/delete", b'{"id":83}', ("83", "changed", "listing")),
        (
            "inventory_levels/update",
            b'{"inventory_item_id":46,"location_id":7,"admin_graphql_api_id":"gid://shopify/InventoryLevel/7"}',
            ("46", "changed", ""),
        ),
        ("app/uninstalled", b'{"id":68}', ("68", "revoked", "")),
        (
            "customers/redact",
            b'{"shop_id":68,"customer":{"id":71},"orders_to_redact":[59]}',
            ("71", "forget_buyer", ""),
        ),
        ("customers/data_request", b'{"shop_id":68,"customer":{"id":71}}', ("71", "tell_buyer_data", "")),
        ("customers/redact", b'{"customer":null}', ("", "forget_buyer", "")),
        ("shop/redact", b'{"shop_id":68,"shop_domain":"x"}', ("68", "forget_shop", "")),
        ("orders/create", b"no json at all", ("", "changed", "order")),
        ("orders/create", b'{"id":{"a":1}}', ("", "changed", "order")),
    ],
)
def test_a_genuine_delivery_says_what_to_look_at(topic: str, body: bytes, event: tuple[str, Any, Any]) -> None:
    delivery = "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"
    assert READ(APP, headers(body, topic), body) == [Event(SHOP, topic, event[0], delivery, *event[1:])]


@pytest.mark.parametrize(
    "change",
    [
        {"x-shopify-hmac-sha256": "AAAA"},
        {"x-shopify-hmac-sha256": ""},
        {"x-shopify-hmac-sha256": "ü"},
        {"x-shopify-topic": ""},
        {"x-shopify-webhook-id": ""},
        {"x-shopify-shop-domain": "evil.example"},
        {"x-shopify-shop-domain": ""},
    ],
)
def test_what_is_not_genuine_is_refused(change: dict[str, str]) -> None:
    body = b'{"id":1}'
    with pytest.raises(NotGenuine):
        READ(APP, headers(body) | change, body)


def test_the_raw_body_is_signed_and_no_other_form_of_it() -> None:
    with pytest.raises(NotGenuine):
        READ(APP, headers(b'{"id":1}'), b'{"id": 1}')


def test_the_secret_before_the_last_rotation_still_counts_when_it_is_given() -> None:
    body = b'{"id":1}'
    old = {"x-shopify-hmac-sha256": signed(Secret("before"), body)}
    with pytest.raises(NotGenuine):
        READ(APP, headers(body) | old, body)
    given = App(APP.slug, APP.redirect_uri, APP.client_id, APP.client_secret, {"previous_secret": Secret("before")})
    assert len(READ(given, headers(body) | old, body)) == 1


def test_an_app_without_a_secret_believes_nobody() -> None:
    body = b'{"id":1}'
    with pytest.raises(NotGenuine):
        READ(App("shopify", ""), headers(body) | {"x-shopify-hmac-sha256": signed(Secret(""), body)}, body)


def test_everything_the_simulator_sends_is_genuine(place: Place) -> None:
    place.connector.watch(HERE, None)
    number = place.sandbox("buy", {"listing_id": int(place.on_sale().id)})["order_id"]
    place.sandbox("compliance", {"topic": "customers/redact", "uri": HERE, "order_id": number})
    sent = place.sandbox("webhooks")["outbox"]
    events = [READ(place.session.app, row["headers"], row["body"].encode())[0] for row in sent]
    assert [(event.topic, event.kind) for event in events] == [
        ("inventory_levels/update", "changed"),
        ("orders/create", "changed"),
        ("orders/updated", "changed"),
        ("customers/redact", "forget_buyer"),
    ]
    assert {event.account for event in events} == {SHOP}
    assert (events[1].object_id, events[3].object_id) == (number, place.connector.order(number).buyer)
    assert len({event.event_id for event in events}) == 4


def test_faults_of_deliveries(place: Place) -> None:
    place.connector.watch(HERE, None)
    for fault in ("webhook:twice", "webhook:forged", "webhook:drop"):
        place.fault("orders/create", fault)
    for _ in range(3):
        place.sandbox("buy", {"listing_id": int(place.on_sale().id)})
        place.sandbox("edit", {"listing_id": int(place.walk()[0].id), "quantity": 1})
    sent = [row for row in place.sandbox("webhooks")["outbox"] if row["topic"] == "orders/create"]
    twice, again, forged = sent
    assert twice == again
    assert len(sent) == 3
    with pytest.raises(NotGenuine):
        READ(place.session.app, forged["headers"], forged["body"].encode())


def test_a_watch_keeps_what_stands_and_makes_anew_what_was_lost(place: Place) -> None:
    first = place.connector.watch(HERE, None)
    assert len(first.ids) == 6
    assert place.connector.watch(HERE, first).ids == first.ids
    lost = place.simulator.site.hooks.subscriptions.popitem()  # type: ignore[attr-defined]
    second = place.connector.watch(HERE, first)
    assert second.ids.keys() == first.ids.keys()
    assert lost[0] not in [int(number.rpartition("/")[2]) for number in second.ids.values()]


def test_a_hub_that_moved_leaves_nothing_behind(place: Place) -> None:
    first = place.connector.watch(HERE, None)
    place.connector.watch("https://new.example/webhooks/shopify/", first)
    uris = {row["uri"] for row in place.sandbox("webhooks")["subscriptions"]}
    assert uris == {"https://new.example/webhooks/shopify/"}


def test_a_topic_this_app_may_not_hear_of_is_left_out(place: Place) -> None:
    held = place.session.current.secrets["access_token"].reveal()
    place.simulator.site.grants[held].scopes = ("read_products",)  # type: ignore[attr-defined]
    assert set(place.connector.watch(HERE, None).ids) == {"PRODUCTS_UPDATE", "PRODUCTS_DELETE", "APP_UNINSTALLED"}


def test_the_end_of_a_watch(place: Place) -> None:
    watch = place.connector.watch(HERE, None)
    place.connector.unwatch(watch)
    assert place.sandbox("webhooks")["subscriptions"] == []
    place.connector.unwatch(watch)
