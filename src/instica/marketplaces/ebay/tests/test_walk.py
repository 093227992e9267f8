"""Reading a shop whole: both models, what is prepared, beyond 25 000, lists that shift, and details apart from it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
import time_machine
from tests.conformance.place import Place, connected

from instica.core import clock
from instica.kit.errors import Throttled
from instica.kit.types import Page, Ref, RemoteListing
from instica.marketplaces.ebay import MARKETPLACE, changes, walk
from instica.marketplaces.ebay.connector import EbayConnector
from instica.marketplaces.ebay.sweep import Sweep
from instica.marketplaces.ebay.trading import Item


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


def brief(place: Place) -> list[Ref]:
    """Listings by hand, as whoever asks for their details names them."""
    rows = [listing for listing in place.walk() if listing.brief and not listing.faults]
    return [Ref(listing.id, extra=listing.details) for listing in rows]


def test_what_the_list_left_out_is_read_five_at_a_time(place: Place, connector: EbayConnector) -> None:
    refs = brief(place)
    place.sandbox("end", {"listing_id": int(refs[1].listing)})
    first = connector.details([refs[0], refs[1], Ref("256104310018"), *refs[2:]])
    assert [listing and listing.id for listing in first] == [
        *(ref.listing for ref in refs[:2]),
        None,
        *(ref.listing for ref in refs[2:4]),
    ]
    assert [listing and listing.seen for listing in first[:2]] == ["live", "ended"]
    assert all(listing.description and not listing.brief for listing in first if listing)


def test_at_the_quota_of_the_day_what_was_read_is_told(place: Place, connector: EbayConnector) -> None:
    refs, read = brief(place), connector.door.item

    def three(number: str) -> Item:
        if number == refs[3].listing:
            raise Throttled("ebay.trading.GetItem", clock.now() + dt.timedelta(hours=3))
        return read(number)

    connector.door.item = three  # type: ignore[method-assign,assignment]
    assert [listing and listing.id for listing in connector.details(refs)] == [ref.listing for ref in refs[:3]]
    with pytest.raises(Throttled):
        connector.details(refs[3:])


def test_both_readings_of_a_listing_that_the_inventory_api_owns_are_equal(place: Place) -> None:
    """The page on the site may say more than the item it was made from: what the walk tells counts."""
    one = model(place, "inventory")
    assert (one.brief, place.connector.listing(Ref(one.id))) == (False, one)
    sku = one.offers[0].sku
    with httpx2.Client(transport=httpx2.WSGITransport(place.simulator), base_url=place.session.app.origin) as hub:
        headers = {"Authorization": "Bearer sandbox-token", "Content-Language": "en-US"}
        path = "/sell/inventory/v1/offer"
        offer = hub.get(path, params={"sku": sku}, headers=headers).json()["offers"][0]
        offer["listingDescription"] = "<p>Longer on the page itself.</p>"
        body = {name: value for name, value in offer.items() if name not in ("listing", "status", "offerId")}
        assert hub.put(f"{path}/{offer['offerId']}", json=body, headers=headers).is_success
    walked = next(listing for listing in place.walk() if listing.id == one.id)
    assert place.connector.listing(Ref(one.id)) == walked


def test_changes_are_told_with_what_has_ended(place: Place, connector: EbayConnector) -> None:
    listing = place.on_sale()
    begun = clock.now()
    assert listing.id not in {each.id for each in connector.changes(begun, None).rows}
    place.sandbox("end", {"listing_id": int(listing.id)})
    page = connector.changes(begun, None)
    (changed,) = [each for each in page.rows if each.id == listing.id]
    assert (changed.seen, changed.brief, page.next, page.complete) == ("ended", True, None, True)
    assert not connector.changes(begun - dt.timedelta(days=30), None).complete


def test_more_changes_than_ebay_tells_at_once_are_asked_for_by_shorter_times(
    place: Place, connector: EbayConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "NEARLY_ALL", 4)
    truth, begun = sorted(place.truth()), clock.now()
    with time_machine.travel(begun, tick=False) as time:
        for number in truth[:12]:
            time.shift(600)
            place.sandbox("edit", {"listing_id": int(number), "price": "77.00"})
        found, cursor = [], None
        while True:
            page = connector.changes(begun, cursor)
            assert page.complete
            found += [each.id for each in page.rows]
            cursor = page.next
            if cursor is None:
                break
    assert set(truth[:12]) <= set(found)
