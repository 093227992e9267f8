"""The traps of Etsy's orders and limits."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from tests.conformance.place import Place

from instica.core import clock
from instica.kit.errors import Refused, Unsure
from instica.kit.types import (
    Attempt,
    Ref,
    Shipment,
)
from instica.marketplaces.etsy.tests.selling import varied


def sold(place: Place, **more: Any) -> str:
    return str(place.sandbox("buy", {"listing_id": int(place.on_sale().id), **more})["order_id"])


def all_orders(place: Place, since: dt.datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    page = place.connector.orders(since, None)
    while True:
        found |= {order.id: order.state for order in page.rows}
        if page.next is None:
            return found
        page = place.connector.orders(since, page.next)


@pytest.mark.parametrize("silent", [True, False])
def test_a_cancellation_is_found_though_etsy_does_not_date_it(place: Place, silent: bool) -> None:
    place.sandbox("switches", {"silent_cancel": silent})
    number = sold(place)
    place.sandbox("cancel", {"order_id": number})
    later = clock.now() + dt.timedelta(days=20)
    assert all_orders(place, later) == {number: "cancelled"}


def test_ninety_days_of_old_orders_are_read_once_and_move_no_stock(place: Place) -> None:
    truth = place.truth()
    old = {sold(place, days_ago=days) for days in (3, 30, 90)}
    assert all_orders(place, clock.now() - dt.timedelta(days=100)).keys() == old
    assert all_orders(place, clock.now() - dt.timedelta(days=1)) == {}
    assert place.truth() == truth


def test_more_orders_than_a_page_holds_are_all_read(place: Place) -> None:
    listing = varied(place, "html")
    numbers = {
        str(place.sandbox("buy", {"listing_id": int(listing.id), "days_ago": 2})["order_id"]) for _ in range(230)
    }
    assert all_orders(place, clock.now() - dt.timedelta(days=3)).keys() == numbers


def test_behind_the_wall_orders_come_without_an_address_and_tracking_is_refused(place: Place) -> None:
    number = sold(place)
    place.sandbox("switches", {"address": "wall"})
    order = place.connector.order(number)
    assert (order.address, bool(order.buyer_name), order.state) == ({}, True, "paid")
    with pytest.raises(Refused, match="does not have access"):
        place.connector.ship(number, Shipment("1Z999", "UPS"), Attempt("s", "ship", clock.now()))
    assert place.connector.order(number).state == "paid"


def test_a_parcel_whose_answer_was_lost_is_not_told_twice(place: Place) -> None:
    number, parcel = sold(place), Shipment("1Z999", "Royal Mail")
    place.fault("POST */tracking", "lost")
    with pytest.raises(Unsure):
        place.connector.ship(number, parcel, Attempt("s", "ship", clock.now()))
    shipped = place.connector.ship(number, parcel, Attempt("s", "ship", clock.now()))
    assert (shipped.state, shipped.tracking_number, shipped.carrier) == ("shipped", "1Z999", "royal-mail")
    assert len(place.writes()) == 1


def test_a_dear_parcel_within_the_states_needs_a_number(place: Place) -> None:
    number = sold(place, buyer=0)
    with pytest.raises(Refused, match="tracking code and a carrier name are required"):
        place.connector.ship(number, Shipment(""), Attempt("s", "ship", clock.now()))
    assert place.connector.order(number).state == "paid"


def test_a_parcel_without_a_number_marks_it_shipped_once(place: Place) -> None:
    number = sold(place, buyer=1)
    for _ in range(2):
        assert place.connector.ship(number, Shipment(""), Attempt("s", "ship", clock.now())).state == "shipped"
    assert len(place.writes()) == 1


def test_an_order_of_a_variation_names_its_offer_and_lowers_only_that(place: Place) -> None:
    before = varied(place)
    number = str(place.sandbox("buy", {"listing_id": int(before.id), "product": 3, "quantity": 2})["order_id"])
    (line,) = place.connector.order(number).lines
    assert (line.offer, line.sku, line.quantity) == (before.offers[3].id, before.offers[3].sku, 2)
    after = place.connector.listing(Ref(before.id))
    pairs = zip(before.offers, after.offers, strict=True)
    dropped = [(old.id, (old.quantity or 0) - (new.quantity or 0)) for old, new in pairs if old != new]
    assert dropped == [(line.offer, 2)]


@pytest.mark.parametrize("how", [{}, {"day_header": "short"}])
def test_what_etsy_says_is_left_is_learned_for_the_second_and_the_day(place: Place, how: dict[str, Any]) -> None:
    place.sandbox("limits", {"second": 7, "day": 90})
    place.sandbox("switches", how)
    place.connector.shop()
    learned = {limit: remaining for limit, remaining, _ in place.session.budget.learned}
    assert learned == {"etsy.second": 5, "etsy.day": 88}


@pytest.mark.parametrize("bare", [True, False])
def test_a_used_up_day_closes_the_limit_for_as_long_as_etsy_says(place: Place, bare: bool) -> None:
    place.sandbox("switches", {"bare_429": bare})
    place.sandbox("limits", {"second": 50, "day": 1})
    with pytest.raises(Exception, match="used up"):
        place.connector.shop()
    limit, remaining, until = place.session.budget.learned[-1]
    assert until
    waited = (until - clock.now()).total_seconds()
    assert (limit, remaining, waited > 80_000) == ("etsy.second", 0, not bare)


def test_every_choice_of_the_form_is_offered(place: Place) -> None:
    described = json.loads((place.marketplace.folder / "fields.json").read_text(encoding="utf-8"))["properties"]
    choices = place.connector.choices()
    assert {each["x-choices"] for each in described.values() if "x-choices" in each} == choices.keys() - {"carrier"}
    assert choices["shipping_profile_id"] == (("188204511203", "Tube, tracked"),)
    assert ("2078", "Art & Collectibles > Prints > Digital Prints") in choices["taxonomy_id"]
    assert all(value and label for options in choices.values() for value, label in options)
