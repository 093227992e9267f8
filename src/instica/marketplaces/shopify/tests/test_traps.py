"""The oddities of Shopify, one by one: what each would do to a seller, and that it does not."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected

from instica.core import clock
from instica.kit.errors import Gone, Refused, SignInAgain, Throttled, TryLater, Unsure
from instica.kit.types import Attempt, Found, Level, Ref, RemoteOffer, Shipment
from instica.marketplaces.shopify import MARKETPLACE, staging, verdicts
from instica.marketplaces.shopify.tests import facts
from instica.marketplaces.shopify.tests.shopping import buy, odd, published, switch

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SHIP = Attempt("ship-1", "ship", clock.now())


def test_a_version_replaced_silently_is_noticed(place: Place) -> None:
    assert place.connector.shop().warnings == ()
    switch(place, api_version="2027-01")
    (warning,) = place.connector.shop().warnings
    assert warning == "Shopify answers as version 2027-01 instead of 2026-10: update Instica"


def test_points_used_up_wait_as_long_as_they_take_to_return(tmp_path: Path) -> None:
    with connected(MARKETPLACE, tmp_path, listings=30) as place:
        place.sandbox("reset", {"listings": 30, "limits": True})
        place.simulator.site.bucket.left = 5.0  # type: ignore[attr-defined]
        place.simulator.site.bucket.at = clock.now().timestamp()  # type: ignore[attr-defined]
        with pytest.raises(Throttled) as throttled:
            place.connector.orders(LONG_AGO, None)
    wait = (throttled.value.until - clock.now()).total_seconds()
    assert (throttled.value.limit, 2.5 < wait <= 3.5) == ("shopify.points", True)


def test_every_call_takes_at_least_what_the_sandbox_reckons(large: Place) -> None:
    """Points asked for in advance never fall short, so that Shopify has nothing to refuse."""
    large.walk()
    connector, listing = large.connector, large.on_sale()
    number = buy(large, listing)
    connector.orders(LONG_AGO, None)
    connector.set_levels([Level(Ref(listing.id), 3)])
    connector.ship(number, Shipment("1Z", "UPS"), SHIP)
    connector.watch("https://hub.example/", None)
    asked = [cost for costs in large.session.budget.admitted for cost in costs.values()]
    rows = [row for row in large.sandbox("requests?bodies=1")["requests"] if "#" in row["call"]][-len(asked) :]
    both = [(cost, charged(row), row["call"]) for cost, row in zip(asked, rows, strict=True)]
    assert len(both) > 20
    assert [each for each in both if each[0] < each[1]] == []


def test_what_a_call_did_not_cost_returns_at_once(large: Place) -> None:
    listing = large.on_sale()
    large.session.budget.returned.clear()
    before = len(large.sandbox("requests")["requests"])
    large.connector.set_levels([Level(Ref(listing.id), 3)])
    large.connector.orders(LONG_AGO, None)
    rows = large.sandbox("requests?bodies=1")["requests"][before:]
    costs = [json.loads(row["answer"])["extensions"]["cost"] for row in rows]
    unused = [cost["requestedQueryCost"] - cost["actualQueryCost"] for cost in costs]
    assert large.session.budget.returned == [("shopify.points", points) for points in unused if points]
    assert max(unused) > 10


def charged(row: dict[str, Any]) -> int:
    """What the sandbox took for a call; 0 where its answer was too long to be kept."""
    try:
        return int(json.loads(row["answer"])["extensions"]["cost"]["requestedQueryCost"])
    except ValueError:
        return 0


def root(data: object, effect: Any = "read") -> Any:
    return verdicts.root(data, "product", "call", effect)


def failed(code: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": "No", "extensions": {"code": code}}], **more}


def test_an_internal_error_inside_status_200_is_their_fault_and_passing() -> None:
    with pytest.raises(TryLater):
        root(failed("INTERNAL_SERVER_ERROR", data=None))
    with pytest.raises(Unsure):
        root(failed("INTERNAL_SERVER_ERROR", data=None), "once")
    answers: list[Any] = [[], "text", None, {}, {"data": []}]
    for broken in answers:
        with pytest.raises(TryLater):
            root(broken)


def test_data_beside_errors_is_data(place: Place) -> None:
    """A buyer's name and address withheld from this app: the order stands, the buyer is empty."""
    number = buy(place, place.on_sale())
    switch(place, protected="withheld")
    order = place.connector.order(number)
    assert (order.state, order.buyer_name, order.address) == (
        "paid",
        "",
        {"city": "Chicago", "state": "IL", "country": "US"},
    )
    assert place.connector.orders(LONG_AGO, None).rows == (order,)


def test_what_was_not_found_or_not_granted_has_its_word() -> None:
    assert root({"data": {"product": None}}) is None
    with pytest.raises(Gone):
        root(failed("RESOURCE_NOT_FOUND", data={"product": None}))
    with pytest.raises(Refused) as refusal:
        root(failed("ACCESS_DENIED", data=None))
    assert refusal.value.complaints[0].code == "ACCESS_DENIED"


def test_a_search_that_was_not_understood_is_no_answer() -> None:
    """The term is ignored there: a typo would read the whole shop again and again."""
    warned = {
        "search": [
            {"path": ["orders"], "warnings": [{"field": "updatd_at", "message": "Invalid", "code": "invalid_field"}]}
        ]
    }
    with pytest.raises(Refused):
        root({"data": {"product": {"id": 1}}, "extensions": warned})


def test_a_narrow_grant_still_reads_what_it_may(place: Place) -> None:
    listing = place.on_sale()
    held = place.session.current.secrets["access_token"].reveal()
    place.simulator.site.grants[held].scopes = ("read_products",)  # type: ignore[attr-defined]
    assert place.connector.listing(Ref(listing.id)) == listing
    with pytest.raises(Refused, match="read_orders"):
        place.connector.orders(LONG_AGO, None)
    assert place.connector.choices()["channel"] == ()
    (warning,) = place.connector.shop().warnings
    assert warning.startswith("Shopify did not grant everything: read_inventory, read_locations")


def test_a_frozen_shop_is_left_in_peace(place: Place) -> None:
    number = place.on_sale().id
    for status in (402, 403, 423):
        switch(place, frozen=status)
        with pytest.raises(Refused, match="Unavailable Shop"):
            place.connector.listing(Ref(number))


def test_scripts_come_raw_and_doubles_with_their_skus(place: Place) -> None:
    found = {listing.id: listing for listing in place.walk()}
    assert "<script>" in found[odd(place, "script")].description
    assert len(found[odd(place, "hundred_variants")].offers) == 100
    assert len(found[odd(place, "many_pictures")].images) == 60
    assert sorted(each.offers[0].sku for each in found.values()).count("GSP-TWIN") == 2


def test_prices_follow_the_shops_currency(place: Place) -> None:
    place.sandbox("shop", {"currency": "JPY"})
    place.session.account = replace(place.session.account, currency="JPY")
    price = place.on_sale().offers[0].price
    assert price
    assert (price.currency, price.minor) == ("JPY", 24)


def test_ending_a_sized_product_keeps_it_whole(place: Place) -> None:
    listing = next(each for each in place.walk() if len(each.offers) == 3 and each.seen == "live")
    place.connector.withdraw(Ref(listing.id))
    assert place.connector.show(Ref(listing.id)) == listing


def test_archived_and_unpublished_come_back_into_the_store(place: Place) -> None:
    for what in ("archived", "unpublished", "draft"):
        assert place.connector.show(Ref(odd(place, what))).seen == "live"


def test_a_product_with_sizes_is_published_whole(place: Place) -> None:
    pieces = tuple(
        RemoteOffer("", f"S-{size}", offer.price, quantity, {"Size": size})
        for (size, quantity), offer in zip(
            {"A4": 3, "A3": 0, "A2": None}.items(), place.on_sale().offers * 3, strict=True
        )
    )
    listing = published(place, replace(facts.draft(place.on_sale()), offers=pieces))
    assert [(offer.sku, offer.quantity, dict(offer.options)) for offer in listing.offers] == [
        *[("S-A4", 3, {"Size": "A4"}), ("S-A3", 0, {"Size": "A3"}), ("S-A2", None, {"Size": "A2"})],
    ]
    assert listing.seen == "live"


def test_publishing_goes_on_after_a_lost_step(place: Place) -> None:
    """The product is there and on no channel: the step is done again, which changes nothing it should not."""
    draft = facts.draft(place.on_sale())
    step = place.connector.publish(draft, "", Attempt("trap", "", clock.now(), draft.title, draft))
    assert step.ref
    place.fault("*#publishablePublish", "lost")
    again = place.connector.publish(draft, step.next, Attempt("trap", step.next, clock.now(), draft.title, draft))
    assert again.listing
    assert (again.listing.seen, again.ref) == ("live", step.ref)


def test_shopifys_own_objections_come_with_their_field(place: Place) -> None:
    draft = replace(facts.draft(place.on_sale()), fields={"location": "gid://shopify/Location/1"})
    with pytest.raises(Refused) as refusal:
        published(place, draft)
    (complaint,) = refusal.value.complaints
    assert complaint.field == "variants.0.inventoryQuantities.0.locationId"
    assert len(place.truth()) == 150


@pytest.mark.parametrize("number", ["", "x", "1/2", "../1", "9" * 20, "gid://shopify/Order/1", "１２"])
def test_what_cannot_be_an_id_is_gone_and_nobody_is_asked(place: Place, number: str) -> None:
    before = len(place.requests())
    for call in (place.connector.order, lambda ref: place.connector.listing(Ref(ref))):
        with pytest.raises(Gone):
            call(number)
    assert len(place.requests()) == before


def test_an_uninstalled_app_asks_to_be_connected_again(place: Place) -> None:
    place.sandbox("revoke", {})
    with pytest.raises(SignInAgain):
        place.connector.orders(LONG_AGO, None)


def test_pictures_that_lie_at_home_are_brought_to_shopify_first(place: Place) -> None:
    """A link is fetched by Shopify itself; everything else is put into its storage, without our token."""
    draft = replace(facts.draft(place.on_sale()), images=("photos/mine.jpg", "https://photos.example/a.jpg"))
    listing = published(place, draft)
    mine, theirs = listing.images
    assert (mine.startswith(f"{place.session.app.origin}/staged/"), theirs) == (True, "https://photos.example/a.jpg")
    uploads = place.simulator.site.uploads.values()  # type: ignore[attr-defined]
    assert list(uploads) == [b"\xff\xd8\xff\xe0photos/mine.jpg"]


def test_what_is_no_picture_is_refused_and_nothing_made(place: Place) -> None:
    before = place.truth()
    for body in (b"GIF", b"<svg/>", b"\xff\xd8\xff" + b"0" * staging.LARGEST):
        with pytest.raises(Refused, match="20 MB"):
            staging.wish(body)
    assert place.truth() == before


def test_a_found_product_goes_on_behind_its_making(place: Place) -> None:
    draft = facts.draft(place.on_sale())
    attempt = Attempt("trap", "", clock.now(), draft.title, draft)
    place.fault(facts.A_CREATE, "lost")
    with pytest.raises(Unsure):
        place.connector.publish(draft, "", attempt)
    found = place.connector.find(attempt)
    assert isinstance(found, Found)
    step = place.connector.publish(draft, found.next, attempt)
    assert step.listing
    assert (step.listing.id, step.listing.seen, step.next) == (found.ref.listing, "live", "")
