"""The traps of reading an Etsy shop, one test each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.conformance.place import Place

from instica.core.money import Money
from instica.kit.errors import Gone, TryLater
from instica.kit.types import (
    Ref,
)
from instica.kit.wire import mounted
from instica.marketplaces.etsy.tests.selling import API, meddling, varied


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


def test_the_last_page_of_another_state_says_how_many_are_out_of_reach(place: Place) -> None:
    place.sandbox("reset", {"listings": 65_000, "odd": False})
    drafts = sum(row["status"] == "draft" for row in place.truth().values())
    assert drafts > 12_100
    last = {"by": "state", "state": 3, "offset": 12_000, "round": 1, "total": 0, "active": 0}
    page = place.connector.listings(json.dumps(last))
    assert (len(page.rows), page.unreachable) == (100, drafts - 12_100)
    assert page.notes == (
        f"{drafts - 12_100} draft listings could not be read: Etsy shows the first 12100 of a state.",
    )
    following = json.loads(page.next or "")
    assert (following["state"], following["offset"], following["lost"]) == (4, 0, drafts - 12_100)
