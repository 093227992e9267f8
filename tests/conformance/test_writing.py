"""Changing a shop: publish exactly once, revise, withdraw, levels, ship, cancel."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
import time_machine

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Gone, Refused, Unsure
from instica.kit.pictures import placed
from instica.kit.types import Absent, Attempt, Draft, Found, Level, LookAgain, Ref, RemoteListing, RemoteOffer, Shipment
from tests.conformance.place import Place, able, named, where


def attempt_at(draft: Draft) -> Attempt:
    return Attempt(key="attempt-1", step="", sent_at=clock.now(), title=draft.title, draft=draft)


def publish(place: Place, draft: Draft, attempt: Attempt | None = None) -> RemoteListing:
    """All steps of a publish."""
    attempt = attempt or attempt_at(draft)
    step = place.connector.publish(draft, "", attempt)
    while step.next:
        step = place.connector.publish(draft, step.next, attempt)
    assert step.ref
    assert step.listing
    assert step.ref.listing == step.listing.id
    return step.listing


def test_publishing_makes_one_listing_that_says_what_the_draft_says(place: Place) -> None:
    draft, before = place.facts.draft(place.on_sale()), place.truth()
    listing = publish(place, draft)
    new = {number: row for number, row in place.truth().items() if number not in before}
    assert list(new) == [listing.id]
    assert (new[listing.id]["price"], new[listing.id]["sku"]) == ("21.50", "CONFORM-1")
    assert place.facts.is_listed(new[listing.id])
    assert (listing.seen, listing.offers[0].price, listing.description) == ("live", Money(2150, "USD"), "Played twice.")
    assert listing.release == draft.release


def test_a_hidden_draft_stays_hidden(place: Place) -> None:
    listing = publish(place, replace(place.facts.draft(place.on_sale()), hidden=True))
    assert listing.seen == "hidden"
    assert not place.facts.is_listed(place.truth()[listing.id])


def test_an_answer_lost_after_the_create_is_found_and_never_created_twice(place: Place) -> None:
    draft, before = place.facts.draft(place.on_sale()), place.truth()
    attempt = attempt_at(draft)
    place.fault(place.facts.A_CREATE, "lost")
    with pytest.raises(Unsure):
        publish(place, draft, attempt)
    new = place.truth().keys() - before.keys()
    assert len(new) == 1
    found = place.connector.find(attempt)
    assert isinstance(found, Found)
    assert {found.ref.listing} == new
    assert len(place.writes()) == getattr(place.facts, "WRITES_BEFORE_CREATE", 0) + 1


@pytest.mark.parametrize("fault", ["drop", "status:500", "html:502"])
def test_a_create_that_never_arrived_is_looked_for_and_only_then_repeated(place: Place, fault: str) -> None:
    draft, before = place.facts.draft(place.on_sale()), place.truth()
    attempt = attempt_at(draft)
    place.fault(place.facts.A_CREATE, fault)
    with pytest.raises(Unsure):
        publish(place, draft, attempt)
    assert place.truth() == before
    assert isinstance(place.connector.find(attempt), LookAgain | Absent)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=30)):
        assert place.connector.find(attempt) == Absent()
    assert publish(place, draft).id in place.truth().keys() - before.keys()
    assert len(place.truth()) == len(before) + 1


def test_a_find_does_not_take_an_older_listing_for_the_attempt(place: Place) -> None:
    draft = place.facts.draft(place.on_sale())
    publish(place, draft)
    place.sandbox("clock", {"advance": 0})
    with time_machine.travel(clock.now() + dt.timedelta(minutes=30)):
        attempt = attempt_at(draft)
        with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
            assert place.connector.find(attempt) == Absent()


def test_a_draft_without_a_price_is_refused_before_anything_is_sent(place: Place) -> None:
    draft = replace(place.facts.draft(place.on_sale()), offers=(RemoteOffer("", sku="X", price=None),))
    before = len(place.requests())
    with pytest.raises(Refused) as refusal:
        place.connector.publish(draft, "", attempt_at(draft))
    assert "price" in [complaint.field for complaint in refusal.value.complaints]
    assert len(place.requests()) == before


def test_revising_changes_the_page_and_keeps_it_live(place: Place) -> None:
    listing = publish(place, place.facts.draft(place.on_sale()))
    dearer = replace(place.facts.draft(listing), offers=(RemoteOffer("", "CONFORM-1", Money(3333, "USD")),))
    revised = place.connector.revise(Ref(listing.id), dearer)
    assert (revised.offers[0].price, revised.seen, revised.description) == (Money(3333, "USD"), "live", "Played twice.")
    assert place.truth()[listing.id]["price"] == "33.33"


def test_with_what_the_shop_is_set_to_an_item_and_its_price_are_enough(place: Place) -> None:
    """Of the fields only their own defaults and the shop's first choices are filled in, as a person would once."""
    like = place.on_sale()
    whole, fields = place.facts.draft(like), {}
    schema = json.loads((place.marketplace.folder / "fields.json").read_text())
    choices = place.connector.choices() if place.connector.can("choices") else {}
    for name, field in schema["properties"].items():
        if field.get("x-default-of") == "shop":
            chosen = choices[field["x-choices"]][0][0]
            fields[name] = int(chosen) if field["type"] == "integer" else chosen
        elif "default" in field:
            fields[name] = field["default"]
    item = {
        name: getattr(whole, name) for name in ("title", "offers", "release", "images", "description", "condition_item")
    }
    listing = publish(place, Draft(**item, fields=fields))
    assert (listing.seen, str(listing.offers[0].price)) == ("live", "21.50")
    assert place.facts.is_listed(place.truth()[listing.id])


PICTURES = tuple(f"https://i.ebayimg.com/images/g/CONFORM00000000{place}/s-l1600.jpg" for place in range(5))


@pytest.mark.parametrize("marketplace", where("REVISES_PICTURES"), ids=named)
def test_pictures_are_added_taken_off_and_put_in_order_and_the_sellers_own_stay(place: Place) -> None:
    red, green, theirs, blue, _ = PICTURES
    draft = replace(place.facts.draft(place.on_sale()), images=(red, green))
    listing = publish(place, draft)
    both = replace(draft, images=(red, green, theirs), placed=placed(draft, listing))
    three = place.connector.revise(Ref(listing.id), both).images
    assert (len(three), three[:2]) == (3, listing.images)
    changed = replace(draft, images=(blue, red), placed=placed(draft, listing))
    revised = place.connector.revise(Ref(listing.id), changed)
    assert (revised.images[1:], revised.images[0] in three) == ((three[0], three[2]), False)
    assert revised == place.connector.listing(Ref(listing.id))
    again = replace(changed, placed=placed(changed, revised))
    writes = len(place.writes())
    assert place.connector.revise(Ref(listing.id), again).images == revised.images
    assert len(place.writes()) - writes <= 1
    assert place.connector.revise(Ref(listing.id), replace(again, images=(), placed={})).images == revised.images
    assert place.connector.revise(Ref(listing.id), replace(again, placed=None)).images == revised.images


def test_our_own_writes_read_back_as_they_were_answered(place: Place) -> None:
    """What a write answers is kept as agreed: read otherwise, the echo would look like a change of theirs."""
    listing = publish(place, place.facts.draft(place.on_sale()))
    ref = Ref(listing.id)
    assert place.connector.listing(ref) == listing
    dearer = replace(place.facts.draft(listing), offers=(RemoteOffer("", "CONFORM-1", Money(3333, "USD")),))
    assert place.connector.revise(ref, dearer) == place.connector.listing(ref)
    place.connector.withdraw(ref)
    shown = place.connector.show(ref)
    assert shown == place.connector.listing(Ref(shown.id))
    number = str(place.sandbox("buy", {"listing_id": int(shown.id), "quantity": 1})["order_id"])
    shipped = place.connector.ship(number, Shipment("1Z999", "UPS"), Attempt("ship-1", "ship", clock.now()))
    assert shipped.fingerprint == place.connector.order(number).fingerprint


def test_withdrawing_twice_is_as_good_as_once_and_showing_brings_it_back(place: Place) -> None:
    ref = Ref(place.on_sale().id)
    place.connector.withdraw(ref)
    assert not place.facts.is_listed(place.truth()[ref.listing])
    writes = len(place.writes())
    again = place.connector.withdraw(ref)
    assert (again is None or again.seen != "live", len(place.writes())) == (True, writes)
    shown = place.connector.show(ref)
    assert (shown.seen, shown.id != ref.listing) == ("live", getattr(place.facts, "RELISTED_ANEW", False))
    assert place.facts.is_listed(place.truth()[shown.id])


def test_withdrawing_what_is_gone_is_success(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("end", {"listing_id": int(listing.id)})
    left = place.connector.withdraw(Ref(listing.id))
    assert left is None or left.seen != "live"
    assert place.writes() == []


def test_withdrawing_what_was_just_sold_leaves_the_sale_alone(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})
    sold = place.connector.withdraw(Ref(listing.id))
    assert sold
    assert sold.seen == "sold_out"
    assert place.writes() == []
    assert len(place.sandbox("orders")["orders"]) == 1


def test_a_withdrawal_whose_answer_was_lost_can_simply_be_repeated(place: Place) -> None:
    ref = Ref(place.on_sale().id)
    place.fault(getattr(place.facts, "A_WITHDRAWAL", "POST *"), "lost")
    place.connector.withdraw(ref)
    assert not place.facts.is_listed(place.truth()[ref.listing])


def test_levels_are_set_and_told_one_by_one(place: Place) -> None:
    first, second, third = [each for each in place.walk() if each.seen == "live" and not each.faults][:3]
    place.sandbox("end", {"listing_id": int(third.id)})
    levels = [Level(Ref(first.id), 0), Level(Ref(second.id), 1), Level(Ref(third.id), 0)]
    outcomes = place.connector.set_levels(levels)
    assert [(each.ref.listing, each.seen, each.failure) for each in outcomes] == [
        (first.id, 0, ""),
        (second.id, 1, ""),
        (third.id, 0, ""),
    ]
    truth = place.truth()
    assert (place.facts.is_listed(truth[first.id]), place.facts.is_listed(truth[second.id])) == (False, True)
    assert [each.seen for each in place.connector.set_levels([Level(Ref(first.id), 1)])] == [1]


def test_what_is_sold_can_be_put_back_only_where_that_is_possible(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 1)])
    if not place.facts.SOLD_IS_FINAL:
        assert (outcome.seen, outcome.failure) == (1, "")
        return
    assert outcome.seen != 1
    assert outcome.failure
    assert place.writes() == []


def test_shipping_tells_the_tracking_number_once(place: Place) -> None:
    listing = place.on_sale()
    number = str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})["order_id"])
    attempt = Attempt("ship-1", "ship", clock.now())
    shipped = place.connector.ship(number, Shipment("1Z999", "UPS"), attempt)
    assert (shipped.state, shipped.tracking_number) == ("shipped", "1Z999")
    writes = len(place.writes())
    assert place.connector.ship(number, Shipment("1Z999", "UPS"), attempt) == shipped
    assert len(place.writes()) == writes


@pytest.mark.parametrize("marketplace", able("cancel"), ids=named)
def test_cancelling_takes_one_of_the_orders_own_reasons(place: Place) -> None:
    listing = place.on_sale()
    number = str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": 1})["order_id"])
    order = place.connector.order(number)
    with pytest.raises(Refused):
        place.connector.cancel(number, "because")
    assert place.writes() == []
    assert place.connector.cancel(number, order.choices[0]).state == "cancelled"
    assert len(place.writes()) == 1
    place.connector.cancel(number, order.choices[0])
    assert len(place.writes()) == 1


def test_a_listing_that_does_not_exist_is_gone(place: Place) -> None:
    with pytest.raises(Gone):
        place.connector.revise(Ref("999999999999"), place.facts.draft(place.on_sale()))
    assert place.writes() == []
