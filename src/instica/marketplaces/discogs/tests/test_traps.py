"""The traps of a two-way sync with Discogs, one test each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.conformance.place import Place

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Gone, Refused, Unsure
from instica.kit.types import Absent, Attempt, Draft, Found, Level, LookAgain, Ref, RemoteListing, RemoteOffer, Shipment
from instica.kit.wire import mounted
from instica.marketplaces.discogs.tests.facts import draft as a_draft


def attempt_for(draft: Draft, key: str = "attempt-1") -> Attempt:
    return Attempt(key, "", clock.now(), draft.title, draft)


def put_up(place: Place, **changes: Any) -> RemoteListing:
    draft = replace(a_draft(place.on_sale()), **changes)
    step = place.connector.publish(draft, "", attempt_for(draft))
    assert step.listing
    assert step.next == ""
    return step.listing


def sell(place: Place, listing: RemoteListing, **more: Any) -> str:
    return str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1, **more})["order_id"])


def test_sold_elsewhere_and_here_at_once_shows_as_sold_not_as_withdrawn(place: Place) -> None:
    listing = place.on_sale()
    sell(place, listing)
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 0)])
    assert (outcome.seen, outcome.failure) == (0, "")
    left = place.connector.withdraw(Ref(listing.id))
    assert left
    assert (left.seen, left.status) == ("sold_out", "Sold")
    assert place.writes() == []


def test_a_sale_between_the_look_and_the_withdrawal_is_no_error(place: Place) -> None:
    listing = place.on_sale()

    def a_buyer_is_faster(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            sell(place, listing)
        return place.simulator(environ, start_response)

    with mounted(place.session.app.origin, a_buyer_is_faster):
        left = place.connector.withdraw(Ref(listing.id))
    assert left
    assert left.seen == "sold_out"
    assert len(place.sandbox("orders")["orders"]) == 1


@pytest.mark.parametrize("status", ["Sold", "Draft", "Expired", "Violation", "Suspended"])
def test_what_left_the_shelves_is_read_by_its_id(place: Place, status: str) -> None:
    number = place.on_sale().id
    place.sandbox("edit", {"listing_id": int(number), "status": status})
    assert place.connector.listing(Ref(number)).status == status
    place.sandbox("end", {"listing_id": int(number)})
    with pytest.raises(Gone, match="deleted"):
        place.connector.listing(Ref(number))


def test_an_outside_change_without_a_date_shows_in_the_row(place: Place) -> None:
    before = place.on_sale()
    place.sandbox("edit", {"listing_id": int(before.id), "price": "77.70", "comments": "New words", "location": "Z9"})
    after = place.connector.listing(Ref(before.id))
    assert after == replace(
        before,
        offers=(replace(before.offers[0], price=Money(7770, "USD")),),
        description="New words",
        location="Z9",
    )


def test_what_we_write_reads_back_as_we_wrote_it(place: Place) -> None:
    listing = put_up(place)
    assert place.connector.revise(Ref(listing.id), a_draft(listing)) == listing


@pytest.mark.parametrize(
    ("currency", "price", "minor"), [("JPY", "1500", 1500), ("EUR", "34.99", 3499), ("USD", "0.07", 7)]
)
def test_prices_come_without_noise(place: Place, currency: str, price: str, minor: int) -> None:
    number = place.on_sale().id
    place.sandbox("shop", {"currency": currency})
    place.sandbox("edit", {"listing_id": int(number), "price": price})
    assert place.connector.listing(Ref(number)).offers[0].price == Money(minor, currency)


def test_a_negative_price_never_reaches_discogs_which_would_make_it_positive(place: Place) -> None:
    draft = replace(a_draft(place.on_sale()), offers=(RemoteOffer("", "X", Money(-500, "USD")),))
    with pytest.raises(Refused):
        place.connector.publish(draft, "", attempt_for(draft))
    assert place.writes() == []


def test_a_status_change_of_an_old_order_is_seen(place: Place) -> None:
    number = sell(place, place.on_sale())
    place.sandbox("clock", {"advance": 20 * 24 * 3600})
    since = clock.now() + dt.timedelta(days=19)
    assert place.connector.orders(since, None).rows == ()
    place.sandbox("order", {"order_id": number, "status": "In Progress"})
    assert [(order.id, order.status) for order in place.connector.orders(since, None).rows] == [(number, "In Progress")]


def test_orders_overlap_a_little_and_page_on_only_while_fresh(place: Place) -> None:
    numbers = [sell(place, listing) for listing in [each for each in place.walk() if each.seen == "live"][3:8]]
    found = place.connector.orders(clock.now() + dt.timedelta(minutes=5), None)
    assert {order.id for order in found.rows} == set(numbers)
    assert found.next is None


def test_merged_orders_are_said_to_be_merged_and_the_new_one_has_all_pieces(place: Place) -> None:
    first, second = [each for each in place.walk() if each.seen == "live" and not each.faults][:2]
    numbers = [sell(place, first, buyer="gatefold"), sell(place, second, buyer="gatefold")]
    merged = str(place.sandbox("merge", {"order_ids": numbers})["order_id"])
    rows = {order.id: order for order in place.connector.orders(clock.now() - dt.timedelta(hours=1), None).rows}
    assert {number: rows[number].state for number in numbers} == dict.fromkeys(numbers, "merged")
    assert {line.listing for line in rows[merged].lines} == {first.id, second.id}


def test_a_sellers_own_private_comment_is_never_overwritten(place: Place) -> None:
    number = place.on_sale().id
    place.sandbox("edit", {"listing_id": int(number), "sku": "my own words about it"})
    before = place.connector.listing(Ref(number))
    place.connector.revise(Ref(number), a_draft(before))
    place.connector.withdraw(Ref(number))
    place.connector.show(Ref(number))
    assert place.connector.listing(Ref(number)).note == "my own words about it"
    assert before.offers[0].sku == ""


def test_copies_of_one_release_are_listings_of_their_own(place: Place) -> None:
    first = put_up(place)
    second = put_up(place, offers=(RemoteOffer("", "CONFORM-2", Money(900, "USD")),))
    assert first.release == second.release
    assert first.id != second.id
    place.connector.withdraw(Ref(first.id))
    assert place.connector.listing(Ref(second.id)).seen == "live"


def test_usernames_are_for_addresses_ids_for_identity(place: Place) -> None:
    place.session.account = replace(place.session.account, username="GreenStreet_Records")
    assert len(place.walk()) == 150
    assert place.connector.shop().remote_id == place.session.account.remote_id
    listing = put_up(place)
    place.session.account = replace(place.session.account, username="a name of before")
    found = place.connector.find(attempt_for(a_draft(listing)))
    assert isinstance(found, Found)
    assert found.ref.listing == listing.id


def test_a_lost_create_is_found_even_when_it_was_sold_at_once(place: Place) -> None:
    draft, before = a_draft(place.on_sale()), place.truth()
    attempt = attempt_for(draft)
    place.fault("POST /marketplace/listings", "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt)
    (number,) = place.truth().keys() - before.keys()
    place.sandbox("buy", {"listing_id": int(number), "quantity": 1})
    found = place.connector.find(attempt)
    assert isinstance(found, Found)
    assert found.ref.listing == number


def test_what_is_not_to_be_seen_within_a_minute_is_looked_for_again(place: Place) -> None:
    attempt = attempt_for(a_draft(place.on_sale()))
    again = place.connector.find(attempt)
    assert isinstance(again, LookAgain)
    assert dt.timedelta(seconds=50) < again.after <= dt.timedelta(seconds=60)
    assert place.connector.find(replace(attempt, sent_at=clock.now() - dt.timedelta(minutes=1))) == Absent()


def test_without_a_sku_the_attempts_key_marks_the_listing(place: Place) -> None:
    draft = replace(a_draft(place.on_sale()), offers=(RemoteOffer("", "", Money(900, "USD")),))
    place.fault("POST /marketplace/listings", "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt_for(draft, "key-7"))
    assert isinstance(place.connector.find(attempt_for(draft, "key-7")), Found)
    assert not isinstance(place.connector.find(attempt_for(draft, "key-8")), Found)


@pytest.mark.parametrize(
    ("sku", "fields"),
    [(" SKU 9\n", {}), ("", {"external_id": ""}), ("S", {"external_id": " two words "}), ("🎷", {"external_id": None})],
)
def test_whatever_marks_a_lost_listing_it_is_found_by_it(place: Place, sku: str, fields: dict[str, Any]) -> None:
    draft = replace(a_draft(place.on_sale()), offers=(RemoteOffer("", sku, Money(900, "USD")),), fields=fields)
    place.fault("POST /marketplace/listings", "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt_for(draft))
    assert isinstance(place.connector.find(attempt_for(draft)), Found)


def test_a_create_whose_reading_back_fails_is_done_and_read_in_a_second_step(place: Place) -> None:
    draft = a_draft(place.on_sale())
    place.fault("GET /marketplace/listings/*", "status:500", times=1)
    step = place.connector.publish(draft, "", attempt_for(draft))
    assert step.ref
    assert (step.next, step.listing) == (f"read:{step.ref.listing}", None)
    last = place.connector.publish(draft, step.next, attempt_for(draft))
    assert last.listing
    assert (last.next, last.listing.id) == ("", step.ref.listing)
    assert place.writes() == ["POST /marketplace/listings"]


def test_a_blocked_release_is_not_sent(place: Place) -> None:
    draft = a_draft(place.on_sale())
    place.sandbox("block", {"release_id": int(draft.release.removeprefix("discogs:"))})
    with pytest.raises(Refused, match="does not allow this release"):
        place.connector.publish(draft, "", attempt_for(draft))
    assert place.writes() == []


def test_an_unknown_release_is_refused_in_discogs_own_words(place: Place) -> None:
    draft = replace(a_draft(place.on_sale()), release="discogs:999999999")
    before = place.truth()
    with pytest.raises((Refused, Gone), match="elease"):
        place.connector.publish(draft, "", attempt_for(draft))
    assert place.truth() == before


def test_an_edit_leaves_alone_what_the_draft_does_not_mention(place: Place) -> None:
    fields = {"location": "Shelf 4", "weight": 500, "format_quantity": 2, "allow_offers": True}
    listing = put_up(place, fields=fields)
    revised = place.connector.revise(Ref(listing.id), replace(a_draft(listing), condition_container=""))
    assert (revised.location, revised.details) == (
        "Shelf 4",
        {"weight": "500", "format_quantity": "2", "allow_offers": "yes"},
    )
    cleared = place.connector.revise(
        Ref(listing.id), replace(a_draft(listing), fields={"location": "", "comments": ""})
    )
    assert (cleared.location, cleared.description) == ("", "")


@pytest.mark.parametrize("status", ["Sold", "Suspended", "Violation"])
@pytest.mark.parametrize("code", [403, 422])
def test_what_cannot_be_edited_is_refused_without_trying(place: Place, status: str, code: int) -> None:
    place.sandbox("switches", {"closed_edit": code})
    listing = put_up(place)
    place.sandbox("edit", {"listing_id": int(listing.id), "status": status})
    writes = place.writes()
    with pytest.raises(Refused, match=status):
        place.connector.revise(Ref(listing.id), a_draft(listing))
    with pytest.raises(Refused, match=status):
        place.connector.show(Ref(listing.id))
    assert place.writes() == writes


def test_an_expired_listing_can_go_on_sale_again_and_a_revision_alone_does_not(place: Place) -> None:
    listing = put_up(place)
    place.sandbox("edit", {"listing_id": int(listing.id), "status": "Expired"})
    assert place.connector.revise(Ref(listing.id), a_draft(listing)).status == "Draft"
    assert place.connector.show(Ref(listing.id)).status == "For Sale"


def test_shipping_is_refused_when_the_order_does_not_allow_it(place: Place) -> None:
    number = sell(place, place.on_sale())
    order = place.connector.order(number)
    place.connector.cancel(number, order.choices[0])
    writes = place.writes()
    with pytest.raises(Refused, match="Shipped"):
        place.connector.ship(number, Shipment(""), Attempt("s", "ship", clock.now()))
    assert place.writes() == writes


@pytest.mark.parametrize(("carrier", "told"), [("ups", "UPS"), ("Deutsche Post", "Deutsche Post"), ("Pigeon", "Other")])
def test_carriers_are_named_as_discogs_does(place: Place, carrier: str, told: str) -> None:
    number = sell(place, place.on_sale())
    shipped = place.connector.ship(number, Shipment("T1", carrier), Attempt("s", "ship", clock.now()))
    assert (shipped.carrier, shipped.tracking_number, shipped.state) == (told, "T1", "shipped")


def test_a_shipment_whose_answer_was_lost_is_not_told_twice(place: Place) -> None:
    number = sell(place, place.on_sale())
    attempt = Attempt("s", "ship", clock.now())
    place.fault("POST /marketplace/orders/*", "lost")
    with pytest.raises(Unsure):
        place.connector.ship(number, Shipment("T1", "UPS"), attempt)
    place.connector.find(attempt)
    assert place.connector.ship(number, Shipment("T1", "UPS"), attempt).state == "shipped"
    assert place.writes() == [f"POST /marketplace/orders/{number}"] * 2


def test_a_quote_names_the_fee_and_prices_by_grade(place: Place) -> None:
    place.sandbox("switches", {"fee_decimals": True})
    quote = place.connector.quote(a_draft(place.on_sale()))
    assert quote.fee.currency == "USD"
    assert 0 < quote.fee.minor < 2150
    assert {"mint", "vg_plus"} <= quote.suggested.keys()


def test_a_quote_does_without_suggestions_before_the_settings_are_filled_in(place: Place) -> None:
    draft = a_draft(place.on_sale())
    place.sandbox("switches", {"seller_settings": False})
    assert place.connector.quote(draft).suggested == {}


def test_a_search_by_barcode_shows_every_pressing_and_picks_none(place: Place) -> None:
    matches = place.connector.search({"artist": "Joy Division", "title": "Closer"})
    assert len(matches) > 1
    assert {match.artist for match in matches} == {"Joy Division"}
    code = next(code for match in matches for code in match.barcodes)
    by_code = place.connector.search({"barcode": f"{code[:1]} {code[1:]}"})
    assert by_code
    assert {code in match.barcodes for match in by_code} == {True}


def test_a_search_widens_until_something_is_found_and_an_empty_one_asks_nobody(place: Place) -> None:
    query = {"barcode": "00000000", "catalog_number": "no such", "artist": "Joy Division", "title": "Closer"}
    assert place.connector.search(query)
    before = len(place.requests())
    assert place.connector.search({"barcode": ""}) == ()
    assert len(place.requests()) == before


def test_the_headers_steer_the_limit_and_keep_a_call_back(place: Place) -> None:
    place.session.budget.learned.clear()
    place.sandbox("reset", {"seed": 1, "listings": 20, "limits": True})
    place.connector.shop()
    assert place.session.budget.learned == [("discogs.calls", 58, None), ("discogs.calls", 57, None)]


def test_a_lagging_counter_only_ever_tightens(place: Place) -> None:
    place.sandbox("reset", {"seed": 1, "listings": 20, "limits": True})
    place.sandbox("switches", {"rate_lag": 3})
    for _ in range(10):
        place.connector.shop()
    assert {limit for limit, _, _ in place.session.budget.learned} == {"discogs.calls"}
    assert max(left for _, left, _ in place.session.budget.learned if left is not None) <= 59
