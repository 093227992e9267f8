"""The traps of stock on Etsy: whole inventories, hidden pages, fees, sales in between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.conformance.place import Place

from instica.kit.errors import Refused
from instica.kit.pictures import placed
from instica.kit.types import Draft, Level, Outcome, Ref
from instica.marketplaces.etsy import stock
from instica.marketplaces.etsy.client import Etsy
from instica.marketplaces.etsy.levels import COSTS
from instica.marketplaces.etsy.tests import facts
from instica.marketplaces.etsy.tests.selling import API, fees, meddling, put_up, varied


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


def test_a_third_variation_survives_every_write(place: Place) -> None:
    before = varied(place)
    api = Etsy(place.session)
    body = stock.as_sent(api.inventory(before.id))
    for product in body["products"]:
        third = {"property_id": 200, "property_name": "Color", "value_ids": [], "values": ["Sage"]}
        product["property_values"].append(third)
    api.put_inventory(before.id, body, 3)
    offer = place.connector.listing(Ref(before.id)).offers[3]
    assert offer.options == {"Size": "A5", "Frame": "White", "Color": "Sage"}
    assert place.connector.set_levels([Level(Ref(before.id, offer.id), 8)])[0].seen == 8
    after = place.connector.listing(Ref(before.id))
    assert {len(each.options) for each in after.offers} == {3}
    assert after.offers[3] == replace(offer, quantity=8)


def test_a_picture_whose_answer_was_lost_is_found_on_the_page_and_not_sent_twice(place: Place) -> None:
    listing = put_up(place, images=("https://i.etsystatic.com/1.jpg",))
    place.fault(f"POST */listings/{listing.id}/images", "lost")
    draft = replace(facts.draft(listing), images=("photos/x/1.jpg", *listing.images), placed={})
    revised = place.connector.revise(Ref(listing.id), draft)
    assert (len(revised.images), revised.images[1:]) == (2, listing.images)


def test_a_full_page_makes_room_first_and_one_that_would_overflow_is_refused(place: Place) -> None:
    many = tuple(f"photos/x/{place}.jpg" for place in range(20))
    listing = put_up(place, images=many)
    other = replace(
        facts.draft(listing), images=("photos/x/new.jpg", *many[1:]), placed=placed(draft_of(many), listing)
    )
    assert place.connector.revise(Ref(listing.id), other).images[1:] == listing.images[1:]
    writes = len(place.writes())
    with pytest.raises(Refused, match="at most 20 pictures, and the page has 20 of its own"):
        place.connector.revise(Ref(listing.id), replace(other, images=("photos/x/more.jpg",), placed={}))
    assert len(place.writes()) == writes


def draft_of(images: tuple[str, ...]) -> Draft:
    return Draft("", (), images=images)
