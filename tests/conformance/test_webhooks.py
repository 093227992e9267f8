"""Webhooks of a sale: genuine and about that sale, once, twice, late, dropped; a forged one is told from them."""

from __future__ import annotations

import pytest

from instica.core import clock
from instica.kit.errors import NotGenuine
from instica.kit.types import Event
from tests.conformance.place import MARKETPLACES, Place, named

SENDING = [each for each in MARKETPLACES if each.webhooks]
pytestmark = pytest.mark.parametrize("marketplace", SENDING, ids=named)


def sell(place: Place) -> str:
    """A sale there; the order's number."""
    return str(place.sandbox("buy", {"listing_id": int(place.on_sale().id), "quantity": 1})["order_id"])


def read(place: Place, since: int) -> tuple[list[Event], int]:
    """The genuine events of what was sent since, and how many deliveries were not genuine."""
    hooks, events, forged = place.marketplace.load("webhooks")(), [], 0
    for headers, body in place.facts.deliveries(place)[since:]:
        try:
            events += hooks.read(place.session.app, {name.lower(): text for name, text in headers.items()}, body)
        except NotGenuine:
            forged += 1
    return events, forged


@pytest.fixture
def usual(place: Place) -> int:
    """How many deliveries a sale makes on a good day."""
    place.facts.listen(place)
    before = len(place.facts.deliveries(place))
    sell(place)
    return len(place.facts.deliveries(place)) - before


def test_a_sale_is_told_and_leads_to_its_order(place: Place, usual: int) -> None:
    before, began = len(place.facts.deliveries(place)), clock.now()
    number = sell(place)
    events, forged = read(place, before)
    assert (len(events), forged) == (usual, 0)
    assert len({event.event_id for event in events}) == usual
    assert {event.account for event in events} <= {place.session.account.remote_id, place.session.account.username}
    told = {event.object_id for event in events if event.about == "order"}
    assert told == {number}
    assert place.connector.order(number).id in {order.id for order in place.connector.orders(began, None).rows}


@pytest.mark.parametrize(
    ("fault", "more", "lies"), [("twice", 1, 0), ("late:30", 0, 0), ("forged", -1, 1), ("drop", -1, 0)]
)
def test_deliveries_of_a_bad_day(place: Place, usual: int, fault: str, more: int, lies: int) -> None:
    before = len(place.facts.deliveries(place))
    place.fault("*", f"webhook:{fault}")
    sell(place)
    place.sandbox("clock", {"advance": 31})
    events, forged = read(place, before)
    assert (len(events), forged) == (usual + more, lies)
    assert len({event.event_id for event in events}) == usual + min(0, more)
