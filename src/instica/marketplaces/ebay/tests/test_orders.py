"""Orders: read by the time they changed, told by listing and variation, shipped once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from tests.conformance.place import Place

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Unsure
from instica.kit.types import (
    Absent,
    Attempt,
    Level,
    Ref,
    Shipment,
)
from instica.marketplaces.ebay.auth import EbayAuth
from instica.marketplaces.ebay.tests.selling import (
    buy,
    odd,
    switch,
)


def walked(place: Place, since: dt.datetime) -> Iterator[str]:
    cursor = None
    while True:
        page = place.connector.orders(since, cursor)
        yield from (order.id for order in page.rows)
        cursor = page.next
        if cursor is None:
            return


def test_orders_are_read_by_records_and_not_by_pages(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    number = odd(place, "many")
    place.connector.set_levels([Level(Ref(number), 50)])
    bought = [buy(place, number) for _ in range(25)]
    monkeypatch.setattr("instica.marketplaces.ebay.connector.PER_PAGE", 10)
    assert list(walked(place, clock.now() - dt.timedelta(hours=1))) == bought


def test_an_order_that_changes_while_pages_are_read_hides_no_other(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = odd(place, "many")
    place.connector.set_levels([Level(Ref(number), 50)])
    bought = [buy(place, number) for _ in range(15)]
    monkeypatch.setattr("instica.marketplaces.ebay.connector.PER_PAGE", 10)
    reading = walked(place, clock.now() - dt.timedelta(hours=1))
    seen = [next(reading)]
    place.sandbox("cancel", {"order_id": bought[0], "reason": "buyer"})
    seen += reading
    assert set(bought) - set(seen) == set()
    assert len(seen) == 30


def test_a_change_of_an_old_order_is_seen_and_a_little_is_read_again(place: Place) -> None:
    first, second = buy(place, place.on_sale().id), buy(place, odd(place, "many"))
    later = clock.now() + dt.timedelta(hours=2)
    with time_machine.travel(later):
        place.session.current = EbayAuth().refresh(place.session.app, place.session.current)
        assert list(walked(place, later)) == []
        place.sandbox("cancel", {"order_id": first, "reason": "buyer"})
        assert list(walked(place, later + dt.timedelta(minutes=9))) == [first]
    assert second


def test_ninety_days_of_old_orders_and_more_are_within_reach(place: Place) -> None:
    assert list(walked(place, clock.now() - dt.timedelta(days=4000))) == []
    asked = next(row["query"] for row in place.requests() if row["path"].endswith("/order"))
    assert "lastmodifieddate%3A%5B" in asked


def test_an_unpaid_order_is_open_until_it_is_paid(place: Place) -> None:
    switch(place, payment="pending")
    number = buy(place, place.on_sale().id)
    before = place.connector.order(number)
    place.sandbox("pay", {"order_id": number})
    after = place.connector.order(number)
    assert (before.state, after.state) == ("open", "paid")
    assert before.fingerprint != after.fingerprint


def test_a_sold_variation_names_the_offer_it_was(place: Place) -> None:
    number = odd(place, "hundred_variations")
    order = place.connector.order(buy(place, number, 2, variation="GST-TEE-L-RED"))
    (line,) = order.lines
    assert (line.listing, line.offer, line.quantity) == (number, "GST-TEE-L-RED", 2)
    assert line.price == Money(2400, "USD")


def test_a_cost_of_several_is_told_for_one(place: Place) -> None:
    number = odd(place, "many")
    price = place.connector.listing(Ref(number)).offers[0].price
    assert place.connector.order(buy(place, number, 3)).lines[0].price == price


def test_a_parcel_is_told_with_letters_and_digits_and_a_carrier(place: Place) -> None:
    number = buy(place, place.on_sale().id)
    shipped = place.connector.ship(number, Shipment("1Z 999-AA", ""), Attempt("s", "ship", clock.now()))
    assert (shipped.state, shipped.tracking_number) == ("shipped", "1Z999AA")


@pytest.mark.parametrize("placeholder", ["9999999999999", "99"])
def test_a_parcel_without_a_number_is_told_once(place: Place, placeholder: str) -> None:
    switch(place, untracked_shipment=placeholder)
    number = buy(place, place.on_sale().id)
    for _ in range(2):
        shipped = place.connector.ship(number, Shipment(""), Attempt("s", "ship", clock.now()))
        assert (shipped.state, shipped.tracking_number) == ("shipped", "")
    assert len(place.writes()) == 1


def test_a_parcel_told_in_doubt_is_looked_for_before_it_is_told_again(place: Place) -> None:
    number = buy(place, place.on_sale().id)
    place.fault("POST /sell/fulfillment/*", "lost")
    attempt = Attempt("s", "ship", clock.now())
    with pytest.raises(Unsure):
        place.connector.ship(number, Shipment("RR1", "USPS"), attempt)
    assert place.connector.find(attempt) == Absent()
    assert place.connector.ship(number, Shipment("RR1", "USPS"), attempt).state == "shipped"
    assert len(place.writes()) == 1
