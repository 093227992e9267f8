"""Reading a shop whole: both models, what is prepared, beyond 25 000, lists that shift, and details apart from it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected

from instica.core import clock
from instica.kit.errors import Throttled
from instica.kit.types import Page, Ref, RemoteListing
from instica.marketplaces.ebay import MARKETPLACE, walk
from instica.marketplaces.ebay.connector import EbayConnector
from instica.marketplaces.ebay.sweep import Sweep


def pages(place: Place, between: Callable[[dict[str, Any]], None] = lambda where: None) -> list[Page[RemoteListing]]:
    """Every page; ``between`` may do something before the next one is read."""
    found, cursor = [], None
    while True:
        found.append(place.connector.listings(cursor))
        cursor = found[-1].next
        if cursor is None:
            return found
        between(json.loads(cursor))


def rows(found: list[Page[RemoteListing]]) -> dict[str, RemoteListing]:
    return {listing.id: listing for page in found for listing in page.rows}


def model(place: Place, name: str) -> RemoteListing:
    """A fixed-price listing of that model."""
    details = {"kind": "fixed", "model": name}
    live = (each for each in place.walk() if each.seen == "live" and not each.faults and len(each.offers) == 1)
    return next(each for each in live if each.details == details)


def test_whose_a_listing_is_comes_with_it(place: Place) -> None:
    found = rows(pages(place))
    models = {listing.details["model"] for listing in found.values()}
    assert models == {"inventory", "trading"}
    for name in models:
        one = model(place, name)
        assert place.connector.listing(Ref(one.id)).details["model"] == name


def test_what_the_inventory_api_knows_needs_no_call_of_its_own(place: Place) -> None:
    one = model(place, "inventory")
    assert one.artist
    assert one.description
    assert one.condition_item
    assert len(one.images) >= 2
    assert model(place, "trading").condition_item == ""


def test_what_is_prepared_is_hidden(place: Place) -> None:
    hidden = [listing for listing in rows(pages(place)).values() if listing.seen == "hidden"]
    assert [listing.id[:6] for listing in hidden] == ["offer-", "offer-"]
    assert place.connector.listing(Ref(hidden[0].id)) == hidden[0]


def test_odd_rows_come_as_they_are(place: Place) -> None:
    odd = {str(row["listing_id"]): row["odd"] for row in place.sandbox("shop")["odd"]}
    found = rows(pages(place))
    told = {what: found.get(number) for number, what in odd.items()}
    assert [fault.code for fault in told["no_price"].faults] == ["invalid_price"]  # type: ignore[union-attr]
    assert [fault.code for fault in told["missing_title"].faults] == ["missing_title"]  # type: ignore[union-attr]
    assert told["auction"].details["kind"] == "auction"  # type: ignore[union-attr]
    assert told["many"].offers[0].quantity == 5  # type: ignore[union-attr]
    assert told["out_of_stock"].seen == "sold_out"  # type: ignore[union-attr]
    assert told["no_sku"].offers[0].sku == ""  # type: ignore[union-attr]
    assert len(told["hundred_variations"].offers) == 100  # type: ignore[union-attr]
    assert told["EUR"].offers[0].price.currency == "EUR"  # type: ignore[union-attr]
    assert told["ended"] is None


def test_a_sku_that_two_listings_share_is_on_both(place: Place) -> None:
    twins = [row for row in place.sandbox("shop")["odd"] if row["odd"] == "duplicate_sku"]
    found = rows(pages(place))
    for row in twins:
        first, second = found[str(row["listing_id"])], found[str(row["twin"])]
        assert first.offers[0].sku == second.offers[0].sku != ""


def test_a_listing_by_hand_with_the_sku_of_an_inventory_item_is_not_taken_for_it(place: Place) -> None:
    one = model(place, "inventory")
    number = str(place.sandbox("add", {"title": "Another record by hand", "sku": one.offers[0].sku})["listing_id"])
    found = rows(pages(place))
    assert (found[number].details["model"], found[number].artist) == ("trading", "")
    assert place.connector.listing(Ref(number)).details["model"] == "trading"
    assert place.connector.listing(Ref(one.id)).details["model"] == "inventory"


def test_a_listing_that_ends_while_the_list_is_read_costs_another_round(tmp_path: Path) -> None:
    with connected(MARKETPLACE, tmp_path, listings=450) as place:
        truth = {number for number, row in place.truth().items() if row["status"] == "Active"}
        ended: list[str] = []

        def end_the_first(where: dict[str, Any]) -> None:
            if where["by"] == "active" and where["page"] == 2 and not ended:
                ended.append(min(truth))
                place.sandbox("end", {"listing_id": int(ended[0])})

        found = pages(place, end_the_first)
        assert truth <= rows(found).keys()
        assert found[-1].complete


def test_a_shop_that_never_stands_still_is_said_to_be_incomplete(tmp_path: Path) -> None:
    with connected(MARKETPLACE, tmp_path, listings=450) as place:
        active = sorted(number for number, row in place.truth().items() if row["status"] == "Active")

        def end_one(where: dict[str, Any]) -> None:
            if where["by"] == "active" and where["page"] > 1:
                place.sandbox("end", {"listing_id": int(active.pop(0))})

        last = pages(place, end_one)[-1]
        assert (last.complete, last.notes) == (False, (walk.SHIFTED,))


def test_beyond_twenty_five_thousand_it_is_read_by_the_time_they_end(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MOST_LISTED", 100)
    before = len(place.requests())
    found = pages(place)
    assert rows(found).keys() == place.truth().keys()
    calls = [row["call"].partition("#")[2] for row in place.requests()[before:]]
    assert (calls.count("GetMyeBaySelling"), calls.count("GetSellerList")) == (1, 5)
    assert found[-1].complete


def test_lists_count_against_the_day_and_against_fifteen_seconds(place: Place) -> None:
    pages(place)
    costs = [each for each in place.session.budget.admitted if "ebay.trading.GetMyeBaySelling" in each]
    assert costs == [{"ebay.trading.GetMyeBaySelling": 1, "ebay.lists": 1}]


def test_no_limit_is_wider_than_published() -> None:
    published = {"ebay.inventory": 2_000_000, "ebay.fulfillment": 100_000, "ebay.account": 25_000}
    published |= {"ebay.notification": 10_000, "ebay.identity": 5_000, "ebay.taxonomy": 5_000, "ebay.metadata": 5_000}
    published |= {"ebay.tokens": 10_000, "ebay.app-tokens": 1_000, "ebay.lists": 300, "ebay.revisions": 250}
    for spec in MARKETPLACE.limits:
        assert spec.rate + spec.burst <= published.get(spec.name, 5_000)
        assert spec.per == (15 if spec.name == "ebay.lists" else 86_400)


def test_a_step_done_twice_tells_the_same(place: Place) -> None:
    cursor = None
    while True:
        first, second = place.connector.listings(cursor), place.connector.listings(cursor)
        assert first == second
        cursor = first.next
        if cursor is None:
            return


def test_without_the_scope_for_inventory_the_rest_is_read(place: Place) -> None:
    place.session.current = type(place.session.current)(
        place.session.current.secrets, scopes=("https://api.ebay.com/oauth/api_scope",)
    )
    found = rows(pages(place))
    assert {listing.details["model"] for listing in found.values()} == {"trading"}
    assert all("/sell/inventory/" not in row["path"] for row in place.requests())


def test_the_sweep_keeps_what_it_is_told_once(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "sweep.sqlite")
    sweep.keep([("A", {"n": 1}), ("B", {"n": 2}), ("", {"n": 3})])
    sweep.on_sale(["A"])
    sweep.keep([("A", {"n": 4})])
    assert sweep.of(["A", "C"]) == {"A": {"n": 4}}
    assert sweep.aside("") == ("B", {"n": 2})
    assert sweep.aside("B") is None


def test_details_are_a_walk_of_their_own(place: Place, connector: EbayConnector) -> None:
    refs = [Ref(listing.id) for listing in place.walk() if listing.details["model"] == "trading" and not listing.faults]
    first = connector.details(refs, None)
    assert [listing.id for listing in first.rows] == [ref.listing for ref in refs[:20]]
    assert all(listing.description for listing in first.rows)
    place.sandbox("end", {"listing_id": int(refs[20].listing)})
    second = connector.details(refs, first.next)
    assert second.rows[0].seen == "ended"


def test_details_go_on_from_their_cursor_after_the_quota_of_the_day(place: Place, connector: EbayConnector) -> None:
    refs = [Ref(listing.id) for listing in place.walk() if listing.details["model"] == "trading" and not listing.faults]
    following = connector.details(refs, None).next
    place.session.budget.closed_until = clock.now() + dt.timedelta(hours=3)
    with pytest.raises(Throttled):
        connector.details(refs, following)
    place.session.budget.closed_until = None
    assert connector.details(refs, following).rows[0].id == refs[20].listing


def test_changes_are_told_with_what_has_ended(place: Place, connector: EbayConnector) -> None:
    listing = place.on_sale()
    begun = clock.now()
    assert listing.id not in {each.id for each in connector.changes(begun).rows}
    place.sandbox("end", {"listing_id": int(listing.id)})
    (changed,) = [each for each in connector.changes(begun).rows if each.id == listing.id]
    assert changed.seen == "ended"
    assert connector.changes(begun - dt.timedelta(days=30)).complete
