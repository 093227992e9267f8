"""Putting up a page: in steps, 25 at once, with variations, never twice, and refused in their words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from tests.conformance.place import Place

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Refused, TryLater, Unsure
from instica.kit.types import (
    Absent,
    Found,
    LookAgain,
    Ref,
    RemoteOffer,
    Step,
)
from instica.marketplaces.ebay.connector import EbayConnector
from instica.marketplaces.ebay.tests.facts import draft as a_draft
from instica.marketplaces.ebay.tests.selling import (
    attempt_at,
    by_model,
    calls,
    published,
    switch,
    tee,
)


def test_publishing_takes_item_offer_publish_one_write_a_step(place: Place) -> None:
    draft = a_draft(place.on_sale())
    attempt, names = attempt_at(draft), []
    step = place.connector.publish(draft, "", attempt)
    while step.next:
        names.append((step.next.partition(":")[0], len(place.writes())))
        step = place.connector.publish(draft, step.next, attempt)
    assert names == [("offer", 1), ("publish", 2)]
    assert step.ref
    assert step.ref.extra == {"sku": "CONFORM-1"}
    assert len(place.writes()) == 3
    assert step.listing
    assert (step.listing.condition_item, step.listing.condition_container) == ("vg_plus", "vg")
    assert step.listing.artist == step.listing.title.partition(" - ")[0]


@pytest.mark.parametrize("call", ["PUT /sell/inventory/*", "POST /sell/inventory/v1/offer/*/publish"])
def test_a_write_that_may_be_repeated_is(place: Place, call: str) -> None:
    before = place.truth()
    place.fault(call, "lost")
    listing = published(place, a_draft(place.on_sale()))
    assert place.truth().keys() - before.keys() == {listing.id}


def test_an_offer_made_in_doubt_is_taken_up_and_not_made_again(place: Place) -> None:
    draft, before = a_draft(place.on_sale()), place.truth()
    attempt = attempt_at(draft)
    place.fault("POST /sell/inventory/v1/offer", "lost")
    with pytest.raises(Unsure):
        published(place, draft, attempt)
    found = place.connector.find(attempt)
    assert isinstance(found, Found)
    assert found.ref.listing.startswith("offer-")
    assert found.next == "offer"
    listing = published(place, draft, attempt, found.next)
    assert place.truth().keys() - before.keys() == {listing.id}
    assert [row["sku"] for row in place.truth().values()].count("CONFORM-1") == 1


def test_a_create_that_says_it_exists_names_the_offer(place: Place, connector: EbayConnector) -> None:
    draft = replace(a_draft(place.on_sale()), hidden=True)
    published(place, draft)
    (offer,) = connector.api.offers("CONFORM-1")
    body = {"sku": "CONFORM-1", "marketplaceId": "EBAY_US", "format": "FIXED_PRICE"}
    assert connector.api.create_offer(body) == offer["offerId"]


def test_a_sku_that_is_on_sale_is_not_overwritten(place: Place) -> None:
    (listing,) = by_model(place, "inventory")
    draft = replace(a_draft(listing), offers=(RemoteOffer("", listing.offers[0].sku, Money(100, "USD")),))
    with pytest.raises(Refused) as refusal:
        place.connector.publish(draft, "", attempt_at(draft))
    assert refusal.value.complaints[0].code == "sku_taken"
    assert place.writes() == []
    assert place.connector.listing(Ref(listing.id)) == listing


def test_a_draft_without_a_sku_gets_one_that_a_repetition_finds(place: Place) -> None:
    draft = replace(a_draft(place.on_sale()), offers=(RemoteOffer("", "", Money(2150, "USD")),))
    attempt = attempt_at(draft, "key-7")
    listing = published(place, draft, attempt)
    assert listing.offers[0].sku.startswith("INST-")
    found = place.connector.find(attempt)
    assert isinstance(found, Found)
    assert found.ref.listing == listing.id


def test_a_refusal_at_publish_says_everything_in_their_words(place: Place) -> None:
    switch(place, required_aspects="Artist,Genre")
    draft = replace(a_draft(place.on_sale()), title="Untitled", fields={"category_id": "1"})
    with pytest.raises(Refused) as refusal:
        published(place, draft)
    assert [each.code for each in refusal.value.complaints] == ["25005"]
    named = replace(draft, fields={"category_id": "176985"})
    with pytest.raises(Refused) as refusal:
        published(place, named)
    assert len(refusal.value.complaints) == 2
    assert "The item specific Artist is missing" in refusal.value.complaints[0].message


def test_a_selling_limit_is_told(place: Place) -> None:
    switch(place, selling_limit=10)
    with pytest.raises(Refused) as refusal:
        published(place, a_draft(place.on_sale()))
    assert [each.code for each in refusal.value.complaints] == ["25026"]


def test_two_policies_without_a_default_are_a_persons_choice(place: Place) -> None:
    rows: Any = getattr(place.simulator, "site").policies["fulfillment"]  # noqa: B009 - a simulator's own state
    for row in rows.values():
        row["categoryTypes"] = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES", "default": False}]
    draft = a_draft(place.on_sale())
    with pytest.raises(Refused) as refusal:
        published(place, draft)
    assert [each.field for each in refusal.value.complaints] == ["fulfillment_policy_id"]
    chosen = replace(draft, fields={**draft.fields, "fulfillment_policy_id": "6196933000"})
    assert published(place, chosen).seen == "live"


def test_a_seller_without_business_policies_is_told_so(place: Place) -> None:
    switch(place, business_policies=False)
    with pytest.raises(Refused, match="not eligible for Business Policy"):
        published(place, a_draft(place.on_sale()))


def test_two_writers_at_once_is_passing(place: Place) -> None:
    listing = place.on_sale()
    switch(place, concurrent=1)
    with pytest.raises(TryLater):
        place.connector.publish(a_draft(listing), "", attempt_at(a_draft(listing)))
    assert published(place, a_draft(listing)).seen == "live"


def test_variations_are_listed_by_one_call_of_trading(place: Place) -> None:
    since = len(place.requests())
    listing = published(place, tee())
    assert [call for call in calls(place, since) if call.startswith("Add")] == ["AddFixedPriceItem"]
    assert [(offer.id, offer.quantity, offer.options) for offer in listing.offers] == [
        ("TEE-S", 3, {"Size": "S"}),
        ("TEE-M", 3, {"Size": "M"}),
        ("TEE-L", 3, {"Size": "L"}),
    ]


def test_a_listing_made_in_doubt_by_trading_is_found_and_never_made_twice(place: Place) -> None:
    draft, before = tee(), place.truth()
    attempt = attempt_at(draft)
    place.fault("POST /ws/api.dll#AddFixedPriceItem", "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt)
    found = place.connector.find(attempt)
    assert isinstance(found, Found)
    assert {found.ref.listing} == place.truth().keys() - before.keys()
    assert published(place, draft, attempt).id == found.ref.listing
    assert len(place.truth()) == len(before) + 1


def test_a_repeated_mark_whose_first_listing_is_not_named_is_a_refusal(place: Place) -> None:
    draft = tee()
    published(place, draft)
    switch(place, duplicate_uuid="bare")
    before = place.truth()
    with pytest.raises(Refused) as refusal:
        published(place, draft)
    assert ([each.code for each in refusal.value.complaints], place.truth()) == (["488"], before)


def test_an_addition_that_never_arrived_is_absent_after_a_while(place: Place) -> None:
    draft = tee()
    attempt = attempt_at(draft)
    place.fault("POST /ws/api.dll#AddFixedPriceItem", "drop")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt)
    assert isinstance(place.connector.find(attempt), LookAgain)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
        assert place.connector.find(attempt) == Absent()


def test_twenty_five_are_published_at_once_and_each_is_told(place: Place, connector: EbayConnector) -> None:
    base, before = a_draft(place.on_sale()), place.truth()
    drafts = [replace(base, offers=(RemoteOffer("", f"BULK-{n}", Money(900 + n, "USD")),)) for n in range(25)]
    drafts[3] = replace(drafts[3], fields={"category_id": "1"})
    wanted = [(draft, attempt_at(draft, f"bulk-{n}")) for n, draft in enumerate(drafts)]
    since = len(place.writes())
    for _ in range(3):
        told = connector.publish_many(wanted)
        wanted = [
            (draft, replace(attempt, step=step.next))
            for (draft, attempt), step in zip(wanted, told, strict=True)
            if isinstance(step, Step)
        ]
    assert len(place.writes()) - since == 3
    assert [n for n, step in enumerate(told) if isinstance(step, Refused)] == [3]
    assert sum(row["status"] == "Active" for number, row in place.truth().items() if number not in before) == 24
    assert connector.publish_many(wanted) == [None] * 24, "reading back is done one by one"


def test_what_cannot_go_with_others_is_not_sent_with_them(place: Place, connector: EbayConnector) -> None:
    listing = next(each for each in place.walk() if each.details == {"kind": "fixed", "model": "inventory"})
    base = replace(a_draft(listing), offers=(RemoteOffer("", "BULK-A", Money(900, "USD")),))
    there = replace(base, offers=(replace(base.offers[0], sku=listing.offers[0].sku),))
    unfit, hidden = replace(base, title=""), replace(base, hidden=True)
    wanted = [(each, attempt_at(each, f"b{n}")) for n, each in enumerate((there, unfit, hidden, base, base))]
    assert connector.publish_many(wanted) == [None, None, None, Step("offer"), None]
    connector.publish(base, "offer", attempt_at(base, "b3"))
    told = connector.publish_many([(base, replace(attempt_at(base, "b3"), step="offer"))])
    assert told == [None], "an offer that stands is taken up by itself"
    offers = [(replace(base.offers[0], sku=f"X{n}"),) for n in range(26)]
    over = [(replace(base, offers=each), attempt_at(base, f"x{n}")) for n, each in enumerate(offers)]
    assert connector.publish_many(over)[25:] == [None]


def test_what_listing_costs_is_asked_without_listing(place: Place) -> None:
    before = place.truth()
    assert place.connector.quote(a_draft(place.on_sale())).fee == Money(0, "USD")
    assert place.truth() == before
