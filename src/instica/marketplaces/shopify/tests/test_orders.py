"""Orders: read, shipped from their places, cancelled, refunded."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.conformance.place import Place

from instica.core import clock
from instica.kit.errors import Gone, Refused, TryLater, Unsure
from instica.kit.types import Attempt, Ref, RemoteOrder, Shipment
from instica.marketplaces.shopify.simulator.seed import BACK_ROOM
from instica.marketplaces.shopify.tests.shopping import buy, calls, plenty, switch

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SHIP = Attempt("ship-1", "ship", clock.now())


def test_orders_that_nobody_placed_are_left_out(place: Place) -> None:
    listing = next(each for each in place.walk() if plenty(each))
    buy(place, listing, test=True)
    number = buy(place, listing)
    assert [order.id for order in place.connector.orders(LONG_AGO, None).rows] == [number]


def test_ninety_days_of_old_orders_are_read_by_page(place: Place) -> None:
    place.sandbox("old-orders", {"count": 120, "days": 90})
    found: list[RemoteOrder] = []
    page = place.connector.orders(LONG_AGO, None)
    while page.next:
        found += page.rows
        page = place.connector.orders(LONG_AGO, page.next)
    found += page.rows
    assert (len(found), {order.state for order in found}) == (120, {"completed"})
    assert [order.updated_at for order in found] == sorted(order.updated_at for order in found)


def test_a_line_whose_product_was_deleted_keeps_its_name(place: Place) -> None:
    listing = place.on_sale()
    number = buy(place, listing)
    place.sandbox("end", {"listing_id": int(listing.id), "delete": True})
    (line,) = place.connector.order(number).lines
    assert (line.listing, line.offer, line.sku, line.title) == ("", "", listing.offers[0].sku, listing.title)
    with pytest.raises(Gone):
        place.connector.listing(Ref(listing.id))


def test_what_a_refund_puts_back_is_no_longer_sold(place: Place) -> None:
    listing = next(each for each in place.walk() if plenty(each))
    number = buy(place, listing, 3)
    place.sandbox("order", {"order_id": number, "refund": True, "quantity": 1, "restock": "CANCEL"})
    assert [line.quantity for line in place.connector.order(number).lines] == [2]
    place.sandbox("order", {"order_id": number, "refund": True, "quantity": 1, "restock": "NO_RESTOCK"})
    assert [line.quantity for line in place.connector.order(number).lines] == [2]


def test_an_order_is_shipped_from_each_of_its_places(place: Place) -> None:
    one, two = [each for each in place.walk() if plenty(each) and len(each.offers) == 1][:2]
    site = place.simulator.site  # type: ignore[attr-defined]
    product = site.catalogue.get(int(two.id))
    moved = replace(product.variants[0], levels=((BACK_ROOM, product.variants[0].levels[0][1]),))
    site.catalogue.put_variant(product, moved)
    number = buy(place, one, also=[[int(two.id), None, 1]])
    order = place.connector.ship(number, Shipment("1Z777", "ups"), SHIP)
    assert (order.state, order.tracking_number, order.carrier) == ("shipped", "1Z777", "UPS")
    assert calls(place, "fulfillmentCreate") == 2


def test_a_parcel_sent_without_a_number_is_told_it_later(place: Place) -> None:
    number = buy(place, place.on_sale())
    place.connector.ship(number, Shipment(""), SHIP)
    order = place.connector.ship(number, Shipment("94001", "USPS"), SHIP)
    assert (order.tracking_number, calls(place, "fulfillmentCreate")) == ("94001", 1)


def test_an_order_without_its_places_yet_is_shipped_later(place: Place) -> None:
    switch(place, routing=60)
    number = buy(place, place.on_sale())
    with pytest.raises(TryLater):
        place.connector.ship(number, Shipment("1Z"), SHIP)
    place.sandbox("clock", {"advance": 61})
    assert place.connector.ship(number, Shipment("1Z"), SHIP).state == "shipped"


def test_an_order_on_hold_is_not_shipped(place: Place) -> None:
    number = buy(place, place.on_sale())
    place.sandbox("order", {"order_id": number, "held": True})
    with pytest.raises(Refused, match="on_hold"):
        place.connector.ship(number, Shipment("1Z"), SHIP)
    assert place.writes() == []


def test_a_lost_shipment_is_not_sent_twice(place: Place) -> None:
    number = buy(place, place.on_sale())
    place.fault("*#fulfillmentCreate", "lost")
    with pytest.raises(Unsure):
        place.connector.ship(number, Shipment("1Z", "UPS"), SHIP)
    assert place.connector.ship(number, Shipment("1Z", "UPS"), SHIP).state == "shipped"
    assert calls(place, "fulfillmentCreate") == 1


def test_a_cancellation_takes_a_moment(place: Place) -> None:
    listing = place.on_sale()
    number = buy(place, listing)
    switch(place, cancel_polls=30)
    assert place.connector.cancel(number, "CUSTOMER").state == "paid"
    place.sandbox("clock", {"advance": 31})
    order = place.connector.order(number)
    assert (order.state, order.choices, order.lines[0].quantity) == ("cancelled", (), 1)
    assert place.connector.listing(Ref(listing.id)).offers[0].quantity == listing.offers[0].quantity


def test_a_shipped_order_cannot_be_cancelled(place: Place) -> None:
    number = buy(place, place.on_sale())
    place.sandbox("order", {"order_id": number, "ship": "94001"})
    with pytest.raises(Refused):
        place.connector.cancel(number, "CUSTOMER")
    assert place.writes() == []


def test_a_buyer_this_app_may_not_know_is_nobody(place: Place) -> None:
    number = buy(place, place.on_sale())
    assert place.connector.order(number).buyer.isdigit()
    held = place.session.current.secrets["access_token"].reveal()
    place.simulator.site.grants[held].scopes = ("read_orders",)  # type: ignore[attr-defined]
    order = place.connector.order(number)
    assert (order.buyer, order.state, len(order.lines)) == ("", "paid", 1)
