"""The traps of a two-way sync with eBay: owners, new numbers, auctions, failures inside a success."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import httpx2
import pytest
import time_machine
from tests.conformance.place import Place, sign_in

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Gone, Refused, SignInAgain, Throttled, Unsure
from instica.kit.types import (
    Level,
    Ref,
)
from instica.marketplaces.ebay.auth import EbayAuth
from instica.marketplaces.ebay.connector import EbayConnector
from instica.marketplaces.ebay.tests.facts import draft as a_draft
from instica.marketplaces.ebay.tests.selling import MODELS, by_model, grouped, odd, switch


@pytest.mark.parametrize("model", MODELS)
def test_each_listing_is_written_by_the_door_of_its_owner(place: Place, model: str) -> None:
    (listing,) = by_model(place, model)
    dearer = replace(
        a_draft(listing), title=listing.title, offers=(replace(listing.offers[0], price=Money(999, "USD")),)
    )
    revised = place.connector.revise(Ref(listing.id), dearer)
    assert (revised.id, revised.offers[0].price, revised.seen) == (listing.id, Money(999, "USD"), "live")
    inventory = [call for call in place.writes() if "/sell/inventory/" in call]
    assert (len(inventory), len(place.writes())) == ((2, 2) if model == "inventory" else (0, 1))


@pytest.mark.parametrize("model", MODELS)
def test_levels_go_by_the_door_of_the_owner(place: Place, model: str) -> None:
    listings = by_model(place, model, 6)
    outcomes = place.connector.set_levels([Level(Ref(each.id), 4) for each in listings])
    assert [(each.seen, each.failure) for each in outcomes] == [(4, "")] * 6
    truth = place.truth()
    assert [truth[each.id]["quantity"] for each in listings] == [4] * 6
    assert len(place.writes()) == (1 if model == "inventory" else 2)


def test_levels_of_both_models_are_told_in_the_order_they_were_asked(place: Place) -> None:
    mixed = [
        each
        for pair in zip(by_model(place, "inventory", 3), by_model(place, "trading", 3), strict=True)
        for each in pair
    ]
    outcomes = place.connector.set_levels([Level(Ref(each.id), 2) for each in mixed])
    assert [each.ref.listing for each in outcomes] == [each.id for each in mixed]


def test_trading_alone_would_have_been_refused(place: Place, connector: EbayConnector) -> None:
    (listing,) = by_model(place, "inventory")
    with pytest.raises(Refused) as refusal:
        connector.door.set_stock([(listing.id, "", 5)])
    assert refusal.value.complaints[0].code == "21919474"


def test_a_listing_moved_into_the_inventory_api_is_written_there_from_then_on(
    place: Place, connector: EbayConnector
) -> None:
    (listing,) = by_model(place, "trading")
    with httpx2.Client(transport=httpx2.WSGITransport(place.simulator), base_url=place.session.app.origin) as hub:
        body = {"requests": [{"listingId": listing.id}]}
        headers = {"Authorization": "Bearer sandbox-token"}
        path = "/sell/inventory/v1/bulk_migrate_listing"
        assert hub.post(path, json=body, headers=headers).status_code == 200
    assert connector.listing(Ref(listing.id)).details["model"] == "inventory"
    (outcome,) = connector.set_levels([Level(Ref(listing.id), 3)])
    assert (outcome.seen, place.truth()[listing.id]["quantity"]) == (3, 3)


@pytest.mark.parametrize("model", MODELS)
def test_what_is_put_up_again_has_a_new_number(place: Place, model: str) -> None:
    (listing,) = by_model(place, model)
    left = place.connector.withdraw(Ref(listing.id))
    assert left
    assert left.seen == ("hidden" if model == "inventory" else "ended")
    again = place.connector.show(Ref(listing.id))
    assert (again.seen, again.id != listing.id, again.title) == ("live", True, listing.title)
    assert place.connector.show(Ref(again.id)) == again


def test_an_offer_that_was_published_anew_is_found_by_the_number_it_had(place: Place) -> None:
    (listing,) = by_model(place, "inventory")
    before = Ref(listing.id, extra=dict(listing.details))
    place.connector.withdraw(before)
    anew = place.connector.show(before)
    there, writes = place.truth(), len(place.writes())
    assert place.connector.listing(before) == anew
    assert place.connector.show(before) == anew
    assert (place.truth(), len(place.writes())) == (there, writes)
    place.sandbox("end", {"listing_id": int(anew.id)})
    over = place.connector.listing(before)
    assert (over.id, over.seen) == (anew.id, "hidden")
    again = place.connector.show(before)
    assert (again.seen, place.truth()[again.id]["sku"]) == ("live", listing.offers[0].sku)


def test_what_trading_ended_is_not_taken_for_an_offer_of_the_same_sku(place: Place) -> None:
    (ended,), (other,) = by_model(place, "trading"), by_model(place, "inventory")
    place.connector.withdraw(Ref(ended.id))
    assert place.connector.listing(Ref(ended.id, extra=dict(ended.details))).id == ended.id
    assert place.connector.listing(Ref(other.id, extra=dict(other.details))).id == other.id


@pytest.mark.parametrize("kept", ["kept", "dropped"])
def test_a_withdrawn_offer_is_known_whether_or_not_it_names_its_listing(place: Place, kept: str) -> None:
    switch(place, withdrawn_offer=kept)
    (listing,) = by_model(place, "inventory")
    place.connector.withdraw(Ref(listing.id))
    assert place.connector.listing(Ref(listing.id)).seen == "hidden"
    assert place.connector.show(Ref(listing.id)).seen == "live"


def test_a_relisting_in_doubt_is_done_once(place: Place) -> None:
    (listing,) = by_model(place, "trading")
    place.connector.withdraw(Ref(listing.id))
    place.fault("POST /ws/api.dll#RelistFixedPriceItem", "lost")
    with pytest.raises(Unsure):
        place.connector.show(Ref(listing.id))
    before = place.truth()
    again = place.connector.show(Ref(listing.id))
    assert (again.seen, place.truth()) == ("live", before)


def test_ending_what_is_closed_is_success(place: Place, connector: EbayConnector) -> None:
    (listing,) = by_model(place, "trading")
    item = connector.door.item(listing.id)
    connector.door.end(item)
    connector.door.end(item)
    assert connector.listing(Ref(listing.id)).seen == "ended"


@pytest.mark.parametrize("hours", [100, 6])
def test_an_auction_with_bids_ends_unless_it_is_nearly_over(place: Place, hours: int) -> None:
    number = odd(place, "auction")
    place.sandbox("clock", {"advance": 4 * 86_400 - hours * 3600})
    place.session.current = EbayAuth().refresh(place.session.app, place.session.current)
    if hours > 12:
        left = place.connector.withdraw(Ref(number))
        assert left
        assert left.seen == "ended"
    else:
        with pytest.raises(Refused, match="last 12 hours"):
            place.connector.withdraw(Ref(number))
        assert place.truth()[number]["status"] == "Active"


def test_an_auction_is_not_revised_and_has_one_piece(place: Place) -> None:
    number = odd(place, "auction_without_bids")
    listing = place.connector.listing(Ref(number))
    with pytest.raises(Refused):
        place.connector.revise(Ref(number), a_draft(listing))
    (outcome,) = place.connector.set_levels([Level(Ref(number), 3)])
    assert (outcome.seen, outcome.failure) == (1, "An auction on eBay sells one piece")
    assert place.writes() == []
    assert place.connector.set_levels([Level(Ref(number), 0)])[0].seen == 0
    assert place.truth()[number]["status"] == "Ended"


def test_a_failure_inside_a_200_is_a_failure(place: Place) -> None:
    with pytest.raises(Gone):
        place.connector.listing(Ref("256104310018"))


def test_a_warning_is_a_success(place: Place, connector: EbayConnector) -> None:
    (listing,) = by_model(place, "inventory")
    (offer,) = connector.api.offers(listing.offers[0].sku)
    assert connector.api.publish_offer(offer["offerId"]) == listing.id


def test_a_used_up_call_waits_for_longer_than_a_minute_and_names_its_limit(place: Place) -> None:
    place.sandbox("reset", {"limits": True})
    limits: Any = getattr(place.simulator, "site").limits  # noqa: B009 - a simulator's own state
    number = next(iter(place.truth()))
    limits.calls[("GetItem/86400", int(clock.now().timestamp()) // 86_400)] = 5_000
    with pytest.raises(Throttled) as throttled:
        place.connector.listing(Ref(number))
    assert throttled.value.limit == "ebay.trading.GetItem"
    assert throttled.value.until - clock.now() > dt.timedelta(minutes=59)


def test_a_dead_token_of_trading_is_renewed_once(place: Place) -> None:
    listing = place.on_sale()
    with time_machine.travel(clock.now() + dt.timedelta(hours=3)):
        place.session.fresh = EbayAuth().refresh(place.session.app, place.session.current)
        assert place.connector.listing(Ref(listing.id)).id == listing.id
    assert place.session.rejections == 1


def test_a_grant_taken_back_is_told_by_both_apis(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("revoke", {})
    for call in (lambda: place.connector.listing(Ref(listing.id)), place.connector.shop):
        with pytest.raises(SignInAgain):
            call()


@pytest.mark.parametrize(("status", "number"), [(404, 25710), (404, 25702)])
def test_an_unknown_sku_is_gone_however_it_is_filed(
    place: Place, connector: EbayConnector, status: int, number: int
) -> None:
    switch(place, unknown_sku=number)
    with pytest.raises(Gone):
        connector.api.inventory_item("NOTHING")


@pytest.mark.parametrize("status", [404, 200])
def test_a_sku_without_offers_has_none_however_that_is_told(
    place: Place, connector: EbayConnector, status: int
) -> None:
    switch(place, no_offers=status)
    assert connector.api.offers("NOTHING") == []


@pytest.mark.parametrize("status", [404, 400])
def test_an_unknown_order_is_gone_however_it_is_filed(place: Place, status: int) -> None:
    switch(place, unknown_order=status)
    with pytest.raises(Gone):
        place.connector.order("17-00000-00000")


def test_everything_to_choose_from_is_read_from_the_shop(place: Place) -> None:
    choices = place.connector.choices()
    assert choices["fulfillment_policy_id"] == (
        ("6196932000", "Media Mail in a stiff mailer"),
        ("6196933000", "Priority Mail"),
    )
    assert choices["location"] == (("greenstreet-pdx", "Portland shop"),)
    assert choices["condition"] == (("NEW", "New"), ("USED_EXCELLENT", "Used"))
    assert ("vg_plus", "Very Good Plus (VG+)") in choices["condition_item"]
    assert ("generic", "Generic") in choices["condition_container"]


def test_a_shop_elsewhere_speaks_its_own_language(place: Place) -> None:
    place.sandbox("sign-in", {"username": "northside-vinyl"})
    session = sign_in(place.marketplace, place.simulator, place.session.app.origin, place.session.spool.folder)
    shop = EbayConnector(session)
    assert (shop.market.id, shop.shop().currency) == ("EBAY_GB", "GBP")
    assert shop.choices()["fulfillment_policy_id"] == (("6196938000", "Royal Mail Tracked"),)


def test_a_page_of_many_skus_of_the_inventory_api_goes_by_its_variations_and_its_group(place: Place) -> None:
    number = grouped(place)
    assert place.connector.set_levels([Level(Ref(number, "P-M"), 5)])[0].seen == 5
    offers = {offer.id: offer.quantity for offer in place.connector.listing(Ref(number)).offers}
    assert offers == {"P-S": 2, "P-M": 5}
    left = place.connector.withdraw(Ref(number))
    assert left
    assert left.seen == "hidden"
    again = place.connector.show(Ref(number))
    assert (again.seen, len(again.offers), again.id != number) == ("live", 2, True)
    with pytest.raises(Refused, match="SKU by SKU"):
        place.connector.revise(Ref(again.id), a_draft(again))
