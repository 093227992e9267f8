"""Answers that are legal and say nothing, or say it with the wrong kinds of things: a word of ours, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
from tests.conformance.place import Place

from instica.core import clock
from instica.kit.errors import RemoteFailure
from instica.kit.types import Attempt, Level, Ref, Shipment, Watch
from instica.kit.wire import mounted
from instica.marketplaces.ebay.connector import EbayConnector
from instica.marketplaces.ebay.tests.facts import draft as a_draft
from instica.marketplaces.ebay.tests.selling import by_model

Thin = Callable[[Any], Any]
XML = '<?xml version="1.0"?><{0}Response xmlns="urn:ebay:apis:eBLBaseComponents"><Ack>Success</Ack>{1}</{0}Response>'


def nothing(told: Any) -> Any:
    """Every field is optional."""
    return {}


def hollow(told: Any) -> Any:
    """The outermost fields are there, with nothing in them."""
    return {name: type(value)() for name, value in told.items()} if isinstance(told, dict) else told


def wrong(told: Any) -> Any:
    """Texts where lists and objects belong, numbers where texts do."""
    kinds = {str: 7, int: "seven", float: "seven", list: "a list", dict: ["an object"], bool: None}
    return {name: kinds.get(type(value), value) for name, value in told.items()} if isinstance(told, dict) else told


def wrong_inside(told: Any) -> Any:
    """The same one level further in."""
    if isinstance(told, dict):
        return {name: wrong_inside(value) if isinstance(value, list) else wrong(value) for name, value in told.items()}
    return [wrong(each) for each in told]


def listed_nothing(told: Any) -> Any:
    """Another kind of answer altogether."""
    return [None, 1, "x"]


def thinned(place: Place, thin: Thin) -> Callable[..., Iterable[bytes]]:
    """The simulator, with every successful answer made thin."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told: list[Any] = []
        body = b"".join(place.simulator(environ, lambda *said: told.extend(said)))
        name = environ.get("HTTP_X_EBAY_API_CALL_NAME", "")
        if name:
            inside = "" if thin is nothing else "<Item><ItemID>x</ItemID></Item><ActiveList/><Fees><Fee/></Fees>"
            body = XML.format(name, inside).encode()
        elif told[0].startswith("2") and body:
            body = json.dumps(thin(json.loads(body))).encode()
        start_response(told[0], [(key, value) for key, value in told[1] if key != "Content-Length"])
        return [body]

    return application


@pytest.mark.parametrize("thin", [nothing, hollow, wrong, wrong_inside, listed_nothing])
def test_every_method_answers_or_says_why_not(place: Place, connector: EbayConnector, thin: Thin) -> None:
    (listing,) = by_model(place, "inventory")
    number = str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})["order_id"])
    draft, ref = a_draft(listing), Ref(listing.id, extra={"sku": listing.offers[0].sku})
    attempt, since = Attempt("thin", "", clock.now(), draft.title, draft), clock.now()
    offer = Ref("offer-8209815463")
    methods: list[Callable[[], object]] = [
        connector.shop,
        lambda: walked(connector),
        lambda: connector.listing(ref),
        lambda: connector.listing(offer),
        lambda: connector.orders(since, None),
        lambda: connector.order(number),
        lambda: connector.publish(draft, "", attempt),
        lambda: connector.publish(draft, "offer", attempt),
        lambda: connector.publish(draft, "publish:1", attempt),
        lambda: connector.revise(ref, draft),
        lambda: connector.show(ref),
        lambda: connector.withdraw(ref),
        lambda: connector.set_levels([Level(ref, 3), Level(Ref(listing.id), 0)]),
        lambda: connector.ship(number, Shipment("1Z"), attempt),
        lambda: connector.quote(draft),
        connector.choices,
        lambda: connector.find(attempt),
        lambda: connector.changes(since, None),
        lambda: connector.details([ref]),
        lambda: connector.watch("https://hub.example/webhooks/ebay/", None),
        lambda: connector.unwatch(Watch({"ORDER_CONFIRMATION": "1"})),
    ]
    with mounted(place.session.app.origin, thinned(place, thin)):
        for method in methods:
            with suppress(RemoteFailure):
                method()


def walked(connector: EbayConnector) -> None:
    """A walk of an empty shop ends."""
    cursor = connector.listings(None).next
    for _ in range(20):
        if cursor is None:
            return
        cursor = connector.listings(cursor).next
    raise AssertionError("The walk has no end")
