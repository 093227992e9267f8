"""Levels: compare-and-swap, several places, what is not counted, what sells on at nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from io import BytesIO
from typing import Any

from tests.conformance.place import Place

from instica.kit.types import Level, Ref
from instica.kit.wire import mounted
from instica.marketplaces.shopify import levels
from instica.marketplaces.shopify.simulator.seed import BACK_ROOM, MAIN
from instica.marketplaces.shopify.tests.shopping import available, buy, calls, odd, plenty

Meddle = Callable[[], None]


def meddling(place: Place, before: str, deed: Meddle) -> Callable[..., Iterable[bytes]]:
    """The shop, in which somebody is a moment faster than the first call named ``before``."""
    waiting = [deed]

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        if before.encode() in body and waiting:
            waiting.pop()()
        environ["wsgi.input"] = BytesIO(body)
        found: Iterable[bytes] = place.simulator(environ, start_response)
        return found

    return application


def test_a_sale_between_reading_and_writing_is_not_overwritten(place: Place) -> None:
    """Somebody buys while we set the level: compare-and-swap fails, and we look again."""
    listing = next(each for each in place.walk() if plenty(each))
    origin = place.session.app.origin
    with mounted(origin, meddling(place, "inventorySetQuantities", lambda: void(buy(place, listing, 2)))):
        (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 1)])
    assert (outcome.seen, outcome.failure) == (1, "")
    assert sum(available(place, listing.id).values()) == 1
    assert calls(place, "inventorySetQuantities") == 2


def void(_: object) -> None:
    """Nothing to answer."""


def test_a_level_meant_for_other_stock_is_told_and_changes_nothing(place: Place) -> None:
    listing = next(each for each in place.walk() if plenty(each))
    before = available(place, listing.id)
    quantity = listing.offers[0].quantity
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 1, expected=99)])
    assert (outcome.seen, outcome.failure) == (quantity, f"Shopify holds {quantity} now")
    assert (available(place, listing.id), place.writes()) == (before, [])


def test_a_lost_answer_to_a_level_is_sent_again_with_its_key_and_counts_once(place: Place) -> None:
    listing = next(each for each in place.walk() if plenty(each))
    place.fault("*#inventorySetQuantities", "lost")
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 2)])
    assert (outcome.seen, sum(available(place, listing.id).values())) == (2, 2)
    keys = [json.loads(row["body"])["variables"]["key"] for row in bodies(place, "inventorySetQuantities")]
    assert (len(keys), len(set(keys))) == (2, 1)


def bodies(place: Place, name: str) -> list[dict[str, Any]]:
    rows = place.sandbox("requests?bodies=1")["requests"]
    return [row for row in rows if row["call"].endswith(f"#{name}")]


def test_stock_in_two_places_is_lowered_place_by_place(place: Place) -> None:
    listing = next(each for each in place.walk() if plenty(each) and len(each.offers) == 1)
    site = place.simulator.site  # type: ignore[attr-defined]
    product = site.catalogue.get(int(listing.id))
    variant = product.variants[0]
    level = variant.levels[0][1]
    both = replace(variant, levels=((MAIN, replace(level, available=4)), (BACK_ROOM, replace(level, available=3))))
    site.catalogue.put_variant(product, both)
    assert place.connector.listing(Ref(listing.id)).offers[0].quantity == 7
    place.connector.set_levels([Level(Ref(listing.id), 2)])
    assert available(place, listing.id) == {MAIN: 0, BACK_ROOM: 2}
    place.connector.set_levels([Level(Ref(listing.id), 6)])
    assert available(place, listing.id) == {MAIN: 0, BACK_ROOM: 6}
    place.connector.set_levels([Level(Ref(listing.id), 0)])
    assert available(place, listing.id) == {MAIN: 0, BACK_ROOM: 0}


def test_below_zero_is_nothing_and_stays_as_it_is(place: Place) -> None:
    listing = place.on_sale()
    place.sandbox("edit", {"listing_id": int(listing.id), "quantity": -2})
    assert place.connector.listing(Ref(listing.id)).offers[0].quantity == 0
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 0)])
    assert (outcome.seen, available(place, listing.id)[MAIN], place.writes()) == (0, -2, [])


def test_what_is_sold_without_end_is_counted_before_it_is_set(place: Place) -> None:
    number = odd(place, "untracked")
    assert place.connector.listing(Ref(number)).offers[0].quantity is None
    place.connector.set_levels([Level(Ref(number), 0)])
    assert place.connector.listing(Ref(number)).seen == "sold_out"


def test_what_sells_on_at_nothing_is_stopped(place: Place) -> None:
    number = odd(place, "continue")
    place.connector.set_levels([Level(Ref(number), 0)])
    assert place.connector.listing(Ref(number)).seen == "sold_out"


def test_a_page_with_several_variants_wants_to_know_which(place: Place) -> None:
    listing = next(each for each in place.walk() if len(each.offers) == 3 and each.seen == "live")
    first, second, third = (offer.id for offer in listing.offers)
    (outcome,) = place.connector.set_levels([Level(Ref(listing.id), 4)])
    assert (outcome.seen, outcome.failure) == (None, "This product has several variants: say which one")
    assert place.writes() == []
    place.connector.set_levels([Level(Ref(listing.id, first), 4), Level(Ref(listing.id, third), 0)])
    after = {offer.id: offer.quantity for offer in place.connector.listing(Ref(listing.id)).offers}
    assert (after[first], after[second], after[third]) == (4, listing.offers[1].quantity, 0)
    place.connector.set_levels([Level(Ref(listing.id), 0)])
    assert place.connector.listing(Ref(listing.id)).seen == "sold_out"


def test_a_hundred_levels_take_few_calls(place: Place) -> None:
    offers = place.connector.listing(Ref(odd(place, "hundred_variants"))).offers
    before = len(place.requests())
    outcomes = place.connector.set_levels([Level(Ref("x", offer.id), 9) for offer in offers])
    assert [outcome.seen for outcome in outcomes] == [9] * 100
    assert len(place.requests()) - before == 8


def test_a_variant_that_is_gone_offers_nothing(place: Place) -> None:
    nobody, neither = Ref("1", "44999999999999"), Ref("1", "44999999999998")
    zero, one = place.connector.set_levels([Level(nobody, 0), Level(neither, 1)])
    assert ((zero.seen, zero.failure), (one.seen, one.failure)) == ((0, ""), (0, "Shopify has no such variant"))


def test_nothing_left_ends_every_variant_of_a_large_page(place: Place) -> None:
    number = odd(place, "hundred_variants")
    (outcome,) = place.connector.set_levels([Level(Ref(number), 0)])
    assert (outcome.seen, outcome.failure) == (0, "")
    assert {offer.quantity for offer in place.connector.listing(Ref(number)).offers} == {0}


def test_the_later_of_two_levels_for_one_variant_counts(place: Place) -> None:
    listing = next(each for each in place.walk() if plenty(each))
    offer = listing.offers[0].id
    first, second = place.connector.set_levels([Level(Ref(listing.id, offer), 1), Level(Ref(listing.id, offer), 3)])
    assert (first.failure, second.seen) == ("This variant is named twice: the later level counts", 3)
    assert sum(available(place, listing.id).values()) == 3


def test_an_item_at_more_places_than_we_read_is_left_alone() -> None:
    more = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "x"}}
    item = {"id": "gid://shopify/InventoryItem/2", "tracked": True, "inventoryLevels": more}
    stock = levels.read({"id": "gid://shopify/ProductVariant/1", "inventoryItem": item})
    assert stock
    assert stock.beyond_reach
