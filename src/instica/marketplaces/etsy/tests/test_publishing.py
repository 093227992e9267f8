"""The traps of putting a listing up: steps, fees, lost answers, refusals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from tests.conformance.place import Place

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Refused, Unsure
from instica.kit.types import (
    Absent,
    Found,
    LookAgain,
    Ref,
    RemoteOffer,
)
from instica.marketplaces.etsy import stock
from instica.marketplaces.etsy.client import Etsy
from instica.marketplaces.etsy.tests import facts
from instica.marketplaces.etsy.tests.selling import attempt_for, fees, put_up, steps


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


@pytest.mark.parametrize(("minutes", "calls"), [(14, 6), (16, 8)])
def test_a_draft_made_a_moment_ago_is_not_read_before_each_write(place: Place, minutes: int, calls: int) -> None:
    """A personal app has 5 000 calls a day."""
    draft, begun = facts.draft(place.on_sale()), clock.now() - dt.timedelta(minutes=minutes)
    before = len(place.sandbox("requests")["requests"])
    assert steps(place, draft, begun=begun).listing
    assert len(place.sandbox("requests")["requests"]) - before == calls


def test_what_somebody_made_of_an_older_draft_meanwhile_is_kept(place: Place) -> None:
    draft = facts.draft(place.on_sale())
    waiting = steps(place, draft, until="inventory")
    number = waiting.next.partition(":")[2]
    api = Etsy(place.session)
    body = stock.as_sent(api.inventory(number))
    size = {"property_id": 513, "property_name": "Size", "value_ids": []}
    rows = [{**body["products"][0], "property_values": [size | {"values": [name]}]} for name in ("Small", "Large")]
    api.put_inventory(number, body | {"products": rows}, 1)
    with pytest.raises(Refused):
        place.connector.publish(draft, waiting.next, attempt_for(draft, waiting.next))
    kept = api.inventory(number)
    assert [each["property_values"][0]["values"] for each in kept["products"]] == [["Small"], ["Large"]]


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


def test_a_lost_draft_that_somebody_put_up_meanwhile_is_never_made_again(place: Place) -> None:
    draft, before = facts.draft(place.on_sale()), place.truth()
    attempt = attempt_for(draft)
    place.fault(facts.A_CREATE, "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt)
    (made,) = place.truth().keys() - before.keys()
    place.sandbox("edit", {"listing_id": int(made), "state": "active"})
    with time_machine.travel(clock.now() + dt.timedelta(minutes=20)):
        assert isinstance(place.connector.find(attempt), LookAgain)


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
