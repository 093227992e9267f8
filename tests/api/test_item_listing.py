"""Listing and delisting one item on one platform (S7.1, S7.2, D17 to D20), on every marketplace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.listings import ending
from instica.listings.models import Listing
from instica.people.models import Address, Subscription
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, is_problem
from tests.features.listing import (
    FIELDS,
    MARKETPLACES,
    all_there,
    is_listed,
    item_for,
    may_list,
    on_sale,
    truth,
    worked,
)
from tests.features.selling import offered
from tests.shops import Shops


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    """Nobody works beside the test: a call does not wait."""
    settings.LONGEST_WAIT_SECONDS = 0


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that can be moved."""
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


@pytest.fixture
def seller(api: Api) -> Api:
    """Ada's key; her organization may list."""
    may_list(api.organization)
    return api


@pytest.mark.parametrize("slug", MARKETPLACES)
def test_listed_and_delisted(seller: Api, shop: Shops, clock: time_machine.Traveller, slug: str) -> None:
    connection = shop(slug, listings=20)
    item = item_for(connection)
    before = len(truth(shop, slug))
    path = f"inventory/{item.public_id}/platforms/{slug}"
    body = {"price": "34.99"} | ({"fields": FIELDS[slug]} if slug in FIELDS else {})
    first = seller.post(f"{path}/list/", body)
    assert (first.status_code, first.json()) == (
        202,
        {"status": "pending", "listing_url": None, "listing_id": None},
    )
    assert Task.objects.filter(kind__in=("listing.step", "listing.publish")).count() == 1
    worked(clock)
    answer = seller.post(f"{path}/list/", body)
    assert answer.status_code == 200, answer.content
    (number,) = on_sale(shop, slug)
    page = Listing.objects.get(item=item)
    assert answer.json() == {"status": "success", "listing_url": page.url, "listing_id": number}
    assert page.url.startswith("https://")
    assert len(truth(shop, slug)) == before + 1
    assert (truth(shop, slug)[number]["price"], truth(shop, slug)[number]["quantity"]) == ("34.99", 1)
    assert not Task.objects.exists()
    rows = seller.get(f"inventory/{item.public_id}/listings/").json()
    assert [(row["status"], row["state"], row["price"], row["listing_id"], row["listing_url"]) for row in rows] == [
        ("listed", "live", "34.99", number, page.url)
    ]
    assert seller.get(f"inventory/{item.public_id}/").json()["status"] == "listed"

    dearer = body | {"price": "40.00"}
    assert seller.post(f"{path}/list/", dearer).status_code == 202
    worked(clock)
    assert seller.post(f"{path}/list/", dearer).json()["listing_id"] == number
    assert truth(shop, slug)[number]["price"] == "40.00"

    assert seller.post(f"{path}/delist/").status_code == 202
    worked(clock)
    ended = seller.post(f"{path}/delist/")
    assert (ended.status_code, ended.json()["status"]) == (200, "success")
    assert not is_listed(slug, truth(shop, slug)[number])
    assert all_there(shop, slug) == [number]
    (row,) = seller.get(f"inventory/{item.public_id}/listings/").json()
    assert (row["status"], row["state"]) == ("inactive", "ended")
    assert seller.get(f"inventory/{item.public_id}/").json()["status"] == "ready-to-sell"

    assert seller.post(f"{path}/list/", body).status_code == 202
    worked(clock)
    again = seller.post(f"{path}/list/", body).json()
    assert again["status"] == "success"
    assert on_sale(shop, slug) == [again["listing_id"]]
    assert truth(shop, slug)[again["listing_id"]]["price"] == "34.99"


def test_what_is_missing_is_said_in_the_order_of_the_contract(api: Api, shop: Shops) -> None:
    connection = shop("discogs", listings=20)
    item = item_for(connection)
    path = f"inventory/{item.public_id}/platforms/discogs/list/"
    Subscription.objects.update(is_active=False)
    is_problem(api.post(path), 402, "subscription_required")
    Subscription.objects.update(is_active=True)
    is_problem(api.post(path), 400, "primary_address_required")
    may_list(api.organization)
    type(connection).objects.update(state="expired")
    is_problem(api.post(path), 400, "marketplace_not_connected")
    type(connection).objects.update(state="connected")
    assert Listing.objects.count() == 0
    assert api.post(path).status_code == 202
    Address.objects.all().delete()
    is_problem(api.post(path), 400, "primary_address_required")


def test_without_a_price_in_the_shops_currency(seller: Api, shop: Shops) -> None:
    item = item_for(shop("discogs", listings=20), currency="EUR")
    path = f"inventory/{item.public_id}/platforms/discogs/list/"
    problem = is_problem(seller.post(path), 400, "price_required")
    assert problem["currency"] == "USD"
    for wrong in ("0", "0.00", "-1", "1.234", "abc", "1e3", ""):
        body = is_problem(seller.post(path, {"price": wrong}), 400, "validation_error")
        assert [fault["pointer"] for fault in body["errors"]] == ["#/price"]
    assert (Listing.objects.count(), Task.objects.count()) == (0, 0)


def test_what_only_the_seller_can_say_is_never_said_for_them(seller: Api, shop: Shops) -> None:
    """Who made a thing and when are statements to buyers."""
    item = item_for(shop("etsy", listings=20))
    fields = {name: value for name, value in FIELDS["etsy"].items() if name not in ("who_made", "when_made")}
    path = f"inventory/{item.public_id}/platforms/etsy/list/"
    problem = is_problem(seller.post(path, {"price": "34.99", "fields": fields}), 400, "listing_incomplete")
    assert [(fault["detail"], fault["pointer"]) for fault in problem["errors"]] == [
        ("Choose one: Who made it.", "#/fields/who_made"),
        ("Choose one: When it was made.", "#/fields/when_made"),
    ]
    assert (Listing.objects.count(), Task.objects.count()) == (0, 0)


@pytest.mark.parametrize("number", ["", "NO SUCH NUMBER"])
def test_without_a_release_the_candidates_are_named(seller: Api, shop: Shops, number: str) -> None:
    connection = shop("discogs", listings=20)
    item = item_for(connection)
    release = item.product.release
    entry = connector_for(connection, "stock").entry(release)
    item.product.title, item.product.release, item.product.catalog_number = entry.title, "", number
    item.product.artist.name = entry.artist
    item.product.artist.save()
    item.product.save()
    problem = is_problem(seller.post(f"inventory/{item.public_id}/platforms/discogs/list/"), 400, "release_required")
    keys = ["release", "title", "artist", "label", "catalog_number", "format", "year", "country", "image"]
    assert [list(found) for found in problem["candidates"]] == [keys] * len(problem["candidates"])
    assert release in [found["release"] for found in problem["candidates"]]
    assert Listing.objects.count() == 0


@pytest.mark.parametrize(("status", "quantity"), [("sold", 0), ("draft", 1), ("archived", 1), ("listed", 0)])
def test_what_is_not_available(seller: Api, shop: Shops, status: str, quantity: int) -> None:
    item = item_for(shop("discogs", listings=20), status=status, quantity=quantity)
    is_problem(seller.post(f"inventory/{item.public_id}/platforms/discogs/list/"), 400, "not_available")
    assert Listing.objects.count() == 0


def test_a_platform_that_is_listed_by_hand(seller: Api) -> None:
    item = builders.item(seller.organization)
    problem = is_problem(seller.post(f"inventory/{item.public_id}/platforms/redbubble/list/"), 400, "manual_platform")
    assert problem["page"] == "https://www.redbubble.com/portfolio/images/new"
    assert problem["copy"] == {
        "title": "The Beatles - Abbey Road",
        "description": "Artist: The Beatles\nTitle: Abbey Road\nCatalog number: PCS 7088\nCondition: VG+\nSleeve: VG",
        "price": "34.99",
        "currency": "USD",
        "tags": [],
        "images": [],
        "notes": [],
    }


def test_what_they_refuse_is_told_in_their_words(seller: Api, shop: Shops, clock: time_machine.Traveller) -> None:
    connection = shop("discogs", listings=20)
    item = item_for(connection)
    path = f"inventory/{item.public_id}/platforms/discogs/list/"
    shop.control("discogs", "faults", [{"match": "POST /marketplace/listings", "times": 1, "do": "status:422"}])
    seller.post(path)
    worked(clock)
    (row,) = seller.get(f"inventory/{item.public_id}/listings/").json()
    assert (row["status"], row["state"]) == ("failed", "refused")
    assert row["error_message"]
    assert on_sale(shop, "discogs") == []
    again = seller.post(path)
    assert again.status_code == 202, "asking again tries again"
    worked(clock)
    assert seller.post(path).status_code == 200


def test_delisting_what_is_not_listed(seller: Api, shop: Shops) -> None:
    item = item_for(shop("discogs", listings=20))
    answer = seller.post(f"inventory/{item.public_id}/platforms/discogs/delist/")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "success", "listing_url": None, "listing_id": None},
    )
    is_problem(seller.post(f"inventory/{item.public_id}/platforms/nowhere/delist/"), 404)


def test_a_stranger_sees_nothing(seller: Api, strange: Api, shop: Shops) -> None:
    item = item_for(shop("discogs", listings=20))
    for verb in ("list", "delist"):
        is_problem(strange.post(f"inventory/{item.public_id}/platforms/discogs/{verb}/"), 404)


def test_delisting_answers_for_every_page_of_the_item(seller: Api, pretend: Connection) -> None:
    first = offered(pretend, "L1", quantity=2)
    assert first.item is not None
    offered(pretend, "L2", item=first.item)
    path = f"inventory/{first.item.public_id}/platforms/pretend/delist/"
    assert seller.post(path).json()["status"] == "pending"
    no = {"step": "withdraw", "message": "Not now.", "complaints": []}
    Listing.objects.filter(remote_id="L1").update(problem=no)
    Listing.objects.filter(remote_id="L2").update(seen="ended")
    judged = ending.of_delisting(list(Listing.objects.values_list("pk", flat=True)))
    assert (judged.status, judged.error) == ("failed", "Not now."), "one page is still for sale"
    Listing.objects.update(problem=None, seen="ended")
    judged = ending.of_delisting(list(Listing.objects.values_list("pk", flat=True)))
    assert (judged.status, judged.listing_id) == ("success", "L2")
