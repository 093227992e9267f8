"""Reading a shop: who, everything in it, one listing, its orders."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from instica.core import clock
from instica.core.money import CURRENCIES
from instica.kit.contract import Marketplace
from instica.kit.errors import Gone
from instica.kit.types import Ref
from tests.conformance.place import Place, able, connected, named, where

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def test_the_shop_says_who_it_is(place: Place) -> None:
    shop = place.connector.shop()
    assert (shop.remote_id, shop.username) == (place.session.account.remote_id, place.session.account.username)
    assert shop.remote_id
    assert shop.currency in CURRENCIES


def test_a_walk_finds_exactly_what_is_there(place: Place) -> None:
    found, truth = {listing.id: listing for listing in place.walk()}, place.truth()
    assert found.keys() == truth.keys()
    sound = {number: listing for number, listing in found.items() if not listing.faults}
    assert {number: str(listing.offers[0].price) for number, listing in sound.items()} == {
        number: truth[number]["price"] for number in sound
    }
    assert {number: listing.seen == "live" for number, listing in found.items()} == {
        number: place.facts.is_listed(row) for number, row in truth.items()
    }


def test_a_large_shop_is_read_whole_with_few_calls(marketplace: Marketplace, tmp_path: Path) -> None:
    with connected(marketplace, tmp_path, listings=1_200) as place:
        before = len(place.requests())
        assert {listing.id for listing in place.walk()} == place.truth().keys()
        assert len(place.requests()) - before <= 20


def test_rows_with_something_wrong_come_with_the_reason(place: Place) -> None:
    truth = place.truth()
    bad = {number for number, row in truth.items() if not row["price"] or float(row["price"]) <= 0}
    faults = {listing.id: [fault.code for fault in listing.faults] for listing in place.walk() if listing.faults}
    assert bad
    assert bad <= {number for number, codes in faults.items() if "invalid_price" in codes}


@pytest.mark.parametrize("marketplace", where("SANDBOX_CURRENCY"), ids=named)
def test_prices_in_five_currencies_yen_without_cents(place: Place) -> None:
    number = place.on_sale().id
    for currency in ("USD", "EUR", "GBP", "CAD", "JPY"):
        place.sandbox("shop", {"currency": currency})
        place.session.account = replace(place.connector.shop(), remote_id=place.session.account.remote_id)
        price, there = place.connector.listing(Ref(number)).offers[0].price, place.truth()[number]
        assert price
        assert (price.currency, place.session.account.currency) == (currency, currency)
        told = Decimal(str(there["price"]))
        assert abs(price.decimal - told) < 1 if currency == "JPY" else price.decimal == told
        assert price.decimal == round(price.decimal) if currency == "JPY" else price.minor == told * 100


def test_two_walks_tell_the_same(place: Place) -> None:
    assert place.walk() == place.walk()


def test_one_listing_reads_as_in_the_walk(place: Place) -> None:
    listing = place.on_sale()
    assert place.as_walked(place.connector.listing(Ref(listing.id))) == listing


def test_what_was_taken_down_there_is_gone_or_ended(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("end", {"listing_id": int(listing.id)})
    if place.facts.ENDED_IS_GONE:
        with pytest.raises(Gone):
            place.connector.listing(Ref(listing.id))
    else:
        assert place.connector.listing(Ref(listing.id)).seen in ("ended", "hidden")
    assert listing.id not in {each.id for each in place.walk() if each.seen == "live"}


def test_a_sale_is_an_order_for_that_listing(place: Place) -> None:
    listing = place.on_sale()
    before = clock.now()
    number = str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})["order_id"])
    page = place.connector.orders(before, None)
    assert [(order.id, [(line.listing, line.offer, line.quantity) for line in order.lines]) for order in page.rows] == [
        (number, [(listing.id, listing.offers[0].id, 1)])
    ]
    assert page.rows[0] == place.connector.order(number)
    assert place.connector.orders(before, None).rows[0].fingerprint == page.rows[0].fingerprint


def test_old_orders_are_not_read_again(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})
    assert len(place.connector.orders(LONG_AGO, None).rows) == len(place.sandbox("orders")["orders"])
    assert place.connector.orders(clock.now() + dt.timedelta(days=1), None).rows == ()


def test_a_cancelled_order_reads_as_cancelled_and_has_another_fingerprint(place: Place) -> None:
    listing = place.on_sale()
    number = str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})["order_id"])
    before = place.connector.order(number)
    place.sandbox("cancel", {"order_id": number, "reason": "buyer"})
    after = place.connector.order(number)
    assert (before.state != "cancelled", after.state) == (True, "cancelled")
    assert before.fingerprint != after.fingerprint


def test_an_unknown_order_is_gone(place: Place) -> None:
    with pytest.raises(Gone):
        place.connector.order("999999-999999")


@pytest.mark.parametrize("marketplace", able("entry"), ids=named)
def test_an_entry_of_the_database_has_what_a_listing_lacks(place: Place) -> None:
    listing = place.on_sale()
    entry = place.connector.entry(listing.release)
    assert (entry.release, entry.title, entry.artist, entry.year) == (
        *(listing.release, listing.title, listing.artist, listing.year),
    )
    assert entry.image in listing.images
    assert (bool(entry.country), entry.blocked) == (True, False)


@pytest.mark.parametrize("marketplace", able("entry"), ids=named)
@pytest.mark.parametrize("release", ["", "nothing:1", "discogs:999999999", "discogs:../users/x"])
def test_an_unknown_entry_is_gone(place: Place, release: str) -> None:
    with pytest.raises(Gone):
        place.connector.entry(release)
