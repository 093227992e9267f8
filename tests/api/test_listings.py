"""A listing as a whole, decisions about it, dry runs, and a shop's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from instica.core.clock import now
from instica.listings.models import Attempt, Listing
from instica.work.models import Task
from tests.api.calling import Api, is_problem
from tests.features.listing import FIELDS, all_there, confirmed, item_for, may_list, on_sale, pages, truth, worked
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


def test_a_dry_run_shows_what_would_be_sent_and_what_it_costs(seller: Api, shop: Shops) -> None:
    connection = shop("etsy", listings=20)
    item = item_for(connection)
    path = f"inventory/{item.public_id}/platforms/etsy/quote/"
    problem = is_problem(seller.post(path), 400, "listing_incomplete")
    missing = ("taxonomy_id", "who_made", "when_made")
    assert [fault["pointer"] for fault in problem["errors"]] == [f"#/fields/{name}" for name in missing]
    before = len(shop.control("etsy", "listings")["listings"])
    found = seller.post(path, {"price": "21.50", "title": "A print", "fields": FIELDS["etsy"]}).json()
    assert {name: found[name] for name in ("platform", "action", "fee", "charged_now")} == {
        "platform": "etsy",
        "action": "publish",
        "fee": {"amount": "0.20", "currency": "USD"},
        "charged_now": True,
    }
    assert found["draft"]["title"] == "A print"
    assert found["draft"]["description"] == "Played twice.\n\nCondition: VG+\nSleeve: VG"
    assert found["draft"]["fields"]["taxonomy_id"] == 2078
    assert found["draft"]["offers"] == [
        {"sku": "NEW-1", "price": "21.50", "currency": "USD", "quantity": 1, "options": {}, "barcode": None}
    ]
    assert len(found["draft"]["images"]) == 1
    assert (len(shop.control("etsy", "listings")["listings"]), Listing.objects.count(), Task.objects.count()) == (
        *(before, 0, 0),
    )


def test_a_field_that_does_not_fit_is_said_before_anything_is_sent(seller: Api, shop: Shops) -> None:
    item = item_for(shop("etsy", listings=20))
    fields = {"taxonomy_id": "music", "tags": ["a", "a"], "weight": 3}
    problem = is_problem(
        seller.post(f"inventory/{item.public_id}/platforms/etsy/list/", {"fields": fields}), 400, "listing_incomplete"
    )
    assert {fault["pointer"]: fault["detail"] for fault in problem["errors"]} == {
        "#/fields/taxonomy_id": "Write a whole number.",
        "#/fields/tags": "Each only once.",
        "#/fields/weight": "There is no such field.",
        "#/fields/who_made": "Choose one: Who made it.",
        "#/fields/when_made": "Choose one: When it was made.",
    }
    assert Listing.objects.count() == 0


def test_the_shops_defaults_are_what_every_listing_says(
    seller: Api, shop: Shops, clock: time_machine.Traveller
) -> None:
    connection = shop("etsy", listings=20)
    path = f"marketplace/accounts/{connection.public_id}/listing-defaults/"
    found = seller.get(path).json()
    assert (found["defaults"], found["fields"]["title"]) == ({}, "A listing on Etsy")
    assert {"value": "188204511203", "label": found["choices"]["shipping_profile_id"][0]["label"]} in found["choices"][
        "shipping_profile_id"
    ]
    problem = is_problem(seller.call("PATCH", path, {"defaults": {"taxonomy_id": "x"}}), 400, "validation_error")
    assert [fault["pointer"] for fault in problem["errors"]] == ["#/defaults/taxonomy_id"]
    chosen = seller.call("PATCH", path, {"defaults": FIELDS["etsy"]})
    assert (chosen.status_code, chosen.json()["defaults"]) == (200, FIELDS["etsy"])
    item = item_for(connection)
    assert seller.post(f"inventory/{item.public_id}/platforms/etsy/list/").status_code == 202
    worked(clock)
    assert len(on_sale(shop, "etsy")) == 1


def test_a_refusal_is_mended_by_an_edit(seller: Api, shop: Shops, clock: time_machine.Traveller) -> None:
    """What a publish had begun there is brought up to the edit, and goes on from where it was refused."""
    connection = shop("etsy", listings=20)
    item = item_for(connection)
    shop.control("etsy", "faults", [{"match": "POST */images", "times": 1, "do": "status:400"}])
    seller.post(f"inventory/{item.public_id}/platforms/etsy/list/", {"fields": FIELDS["etsy"]})
    worked(clock)
    (page,) = pages(item)
    path = f"listings/{page.public_id}/"
    found = seller.get(path).json()
    assert (found["state"], found["status"], found["decisions"]) == ("refused", "failed", ["retry", "accept"])
    assert found["problem"]["step"] == "publish"
    begun = len(truth(shop, "etsy"))
    assert on_sale(shop, "etsy") == []
    edited = seller.call("PATCH", path, {"title": "Another title", "price": "50.00"})
    assert (edited.status_code, edited.json()["problem"], edited.json()["state"]) == (200, None, "publishing")
    assert edited.json()["overrides"]["title"] == "Another title"
    worked(clock)
    (number,) = on_sale(shop, "etsy")
    assert len(truth(shop, "etsy")) == begun
    row = truth(shop, "etsy")[number]
    assert (row["title"], row["price"]) == ("Another title", "50.00")
    assert seller.get(path).json()["state"] == "live"


def test_a_publish_nobody_can_find_is_a_persons_to_decide(
    seller: Api, shop: Shops, clock: time_machine.Traveller
) -> None:
    connection = shop("discogs", listings=20)
    item = item_for(connection)
    seller.post(f"inventory/{item.public_id}/platforms/discogs/list/")
    (page,) = pages(item)
    path = f"listings/{page.public_id}/"
    is_problem(seller.post(f"{path}decide/", {"decision": "absent"}), 409, "not_in_doubt")
    draft = {"title": "x", "offers": [], "images": [], "fields": {}}
    Attempt.objects.create(
        organization=page.organization, listing=page, key="k", sent_at=now(), looks=3, draft=draft | {"release": ""}
    )
    found = seller.get(path).json()
    assert (found["state"], found["next"], found["decisions"]) == ("checking", "ask", ["recheck", "absent"])
    assert seller.post(f"{path}decide/", {"decision": "absent"}).json()["state"] == "publishing"
    worked(clock)
    assert len(on_sale(shop, "discogs")) == len(all_there(shop, "discogs")) == 1


def test_what_ended_there_is_brought_back_or_let_go(seller: Api, shop: Shops, clock: time_machine.Traveller) -> None:
    connection = confirmed(shop("discogs", listings=20))
    item = item_for(connection)
    seller.post(f"inventory/{item.public_id}/platforms/discogs/list/")
    worked(clock)
    (page,) = pages(item)
    path = f"listings/{page.public_id}/"
    is_problem(seller.post(f"{path}decide/", {"decision": "relist"}), 409, "not_off_sale")
    is_problem(seller.post(f"{path}decide/", {"decision": "accept"}), 409, "still_on_sale")
    is_problem(seller.post(f"{path}decide/", {"decision": "retry"}), 409, "not_refused")
    is_problem(seller.post(f"{path}decide/", {"decision": "burn"}), 400, "validation_error")
    shop.control("discogs", "end", {"listing_id": int(page.remote_id)})
    seller.call("PATCH", path, {"price": "12.00"})
    worked(clock)
    found = seller.get(path).json()
    assert (found["state"], found["decisions"]) == ("ended there", ["relist", "accept"])
    made = seller.post(f"{path}decide/", {"decision": "relist"}).json()
    assert (made["uid"] != page.public_id, made["state"]) == (True, "publishing")
    worked(clock)
    (number,) = on_sale(shop, "discogs")
    assert truth(shop, "discogs")[number]["price"] == "12.00"
    assert [each.wanted for each in pages(item)] == ["ended", "live"]


def test_one_click_after_a_cancelled_order(seller: Api, shop: Shops, clock: time_machine.Traveller) -> None:
    connection = confirmed(shop("discogs", listings=20))
    item = item_for(connection)
    path = f"inventory/{item.public_id}"
    assert seller.post(f"{path}/relist/").json() == []
    seller.post(f"{path}/platforms/discogs/list/")
    worked(clock)
    Listing.objects.update(seen="hidden", waits=True)
    (row,) = seller.get(f"{path}/listings/").json()
    assert (row["status"], row["state"]) == ("inactive", "off sale")
    (row,) = seller.post(f"{path}/relist/").json()
    assert row["state"] == "publishing"
    worked(clock)
    assert seller.get(f"{path}/listings/").json()[0]["state"] == "live"
    assert len(on_sale(shop, "discogs")) == 1
