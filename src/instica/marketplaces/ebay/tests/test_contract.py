"""Everything the connector can send, driven once, with both sides held to eBay's contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected
from tests.contracts import driving, recorder
from tests.contracts.exchange import Exchange
from tests.contracts.specs import folder

from instica.core import clock
from instica.core.money import Money
from instica.core.secrets import Secret
from instica.kit.types import Attempt, Draft, Level, Ref, RemoteListing, RemoteOffer, Shipment, Step
from instica.marketplaces.ebay import MARKETPLACE
from instica.marketplaces.ebay.apptoken import TOKENS
from instica.marketplaces.ebay.auth import EbayAuth
from instica.marketplaces.ebay.client import Ebay
from instica.marketplaces.ebay.connector import EbayConnector
from instica.marketplaces.ebay.notifications import Notifications
from instica.marketplaces.ebay.tests.facts import draft
from instica.marketplaces.ebay.tests.selling import grouped
from instica.marketplaces.ebay.trading import TradingDoor
from instica.marketplaces.ebay.webhooks import KEYS, EbayWebhooks

folder("ebay")
URL = "https://hub.example/webhooks/ebay/"
CLIENTS = (Ebay, Notifications, TradingDoor)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A connected shop, heard by the recorder."""
    with connected(MARKETPLACE, tmp_path) as found:
        extra = {"alert_email": Secret("ops@hub.example")}
        found.session.app = replace(found.session.app, extra=extra, redirect_uri="https://hub.example/accounts/ebay/")
        yield found


def published(place: Place, wanted: Draft) -> RemoteListing:
    """All steps of a publish."""
    attempt = Attempt("contract", "", clock.now(), wanted.title, wanted)
    step = place.connector.publish(wanted, "", attempt)
    while step.next:
        step = place.connector.publish(wanted, step.next, attempt)
    assert step.listing
    return step.listing


def variations() -> Draft:
    """A page with two choices, which is Trading's to list."""
    offers = tuple(RemoteOffer("", f"TEE-{size}", Money(2400, "USD"), 3, {"Size": size}) for size in ("S", "M"))
    pictures = ("https://i.ebayimg.com/images/g/TEE/s-l1600.jpg",)
    return Draft("Shop Tee", offers, "Soft.", images=pictures, fields={"category_id": "15687", "condition": "NEW"})


def test_every_operation_is_sent_and_answered_as_described(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads, both models written, orders, settings, notifications, tokens."""
    called = driving.used(monkeypatch, *CLIENTS)
    before = (recorder.REQUESTS.copy(), recorder.ANSWERS.copy(), len(recorder.BROKEN))
    TOKENS.held.clear()
    KEYS.known.clear()
    drive_listings(place)
    drive_orders(place)
    drive_notifications(place)
    connector = place.connector
    connector.shop()
    connector.choices()
    EbayAuth().refresh(place.session.app, place.session.current)
    assert recorder.BROKEN[before[2] :] == []
    sent, answered = recorder.REQUESTS - before[0], recorder.ANSWERS - before[1]
    names = recorder.contracts()["ebay"].operations()
    exchanged_before = {"POST /identity/v1/oauth2/token#authorization_code"}
    assert {name for name in names if not sent["ebay", name]} - exchanged_before == set()
    assert {name for name in names if not answered["ebay", name]} - exchanged_before == set()
    assert called == driving.calls(*CLIENTS)


def drive_listings(place: Place) -> None:
    """Both models: read, listed, revised, levelled, ended, shown again."""
    connector, rows = EbayConnector(place.session), place.walk()
    live = [row for row in rows if row.seen == "live" and not row.faults and len(row.offers) == 1]
    for model in ("inventory", "trading"):
        first, second = [row for row in live if row.details == {"kind": "fixed", "model": model}][:2]
        wanted = replace(draft(first), offers=(replace(first.offers[0], price=Money(1999, "USD")),))
        connector.revise(Ref(first.id), wanted)
        connector.set_levels([Level(Ref(first.id), 3), Level(Ref(second.id), 0)])
        connector.withdraw(Ref(first.id))
        connector.show(Ref(first.id))
    connector.withdraw(Ref(next(row.id for row in live if row.details["kind"] == "auction")))
    group = Ref(grouped(place))
    connector.withdraw(group)
    connector.show(group)
    connector.listing(Ref(next(row.id for row in rows if row.seen == "hidden")))
    connector.quote(draft(live[0]))
    published(place, draft(live[0]))
    published(place, variations())
    connector.find(Attempt("contract-2", "", clock.now(), "", variations()))
    connector.changes(clock.now() - dt.timedelta(hours=1), None)
    assert connector.door.ending(clock.now(), clock.now() + dt.timedelta(days=31), 1).total > 0
    many = [(replace(draft(live[0]), offers=(RemoteOffer("", f"MANY-{n}", Money(900, "USD")),)), n) for n in range(3)]
    attempts = [(each, Attempt(f"many-{n}", "", clock.now(), each.title, each)) for each, n in many]
    for _ in range(3):
        told = connector.publish_many(attempts)
        assert [step for step in told if not isinstance(step, Step)] == []
        steps = [step.next for step in told if isinstance(step, Step)]
        attempts = [(each, replace(tried, step=step)) for (each, tried), step in zip(attempts, steps, strict=True)]


def drive_orders(place: Place) -> None:
    """Sold, read, shipped."""
    listing = place.on_sale()
    number = str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})["order_id"])
    place.connector.orders(clock.now() - dt.timedelta(days=1), None)
    place.connector.ship(number, Shipment("1Z 999-AA", "UPS"), Attempt("ship", "ship", clock.now()))


def drive_notifications(place: Place) -> None:
    """Subscribed from nothing, enabled after a rest, heard, and ended."""
    post: Any = getattr(place.simulator, "site").post  # noqa: B009 - a simulator's own state
    post.alert_email = ""
    watch = place.connector.watch(URL, None)
    post.subscriptions[watch.ids["ORDER_CONFIRMATION"]].status = "DISABLED"
    assert place.connector.watch(URL, watch).ids == watch.ids
    place.sandbox("buy", {"listing_id": int(place.on_sale().id), "quantity": 1})
    (delivery,) = place.sandbox("outbox")["deliveries"]
    headers = {name.lower(): value for name, value in delivery["headers"].items()}
    assert EbayWebhooks().read(place.session.app, headers, delivery["body"].encode())[0].topic == "ORDER_CONFIRMATION"
    place.connector.unwatch(watch)


def test_a_request_that_the_contract_does_not_know_is_told() -> None:
    contract = recorder.contracts()["ebay"]
    exchange = Exchange("PUT", "/sell/inventory/v1/offer/1", "", {"authorization": "Bearer x"}, b"", 204, {}, b"")
    with pytest.raises(AssertionError, match="is missing"):
        contract.check_request(exchange)
    headers = {"authorization": "Bearer x", "content-type": "application/json", "content-language": "en-US"}
    with pytest.raises(AssertionError, match="'nonsense' was unexpected"):
        contract.check_request(replace(exchange, headers=headers, body=b'{"nonsense": 1}'))
    with pytest.raises(LookupError):
        contract.operation(replace(exchange, path="/sell/inventory/v1/nothing"))
