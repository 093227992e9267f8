"""Etsy's listings and receipts as ours, our drafts as theirs: exact values, and nothing that raises."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instica.core.money import Money
from instica.kit.types import Draft, RemoteListing, RemoteOffer
from instica.marketplaces.etsy import MARKETPLACE, choosing, mapping, ordering, words
from instica.marketplaces.etsy.tests.conftest import fixture

SMALL, LARGE = '200=Blue|513=8" x 10"', '200=Blue|513=16" x 20"'
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def listing(**changes: Any) -> RemoteListing:
    found = mapping.from_json(fixture("listing") | changes, fixture("inventory"))
    assert found
    return found


def test_a_listing_with_variations_reads_whole() -> None:
    assert listing() == RemoteListing(
        id="1840552117",
        title="Dad's & Mum's \"Heron\" Linocut",
        seen="live",
        offers=(
            RemoteOffer(SMALL, "HER-S", Money(1950, "GBP"), 4, {"Size & cut": '8" x 10"', "Primary color": "Blue"}),
            RemoteOffer(LARGE, "HER-L", Money(2950, "GBP"), 0, {"Size & cut": '16" x 20"', "Primary color": "Blue"}),
        ),
        url="https://www.etsy.com/listing/1840552117/heron",
        status="active",
        description="Hand pulled <b>in Leeds</b>.\n5 &amp; 6",
        images=("https://i.etsystatic.com/1/il_fullxfull.1.jpg", "https://i.etsystatic.com/2/il_fullxfull.2.jpg"),
        listed_at=dt.datetime.fromtimestamp(1767222000, dt.UTC),
        details={
            "taxonomy_id": "2078",
            "shop_section_id": "40110201",
            "shipping_profile_id": "188204511203",
            "return_policy_id": "1102334872",
            "who_made": "i_did",
            "when_made": "made_to_order",
            "listing_type": "physical",
            "tags": "linocut, rock 'n' roll",
            "materials": "paper",
        },
    )


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("active", "live"),
        ("inactive", "hidden"),
        ("draft", "hidden"),
        ("sold_out", "sold_out"),
        ("expired", "ended"),
        ("removed", "ended"),
        ("edit", "hidden"),
        ("something new", "hidden"),
        (None, "hidden"),
    ],
)
def test_states(state: str | None, seen: str) -> None:
    assert listing(state=state).seen == seen


@pytest.mark.parametrize(
    ("price", "money"),
    [
        ({"amount": 1950, "divisor": 100, "currency_code": "USD"}, Money(1950, "USD")),
        ({"amount": 1500, "divisor": 1, "currency_code": "JPY"}, Money(1500, "JPY")),
        ({"amount": 150000, "divisor": 100, "currency_code": "JPY"}, Money(1500, "JPY")),
        ({"amount": 19500, "divisor": 1000, "currency_code": "EUR"}, Money(1950, "EUR")),
        ({"amount": 3499, "divisor": 100, "currency_code": "SEK"}, Money(3499, "SEK")),
    ],
)
def test_the_divisor_is_never_assumed(price: dict[str, Any], money: Money) -> None:
    found = mapping.from_json(fixture("listing") | {"price": price})
    assert found
    assert (found.offers[0].price, found.faults) == (money, ())


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (None, "invalid_price"),
        ({}, "invalid_price"),
        ({"amount": 0, "divisor": 100, "currency_code": "USD"}, "invalid_price"),
        ({"amount": -5, "divisor": 100, "currency_code": "USD"}, "invalid_price"),
        ({"amount": 5, "divisor": 0, "currency_code": "USD"}, "invalid_price"),
        ({"amount": True, "divisor": 100, "currency_code": "USD"}, "invalid_price"),
        ({"amount": "5", "divisor": 100, "currency_code": "USD"}, "invalid_price"),
        ({"amount": 500, "divisor": 100, "currency_code": "XYZ"}, "unknown_currency"),
    ],
)
def test_a_price_that_is_none_is_a_fault(price: object, code: str) -> None:
    found = mapping.from_json(fixture("listing") | {"price": price})
    assert found
    assert [fault.code for fault in found.faults] == [code]


def test_a_listing_without_anything_optional_is_a_row_with_its_reasons() -> None:
    found = mapping.from_json({"listing_id": 7})
    assert found
    assert [fault.code for fault in found.faults] == ["missing_title", "invalid_price"]
    bare = RemoteListing("7", "", "hidden", (RemoteOffer("", quantity=0),), "https://www.etsy.com/listing/7")
    assert replace(found, faults=()) == bare


@pytest.mark.parametrize("number", [None, 0, -1, True, "x", 1.5, [], 2**70])
def test_a_row_without_a_number_is_none(number: object) -> None:
    assert mapping.from_json({"listing_id": number, "title": "T"}) is None


def test_one_stock_shared_by_all_variations_is_said() -> None:
    shared = fixture("inventory") | {"quantity_on_property": []}
    found = mapping.from_json(fixture("listing"), shared)
    assert found
    assert found.details["quantity"] == "shared"


def test_a_very_long_variation_still_has_a_short_name_of_its_own() -> None:
    inventory = fixture("inventory")
    for product, text in zip(inventory["products"], ("a" * 90, "b" * 90), strict=False):
        product["property_values"][0]["values"] = [text]
    found = mapping.from_json(fixture("listing"), inventory)
    assert found
    names = [offer.id for offer in found.offers]
    assert len(set(names)) == 2
    assert all(len(name) <= 100 for name in names)


@given(st.dictionaries(st.sampled_from([*fixture("listing"), "inventory"]), ANY), ANY)
def test_no_listing_raises(row: dict[str, Any], inventory: object) -> None:
    found = mapping.from_json({"listing_id": 7, **row}, mapping.record(inventory))
    assert found is None or found.offers


@given(st.dictionaries(st.sampled_from([*fixture("receipt")]), ANY), ANY)
def test_no_receipt_raises(row: dict[str, Any], line: object) -> None:
    ordering.from_json(fixture("receipt") | row | {"transactions": [line]})
    ordering.from_json(row)


@given(ANY)
def test_no_shop_raises(row: object) -> None:
    assert mapping.account(mapping.record(row)).warnings in ((), (mapping.VACATION,))


def test_a_receipt_reads_whole() -> None:
    order = ordering.from_json(fixture("receipt"))
    assert order
    assert (order.id, order.state, order.status, order.buyer) == ("3104000002", "paid", "Paid", "70246610")
    assert (order.total, order.shipping) == (Money(4390, "EUR"), Money(490, "EUR"))
    assert [(line.id, line.listing, line.offer, line.sku, line.quantity) for line in order.lines] == [
        ("3104000001", "1840552117", SMALL, "HER-S", 2),
        ("3104000003", "", "", "", 1),
    ]
    assert order.lines[0].title == "Dad's Heron"
    assert order.buyer_name == "Lucía Prado"
    assert order.address == {
        "full_name": "Lucía Prado",
        "line1": "Calle Olmo 21",
        "line2": "2º B",
        "city": "Madrid",
        "postal_code": "28999",
        "country": "ES",
    }
    assert (order.placed_at.timestamp(), order.updated_at.timestamp()) == (1790780400, 1790784000)


def test_a_line_names_the_same_offer_as_the_listing_with_or_without_product_data() -> None:
    receipt = fixture("receipt")
    line = receipt["transactions"][0]
    assert listing().offers[0].id == ordering.offer_of(line) == ordering.offer_of(line | {"product_data": []})


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": "open", "is_paid": False}, "open"),
        ({"status": "Payment Processing", "is_paid": False}, "open"),
        ({"status": "open"}, "paid"),
        ({"status": "PAID"}, "paid"),
        ({"status": "Completed", "is_shipped": True}, "shipped"),
        ({"status": "completed"}, "completed"),
        ({"status": "Canceled"}, "cancelled"),
        ({"status": "canceled", "is_shipped": True}, "cancelled"),
        ({"status": "Fully Refunded"}, "completed"),
        ({"status": "Partially Refunded"}, "paid"),
        ({"status": "Something New", "is_paid": False}, "open"),
    ],
)
def test_order_states_come_with_and_without_capitals(changes: dict[str, Any], state: str) -> None:
    order = ordering.from_json(fixture("receipt") | changes)
    assert order
    assert order.state == state


WALL = dict.fromkeys(("first_line", "second_line", "city", "state", "zip", "formatted_address", "country_iso"))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "Canceled"},
        {"is_shipped": True},
        {"refunds": [{"amount": {"amount": 100, "divisor": 100, "currency_code": "EUR"}, "status": "processed"}]},
        {"shipments": [{"tracking_code": "1Z", "carrier_name": "ups"}]},
        WALL,
    ],
)
def test_what_etsy_does_not_date_still_changes_the_fingerprint(change: dict[str, Any]) -> None:
    before, after = ordering.from_json(fixture("receipt")), ordering.from_json(fixture("receipt") | change)
    assert before
    assert after
    assert before.updated_at == after.updated_at
    assert before.fingerprint != after.fingerprint


def test_capitals_are_no_news() -> None:
    assert ordering.fingerprint(fixture("receipt")) == ordering.fingerprint(fixture("receipt") | {"status": "paid"})


def test_behind_the_wall_there_is_no_address_and_that_is_fine() -> None:
    order = ordering.from_json(fixture("receipt") | WALL)
    assert order
    assert (order.address, order.buyer_name) == ({}, "Lucía Prado")


DRAFT = Draft(
    title="Heron",
    offers=(RemoteOffer("", "HER-1", Money(1950, "GBP"), 3),),
    description="Hand <pulled> & signed.",
    images=("a",),
    fields={"taxonomy_id": "2078", "who_made": "i_did", "when_made": "2020_2025", "tags": "linocut, heron"},
)


def test_a_draft_as_etsy_takes_it() -> None:
    assert mapping.to_draft(DRAFT, 2026) == {
        "quantity": 3,
        "title": "Heron",
        "description": "Hand <pulled> & signed.",
        "price": Money(1950, "GBP").decimal,
        "taxonomy_id": 2078,
        "who_made": "i_did",
        "when_made": "2020_2026",
        "is_supply": False,
        "tags": ["linocut", "heron"],
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"description": ""}, "description"),
        ({"offers": ()}, "offers"),
        ({"offers": (RemoteOffer("", "A", None),)}, "price"),
        ({"offers": (RemoteOffer("", "A", Money(0, "GBP")),)}, "price"),
        ({"offers": (RemoteOffer("", "A", Money(5, "USD")),)}, "price"),
        ({"offers": (RemoteOffer("", "A", Money(500, "GBP"), 0),)}, "quantity"),
        ({"images": ()}, "images"),
        ({"images": ("a",) * 21}, "images"),
        ({"fields": {}}, "taxonomy_id"),
        ({"fields": {**DRAFT.fields, "tags": ["x" * 21]}}, "tags"),
        ({"fields": {**DRAFT.fields, "tags": [str(each) for each in range(14)]}}, "tags"),
    ],
)
def test_what_keeps_a_draft_from_being_a_listing(changes: dict[str, Any], field: str) -> None:
    assert field in [complaint.field for complaint in mapping.unfit(replace(DRAFT, **changes), "GBP")]
    assert mapping.unfit(DRAFT, "GBP") == []


def test_a_hidden_draft_needs_no_picture() -> None:
    assert mapping.unfit(replace(DRAFT, images=(), hidden=True), "GBP") == []


def test_only_what_differs_is_changed_and_entities_are_no_difference() -> None:
    there = fixture("listing")
    same = Draft(
        title="Dad's & Mum's \"Heron\" Linocut",
        offers=(),
        description="Hand pulled <b>in Leeds</b>.\n5 &amp; 6",
        fields={"tags": ["linocut", "rock 'n' roll"], "type": "physical", "taxonomy_id": 2078, "styles": ["Boho"]},
    )
    assert mapping.changes(there, same, 2026) == {}
    assert mapping.changes(there, replace(same, title="Heron"), 2026) == {"title": "Heron"}


@pytest.mark.parametrize(
    ("name", "year", "now"),
    [
        ("2020_2026", 2027, "2020_2027"),
        ("2000_2006", 2027, "2000_2007"),
        ("before_2007", 2027, "before_2008"),
        ("2007_2009", 2027, "2008_2009"),
        ("2007_2009", 2026, "2007_2009"),
        ("made_to_order", 2027, "made_to_order"),
        ("2010_2019", 2027, "2010_2019"),
        ("before_1700", 2027, "before_1700"),
        ("1960s", 2027, "1960s"),
    ],
)
def test_the_words_for_when_roll_with_the_year(name: str, year: int, now: str) -> None:
    assert words.rolled(name, year) == now
    assert now in dict(words.when_made(year))


@pytest.mark.parametrize(
    ("given_name", "carrier"),
    [("UPS", "ups"), ("Royal Mail", "royal-mail"), ("usps", "usps"), ("My cousin", "other"), ("", "other")],
)
def test_carriers(given_name: str, carrier: str) -> None:
    assert words.carrier(given_name) == carrier


def test_the_fields_are_those_etsy_takes() -> None:
    described = json.loads((MARKETPLACE.folder / "fields.json").read_text(encoding="utf-8"))["properties"]
    known = {*mapping.NUMBERS, *mapping.TEXTS, *mapping.SIZES, *mapping.FLAGS, *mapping.LISTS}
    assert set(described) <= known


def test_choices_are_named_for_people() -> None:
    assert choosing.policy({"accepts_returns": True, "accepts_exchanges": True, "return_deadline": 30}) == (
        "Returns and exchanges within 30 days"
    )
    assert choosing.policy({}) == "No returns"
    assert choosing.processing({"readiness_state": "made_to_order"}) == "Made to order"
    tree = [{"id": 1, "name": "Art", "children": [{"id": 2, "name": "Prints", "children": []}]}]
    assert list(choosing.leaves(tree, "")) == [("1", "Art"), ("2", "Art > Prints")]
