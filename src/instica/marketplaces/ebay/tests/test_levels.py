"""What is left: by the door of the owner, hidden or ended at nothing, within what a day takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.place import Place

from instica.core import clock
from instica.kit.errors import Throttled, TryLater
from instica.kit.types import (
    Level,
    Outcome,
    Ref,
)
from instica.kit.wire import mounted
from instica.marketplaces.ebay.tests.facts import draft as a_draft
from instica.marketplaces.ebay.tests.selling import MODELS, by_model, calls, odd, switch


@pytest.mark.parametrize("model", MODELS)
def test_nothing_left_hides_where_the_seller_keeps_such_listings(place: Place, model: str) -> None:
    (listing,) = by_model(place, model)
    assert place.connector.set_levels([Level(Ref(listing.id), 0)])[0] == Outcome(Ref(listing.id), 0)
    now = place.connector.listing(Ref(listing.id))
    assert (now.seen, now.status, place.truth()[listing.id]["status"]) == ("sold_out", "OutOfStock", "OutOfStock")
    assert place.connector.set_levels([Level(Ref(listing.id), 2)])[0].seen == 2
    assert place.connector.listing(Ref(listing.id)).seen == "live"


@pytest.mark.parametrize("zero", ["refuse", "end"])
@pytest.mark.parametrize("model", MODELS)
def test_nothing_left_ends_where_the_seller_does_not(place: Place, model: str, zero: str) -> None:
    switch(place, out_of_stock_control=False, zero_without_control=zero)
    (listing,) = by_model(place, model)
    assert place.connector.set_levels([Level(Ref(listing.id), 0)])[0] == Outcome(Ref(listing.id), 0)
    assert place.truth()[listing.id]["status"] == "Ended"
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 1)])
    assert (outcome.seen, bool(outcome.failure)) == (0, True)


def test_without_that_preference_a_sale_of_the_last_piece_ends_it_as_sold(place: Place) -> None:
    switch(place, out_of_stock_control=False)
    (listing,) = by_model(place, "trading")
    place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})
    left = place.connector.withdraw(Ref(listing.id))
    assert left
    assert (left.seen, place.writes()) == ("sold_out", [])


def test_a_level_that_stands_already_is_not_written(place: Place) -> None:
    listings = [*by_model(place, "inventory", 2), *by_model(place, "trading", 2)]
    outcomes = place.connector.set_levels([Level(Ref(each.id), 1) for each in listings])
    assert ([each.seen for each in outcomes], place.writes()) == ([1] * 4, [])


@pytest.mark.parametrize("after", ["both", "offer", "item"])
def test_a_level_after_a_sale_sets_both_counts(place: Place, after: str) -> None:
    switch(place, quantity_after_sale=after)
    (listing,) = by_model(place, "inventory")
    place.connector.set_levels([Level(Ref(listing.id), 3)])
    place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 2})
    assert place.connector.listing(Ref(listing.id)).offers[0].quantity == 1
    assert place.connector.set_levels([Level(Ref(listing.id), 5)])[0].seen == 5
    assert place.connector.listing(Ref(listing.id)).offers[0].quantity == 5


def test_a_ref_that_names_its_sku_costs_trading_nothing(place: Place) -> None:
    (listing,) = by_model(place, "inventory")
    since = len(place.requests())
    ref = Ref(listing.id, extra={"sku": listing.offers[0].sku})
    assert place.connector.set_levels([Level(ref, 3)])[0] == Outcome(ref, 3)
    assert [call.rpartition("/")[2] for call in calls(place, since)] == [
        *("offer", listing.offers[0].sku),
        "bulk_update_price_quantity",
    ]


@pytest.mark.parametrize("sku", ["NOTHING", "GSE-DRAFT-001"])
def test_a_ref_with_a_sku_that_is_not_its_own_is_looked_up_whole(place: Place, sku: str) -> None:
    (listing,) = by_model(place, "trading")
    ref = Ref(listing.id, extra={"sku": sku})
    assert place.connector.set_levels([Level(ref, 3)])[0] == Outcome(ref, 3)
    assert place.truth()[listing.id]["quantity"] == 3


def test_one_bad_listing_among_four_does_not_hold_up_the_others(place: Place) -> None:
    listings = by_model(place, "trading", 4)
    place.connector.set_levels([Level(Ref(each.id), 2) for each in listings])
    seen: list[int] = []

    def end_one(environ: Any, start_response: Callable[..., Any]) -> Any:
        if environ.get("HTTP_X_EBAY_API_CALL_NAME") == "ReviseInventoryStatus" and not seen:
            seen.append(1)
            place.sandbox("end", {"listing_id": int(listings[2].id)})
        return place.simulator(environ, start_response)

    with mounted(place.session.app.origin, end_one):
        outcomes = place.connector.set_levels([Level(Ref(each.id), 3) for each in listings])
    assert [each.seen for each in outcomes] == [3, 3, None, 3]
    assert "ended" in outcomes[2].failure


def test_one_variation_of_a_hundred_is_set(place: Place) -> None:
    number = odd(place, "hundred_variations")
    ref = Ref(number, "GST-TEE-M-NAVY")
    assert place.connector.set_levels([Level(ref, 9)])[0] == Outcome(ref, 9)
    offers = {offer.id: offer.quantity for offer in place.connector.listing(Ref(number)).offers}
    assert (offers["GST-TEE-M-NAVY"], offers["GST-TEE-M-RED"]) == (9, 3)


def test_no_listing_is_revised_more_than_ebay_takes(place: Place) -> None:
    (listing, other) = by_model(place, "trading", 2)
    admitted: list[str] = []
    admit = place.session.budget.admit

    def counted(costs: dict[str, float]) -> None:
        name = next(iter(costs))
        if name == f"ebay.revisions:{listing.id}" and admitted.count(name) >= 2:
            raise Throttled(name, clock.now() + dt.timedelta(hours=1))
        admitted.append(name)
        admit(costs)

    place.session.budget.admit = counted  # type: ignore[assignment,method-assign]
    told = [place.connector.set_levels([Level(Ref(listing.id), n), Level(Ref(other.id), n)]) for n in (2, 3, 4)]
    assert [[outcome.seen for outcome in row] for row in told] == [[2, 2], [3, 3], [None, 4]]
    assert "takes no more before" in told[-1][0].failure
    with pytest.raises(TryLater):
        place.connector.revise(Ref(listing.id), a_draft(listing))
    place.connector.withdraw(Ref(listing.id))
    assert place.truth()[listing.id]["status"] == "Ended"


def limited(place: Place, most: int) -> Callable[[Any], None]:
    """A budget that lets a listing be revised so often."""

    def admit(costs: Any) -> None:
        name = next(iter(costs))
        used = sum(name in each for each in place.session.budget.admitted)
        if name.startswith("ebay.revisions") and used >= most:
            raise Throttled(name, clock.now() + dt.timedelta(hours=1))
        place.session.budget.admitted.append(dict(costs))

    return admit


@pytest.mark.parametrize("model", MODELS)
def test_the_last_piece_is_taken_down_even_when_no_more_revisions_are_left(place: Place, model: str) -> None:
    (listing,) = by_model(place, model)
    place.session.budget.admit = limited(place, 0)  # type: ignore[assignment,method-assign]
    (waits,) = place.connector.set_levels([Level(Ref(listing.id), 3)])
    assert (waits.seen, waits.until is not None) == (None, True)
    assert place.writes() == []
    (ended,) = place.connector.set_levels([Level(Ref(listing.id), 0)])
    assert (ended.seen, ended.failure, place.truth()[listing.id]["status"]) == (0, "", "Ended")
