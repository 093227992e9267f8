"""The traps of a two-way sync with Etsy, one test each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from tests.conformance.place import Place

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Gone, Refused, TryLater, Unsure
from instica.kit.types import (
    Absent,
    Attempt,
    Draft,
    Found,
    Level,
    LookAgain,
    Outcome,
    Ref,
    RemoteListing,
    RemoteOffer,
    Shipment,
    Step,
)
from instica.kit.wire import mounted
from instica.marketplaces.etsy.levels import COSTS
from instica.marketplaces.etsy.tests import facts

API = "/v3/application"


def attempt_for(draft: Draft, step: str = "", key: str = "attempt-1") -> Attempt:
    return Attempt(key, step, clock.now(), draft.title, draft)


def steps(place: Place, draft: Draft, until: str = "", start: str = "") -> Step:
    """The publish up to the step ``until``, which is not done yet."""
    step = place.connector.publish(draft, start, attempt_for(draft, start))
    while step.next and not (until and step.next.startswith(until)):
        step = place.connector.publish(draft, step.next, attempt_for(draft, step.next))
    return step


def put_up(place: Place, **changes: Any) -> RemoteListing:
    step = steps(place, replace(facts.draft(place.on_sale()), **changes))
    assert step.listing
    return step.listing


def varied(place: Place, what: str = "variations") -> RemoteListing:
    number = next(str(odd["listing_id"]) for odd in place.sandbox("shop")["odd"] if odd["odd"] == what)
    return place.connector.listing(Ref(number))


def fees(place: Place) -> list[tuple[int, str]]:
    return [(fee["listing_id"], fee["what"]) for fee in place.sandbox("shop")["fees"]]


def meddling(place: Place, match: str, what: Callable[[], object]) -> Any:
    """Somebody does ``what`` on the site right before the first call that matches."""
    done: list[object] = []

    def application(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Any:
        if not done and f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}".startswith(match):
            done.append(what())
        return place.simulator(environ, start_response)

    return mounted(place.session.app.origin, application)


# Reading


def test_a_hundred_variations_are_a_hundred_offers(place: Place) -> None:
    listing = varied(place, "hundred_variations")
    assert len(listing.offers) == len({offer.id for offer in listing.offers}) == 100
    assert listing.offers[0].options == {"Size": "10x10 cm", "Frame": "Unframed"}


def test_a_script_in_a_description_is_kept_as_it_stands(place: Place) -> None:
    assert varied(place, "html").description == (
        '<p onclick="steal()">Printed &amp; signed.</p><script>alert("x")</script> 30 < 40'
    )


def test_entities_in_a_title_are_decoded_once(place: Place) -> None:
    assert varied(place, "escaped_title").title == "Dad\"s & Mum's <Print>"


def test_an_include_that_etsy_drops_is_made_up_for_in_hundreds(place: Place) -> None:
    whole = place.walk()
    place.sandbox("switches", {"inventory_include": False})
    before = len(place.requests())
    assert place.walk() == whole
    extra = [row["path"] for row in place.requests()[before:] if row["path"].endswith("/batch/inventory")]
    assert len(extra) == 6


def test_one_listing_gone_meanwhile_does_not_cost_the_inventories_of_a_hundred(place: Place) -> None:
    place.sandbox("switches", {"inventory_include": False})
    gone = place.on_sale()
    with meddling(place, f"GET {API}/listings/batch", lambda: place.sandbox("end", {"listing_id": int(gone.id)})):
        page = place.connector.listings(None)
    assert len(page.rows) == 100
    assert [listing.id for listing in page.rows if listing.faults] == []


def test_listings_with_nothing_optional_are_rows_with_reasons(place: Place) -> None:
    place.sandbox("switches", {"bare_listings": True})
    page = place.connector.listings(None)
    assert {fault.code for listing in page.rows for fault in listing.faults} == {"missing_title"}
    place.sandbox("switches", {"inventory_include": False, "bare_listings": True})
    assert len(place.connector.listings(None).rows) == 100


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 20), *((each, 1990) for each in ("EUR", "GBP", "SEK", "CAD"))])
def test_prices_come_in_the_shops_currency(place: Place, currency: str, minor: int) -> None:
    number = place.on_sale().id
    place.sandbox("shop", {"currency": currency})
    place.sandbox("edit", {"listing_id": int(number), "price": "20.00" if currency == "JPY" else "19.90"})
    assert place.connector.listing(Ref(number)).offers[0].price == Money(minor, currency)


@pytest.mark.parametrize("divisor", [1, 100])
def test_yen_come_with_any_divisor(place: Place, divisor: int) -> None:
    number = place.on_sale().id
    place.sandbox("shop", {"currency": "JPY"})
    place.sandbox("edit", {"listing_id": int(number), "price": "1500"})
    place.sandbox("switches", {"yen_divisor": divisor})
    assert place.connector.listing(Ref(number)).offers[0].price == Money(1500, "JPY")


def test_a_shift_while_paging_costs_a_few_rows_twice_and_none_at_all(place: Place) -> None:
    first = place.connector.listings(None)
    for listing in first.rows[:3]:
        place.sandbox("edit", {"listing_id": int(listing.id), "state": "inactive"})
    found, cursor = {listing.id for listing in first.rows}, first.next
    while cursor:
        page = place.connector.listings(cursor)
        found |= {listing.id for listing in page.rows}
        cursor = page.next
    assert page.complete
    assert found == place.truth().keys()


def test_what_goes_on_sale_behind_the_back_of_the_walk_is_read_in_a_second_round(place: Place) -> None:
    hidden = next(listing for listing in place.walk() if listing.status == "expired")
    pages = [place.connector.listings(None)]
    place.sandbox("edit", {"listing_id": int(hidden.id), "state": "inactive"})
    while pages[-1].next and json.loads(pages[-1].next).get("state", 9) < 1:
        pages.append(place.connector.listings(pages[-1].next))
    place.sandbox("edit", {"listing_id": int(hidden.id), "state": "active"})
    while pages[-1].next:
        pages.append(place.connector.listings(pages[-1].next))
    assert hidden.id in {listing.id for page in pages for listing in page.rows}
    assert pages[-1].complete


def test_a_walk_that_never_gets_ahead_says_so(place: Place) -> None:
    hidden = [listing for listing in place.walk() if listing.status == "draft" and not listing.faults][:2]
    page = place.connector.listings(None)
    while page.next:
        if json.loads(page.next)["by"] == "look" and hidden:
            place.sandbox("edit", {"listing_id": int(hidden.pop().id), "state": "active"})
        page = place.connector.listings(page.next)
    assert (page.complete, len(page.notes)) == (False, 1)


def test_a_page_that_is_empty_before_its_end_is_an_outage(place: Place) -> None:
    def cut_short(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'{"count": 5, "results": []}']

    with mounted(place.session.app.origin, cut_short), pytest.raises(TryLater, match="shows none"):
        place.connector.listings(None)


def test_beyond_the_deepest_page_sections_are_read_and_the_rest_is_counted_and_said(place: Place) -> None:
    place.sandbox("reset", {"listings": 17_600, "odd": False})
    rows: set[str] = set()
    notes: list[str] = []
    lost = 0
    page = place.connector.listings(None)
    while True:
        rows |= {listing.id for listing in page.rows}
        lost, notes = lost + page.unreachable, [*notes, *page.notes]
        if page.next is None:
            break
        page = place.connector.listings(page.next)
    truth = place.truth()
    active = {number for number, row in truth.items() if row["status"] == "active"}
    assert len(active) > 12_100
    assert len(rows) + lost == len(truth)
    assert 0 < lost < 60
    assert notes == [
        f"{lost} active listings that are in no shop section could not be read: Etsy shows the first 12100 of a state."
    ]
    assert not page.complete
    assert page.total == len(truth)


def test_a_number_that_is_none_never_reaches_etsy(place: Place) -> None:
    before = len(place.requests())
    for wrong in ("", "0", "x", "../users/me", "1" * 30, "٣"):
        with pytest.raises(Gone):
            place.connector.listing(Ref(wrong))
        with pytest.raises(Gone):
            place.connector.order(wrong)
    assert len(place.requests()) == before


# Stock


def test_a_level_of_one_variation_keeps_all_others_with_price_and_sku(place: Place) -> None:
    before = varied(place)
    offer = before.offers[7]
    assert place.connector.set_levels([Level(Ref(before.id, offer.id), 17)]) == [Outcome(Ref(before.id, offer.id), 17)]
    after = place.connector.listing(Ref(before.id))
    assert after == replace(before, offers=(*before.offers[:7], replace(offer, quantity=17), *before.offers[8:]))


def test_levels_of_one_listing_are_one_write(place: Place) -> None:
    before = varied(place)
    levels = [Level(Ref(before.id, offer.id), place_of + 1) for place_of, offer in enumerate(before.offers)]
    outcomes = place.connector.set_levels(levels)
    assert [outcome.seen for outcome in outcomes] == list(range(1, 21))
    assert place.writes() == [f"PUT {API}/listings/{before.id}/inventory"]


def test_no_stock_at_all_hides_the_page_since_etsy_keeps_no_empty_inventory(place: Place) -> None:
    before = varied(place)
    outcomes = place.connector.set_levels([Level(Ref(before.id, offer.id), 0) for offer in before.offers])
    assert {outcome.seen for outcome in outcomes} == {0}
    after = place.connector.listing(Ref(before.id))
    assert (after.status, after.offers) == ("inactive", before.offers)
    assert place.writes() == [f"PATCH {API}/shops/21540033/listings/{before.id}"]


def test_a_page_that_comes_back_sells_only_what_it_is_told(place: Place) -> None:
    before = varied(place)
    place.connector.withdraw(Ref(before.id))
    place.connector.set_levels([Level(Ref(before.id, before.offers[2].id), 5)])
    after = place.connector.listing(Ref(before.id))
    assert (after.status, [offer.quantity for offer in after.offers if offer.quantity]) == ("active", [5])
    assert fees(place) == []


def test_a_conflict_is_read_and_written_once_more(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("switches", {"conflicts": 1})
    assert place.connector.set_levels([Level(Ref(listing.id), 4)])[0].seen == 4
    place.sandbox("switches", {"conflicts": 3})
    outcome = place.connector.set_levels([Level(Ref(listing.id), 6)])[0]
    assert (outcome.seen, "changed by another request" in outcome.failure) == (None, True)
    assert place.truth()[listing.id]["quantity"] == 4


def test_a_sale_meanwhile_is_not_written_over(place: Place) -> None:
    listing = place.connector.listing(Ref(varied(place, "html").id))
    assert listing.offers[0].quantity == 40
    place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 3})
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 41, expected=40)])
    assert (outcome.seen, "another quantity" in outcome.failure) == (None, True)
    assert place.connector.set_levels([Level(Ref(listing.id), 2, expected=40)])[0].seen == 2


def test_products_with_new_ids_after_every_write_are_still_the_same_offers(place: Place) -> None:
    place.sandbox("switches", {"product_ids": "renewed"})
    before = varied(place)
    place.connector.set_levels([Level(Ref(before.id, before.offers[0].id), 9)])
    after = place.connector.listing(Ref(before.id))
    assert [offer.id for offer in after.offers] == [offer.id for offer in before.offers]
    number = str(place.sandbox("buy", {"listing_id": int(before.id), "product": 4})["order_id"])
    assert [line.offer for line in place.connector.order(number).lines] == [before.offers[4].id]


@pytest.mark.parametrize("state", ["sold_out", "expired", "draft"])
def test_nothing_that_costs_happens_by_itself(place: Place, state: str) -> None:
    number = place.on_sale().id
    place.sandbox("edit", {"listing_id": int(number), "state": state})
    (outcome,) = place.connector.set_levels([Level(Ref(number), 2)])
    assert (outcome.seen, outcome.failure) == (0, COSTS)
    assert (place.writes(), fees(place)) == ([], [])
    assert place.connector.show(Ref(number)).seen == "live"
    assert len(fees(place)) == 1


def test_an_hidden_page_whose_four_months_are_over_costs_too(place: Place) -> None:
    number = place.on_sale().id
    place.sandbox("edit", {"listing_id": int(number), "state": "inactive", "ending": 1_700_000_000})
    assert place.connector.set_levels([Level(Ref(number), 2)])[0].failure
    assert (place.writes(), fees(place)) == ([], [])


def test_showing_what_is_hidden_costs_nothing(place: Place) -> None:
    number = place.on_sale().id
    place.connector.withdraw(Ref(number))
    assert place.connector.show(Ref(number)).seen == "live"
    assert fees(place) == []


def test_a_sale_between_the_look_and_the_withdrawal_is_no_error(place: Place) -> None:
    listing = place.on_sale()
    with meddling(place, "PATCH", lambda: place.sandbox("buy", {"listing_id": int(listing.id)})):
        left = place.connector.withdraw(Ref(listing.id))
    assert left
    assert left.seen == "sold_out"


def test_an_unknown_state_is_not_on_sale_and_is_left_alone(place: Place) -> None:
    number = place.on_sale().id
    place.connector.withdraw(Ref(number))
    place.sandbox("switches", {"inactive_state": "edit"})
    writes = len(place.writes())
    assert place.connector.listing(Ref(number)).seen == "hidden"
    left = place.connector.withdraw(Ref(number))
    assert left
    assert (left.status, len(place.writes())) == ("edit", writes)


# Publishing


def test_the_fee_is_shown_before_and_taken_once(place: Place) -> None:
    draft = facts.draft(place.on_sale())
    assert place.connector.quote(draft).fee == Money(20, "USD")
    assert place.connector.quote(replace(draft, hidden=True)).fee == Money(0, "USD")
    listing = put_up(place)
    assert fees(place) == [(int(listing.id), "listing")]


def test_each_step_is_one_write_and_none_is_done_twice(place: Place) -> None:
    draft = replace(facts.draft(place.on_sale()), images=("a", "b"))
    step, names = place.connector.publish(draft, "", attempt_for(draft)), [""]
    while step.next:
        names.append(step.next.partition(":")[0])
        before = len(place.writes())
        following = place.connector.publish(draft, step.next, attempt_for(draft, step.next))
        assert len(place.writes()) - before == 1
        again = place.connector.publish(draft, step.next, attempt_for(draft, step.next))
        assert (again, len(place.writes()) - before) == (following, 1)
        step = following
    assert names == ["", "image", "image", "inventory", "activate"]
    assert step.listing
    assert len(step.listing.images) == 2


@pytest.mark.parametrize("step", ["image", "activate"])
def test_a_step_whose_answer_was_lost_is_found_and_the_publish_goes_on(place: Place, step: str) -> None:
    draft = facts.draft(place.on_sale())
    waiting = steps(place, draft, until=step)
    place.fault("POST */images" if step == "image" else "PATCH *", "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, waiting.next, attempt_for(draft, waiting.next))
    found = place.connector.find(attempt_for(draft, waiting.next))
    assert isinstance(found, Found)
    done = steps(place, draft, start=found.next)
    assert done.listing
    assert (done.listing.seen, len(done.listing.images), len(fees(place))) == ("live", 1, 1)


@pytest.mark.parametrize("step", ["image", "inventory", "activate"])
def test_a_step_that_never_arrived_is_absent(place: Place, step: str) -> None:
    draft = facts.draft(place.on_sale())
    waiting = steps(place, draft, until=step)
    assert place.connector.find(attempt_for(draft, waiting.next)) == Absent()


def test_a_create_that_was_lost_goes_on_behind_it(place: Place) -> None:
    draft, before = facts.draft(place.on_sale()), place.truth()
    place.fault(facts.A_CREATE, "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt_for(draft))
    found = place.connector.find(attempt_for(draft))
    assert isinstance(found, Found)
    done = steps(place, draft, start=found.next)
    assert done.listing
    assert place.truth().keys() - before.keys() == {done.listing.id}


def test_two_drafts_of_one_title_are_for_a_person_to_tell_apart(place: Place) -> None:
    draft = facts.draft(place.on_sale())
    steps(place, draft, until="image")
    steps(place, draft, until="image")
    assert isinstance(place.connector.find(attempt_for(draft)), LookAgain)


@pytest.mark.parametrize(
    "changes", [{"title": "Another"}, {"offers": (RemoteOffer("", "OTHER-1", Money(2150, "USD")),)}]
)
def test_a_draft_of_another_title_or_sku_is_not_ours(place: Place, changes: dict[str, Any]) -> None:
    draft = facts.draft(place.on_sale())
    steps(place, replace(draft, **changes), until="activate")
    with time_machine.travel(clock.now() + dt.timedelta(minutes=3)):
        attempt = replace(attempt_for(draft), sent_at=clock.now() - dt.timedelta(minutes=3))
        assert place.connector.find(attempt) == Absent()


def test_a_listing_needs_a_picture_before_anything_is_sent(place: Place) -> None:
    draft = replace(facts.draft(place.on_sale()), images=())
    before = len(place.requests())
    with pytest.raises(Refused) as refusal:
        place.connector.publish(draft, "", attempt_for(draft))
    assert [complaint.field for complaint in refusal.value.complaints] == ["images"]
    assert len(place.requests()) == before


def test_profiles_come_from_the_shop_where_it_has_one_only(place: Place) -> None:
    draft = facts.draft(place.on_sale())
    bare = {name: value for name, value in draft.fields.items() if not name.endswith(("_profile_id", "_policy_id"))}
    assert put_up(place, fields=bare).details["shipping_profile_id"] == "188204511203"
    del bare["readiness_state_id"]
    writes = len(place.writes())
    with pytest.raises(Refused, match="the shop has 2 of them") as refusal:
        place.connector.publish(replace(draft, fields=bare), "", attempt_for(draft))
    assert [complaint.field for complaint in refusal.value.complaints] == ["readiness_state_id"]
    assert len(place.writes()) == writes


@pytest.mark.parametrize("how", ["array", "text"])
def test_a_refusal_comes_in_etsys_own_words(place: Place, how: str) -> None:
    place.sandbox("switches", {"validation": how})
    draft = replace(facts.draft(place.on_sale()), title="100% linen & 100% silk")
    truth = place.truth()
    with pytest.raises(Refused, match="% can be used only once") as refusal:
        place.connector.publish(draft, "", attempt_for(draft))
    assert refusal.value.complaints[0].field == ("title" if how == "array" else "")
    assert place.truth() == truth


def test_special_characters_are_not_escaped_twice(place: Place) -> None:
    listing = put_up(place, title="Dad's & <Mum's> \"Print\"", description="5 &amp; 6 < 7")
    assert (listing.title, listing.description) == ("Dad's & <Mum's> \"Print\"", "5 &amp; 6 < 7")
    assert place.connector.revise(Ref(listing.id), facts.draft(listing)).title == listing.title


def test_a_listing_with_variations_is_put_up_whole(place: Place) -> None:
    offers = tuple(
        RemoteOffer("", f"V-{number}", Money(2000 + number, "USD"), number, {"Size": size, "Frame": frame})
        for number, (size, frame) in enumerate([("A4", "Oak"), ("A4", "None"), ("A3", "Oak")], start=1)
    )
    listing = put_up(place, offers=offers)
    found = {offer.sku: (offer.price, offer.quantity, offer.options) for offer in listing.offers if offer.sku}
    assert found == {offer.sku: (offer.price, offer.quantity, offer.options) for offer in offers}
    assert [offer.quantity for offer in listing.offers if not offer.sku] == [0]


def test_what_we_write_reads_back_as_we_wrote_it(place: Place) -> None:
    listing = put_up(place)
    writes = len(place.writes())
    assert place.connector.revise(Ref(listing.id), facts.draft(listing)) == listing
    assert len(place.writes()) == writes


def test_a_revision_hides_when_asked_to_and_keeps_what_it_does_not_name(place: Place) -> None:
    listing = put_up(place)
    hidden = place.connector.revise(Ref(listing.id), replace(facts.draft(listing), hidden=True, title="Heron"))
    assert (hidden.seen, hidden.title, hidden.images) == ("hidden", "Heron", listing.images)


def test_revising_what_is_sold_out_is_refused_since_it_would_cost(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("buy", {"listing_id": int(listing.id)})
    with pytest.raises(Refused, match="costs the listing fee"):
        place.connector.revise(Ref(listing.id), facts.draft(listing))
    assert place.writes() == []


# Orders


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


# Limits


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
