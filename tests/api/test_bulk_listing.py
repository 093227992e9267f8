"""Listing and delisting many items on many platforms (S7.3, S7.4, D21)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from instica.connections.models import Connection
from instica.core.clock import now
from instica.inventory.models import Image, Item
from instica.listings import bulk
from instica.listings.bulk import Wish
from instica.listings.models import Bulk, Listing
from instica.listings.wishes import By
from instica.people.models import Address, Subscription
from tests import builders
from tests.api.calling import Api, is_problem
from tests.features.listing import item_for, may_list, on_sale, worked
from tests.features.selling import offered
from tests.shops import Shops

KEYS = ["uid", "status", "succeeded", "failed", "pending", "results"]
ROW = ["uid", "platform", "status", "listing_id", "listing_url", "error", "error_code"]


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


def brief(body: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(row["platform"], row["status"], row["error_code"]) for row in body["results"]]


def test_many_at_once(seller: Api, shop: Shops, clock: time_machine.Traveller) -> None:
    discogs, ebay = shop("discogs", listings=20), shop("ebay", listings=20)
    first = item_for(discogs, sku="A")
    Image.objects.create(organization=first.organization, item=first, url="https://i.ebayimg.com/a.jpg")
    second = item_for(ebay, sku="B")
    body = {"uids": [first.public_id, second.public_id, "inv_unknown"], "platforms": ["discogs", "ebay", "redbubble"]}

    begun = seller.post("inventory/bulk/list/", body)
    assert begun.status_code == 202
    found = begun.json()
    assert (list(found), list(found["results"][0])) == (KEYS, ROW)
    assert (found["status"], found["pending"], len(found["results"])) == ("pending", 9, 9)
    assert found["uid"].startswith("bat_")

    worked(clock)
    done = seller.get(f"inventory/bulk/{found['uid']}/").json()
    assert (done["status"], done["succeeded"], done["failed"], done["pending"]) == ("partial", 3, 6, 0)
    assert brief(done) == [
        ("discogs", "success", None),
        ("ebay", "success", None),
        ("redbubble", "failed", "manual_platform"),
        ("discogs", "failed", "release_required"),
        ("ebay", "success", None),
        ("redbubble", "failed", "manual_platform"),
        ("discogs", "failed", "not_found"),
        ("ebay", "failed", "not_found"),
        ("redbubble", "failed", "not_found"),
    ]
    page = Listing.objects.get(connection=discogs)
    assert (done["results"][0]["listing_id"], done["results"][0]["listing_url"]) == (page.remote_id, page.url)
    assert (len(on_sale(shop, "discogs", "A")), len(on_sale(shop, "ebay", "A")), len(on_sale(shop, "ebay", "B"))) == (
        *(1, 1, 1),
    )

    gone = seller.post("inventory/bulk/delist/", {"uids": body["uids"][:2], "platforms": ["discogs", "ebay"]})
    assert gone.status_code == 202
    worked(clock)
    over = seller.get(f"inventory/bulk/{gone.json()['uid']}/").json()
    assert (over["status"], over["succeeded"]) == ("success", 4)
    assert (on_sale(shop, "discogs", "A"), on_sale(shop, "ebay", "A"), on_sale(shop, "ebay", "B")) == ([], [], [])
    again = seller.get(f"inventory/bulk/{found['uid']}/").json()
    assert again["status"] == "partial", "what had its success keeps it"


def test_what_fails_the_whole_call_and_what_only_its_pairs(
    api: Api, shop: Shops, clock: time_machine.Traveller
) -> None:
    item = item_for(shop("discogs", listings=20))
    body = {"uids": [item.public_id], "platforms": ["discogs", "etsy"]}
    Subscription.objects.update(is_active=False)
    is_problem(api.post("inventory/bulk/list/", body), 402, "subscription_required")
    Subscription.objects.update(is_active=True)
    is_problem(api.post("inventory/bulk/list/", body), 400, "primary_address_required")
    assert Bulk.objects.count() == 0
    may_list(api.organization)
    uid = api.post("inventory/bulk/list/", body).json()["uid"]
    Address.objects.all().delete()
    worked(clock)
    assert brief(api.get(f"inventory/bulk/{uid}/").json()) == [
        ("discogs", "success", None),
        ("etsy", "failed", "marketplace_not_connected"),
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"uids": []}, "#/uids"),
        ({"uids": [f"inv_{number}" for number in range(501)]}, "#/uids"),
        ({"platforms": []}, "#/platforms"),
        ({"platforms": ["amazon"]}, "#/platforms"),
        ({"price": "0"}, "#/price"),
    ],
)
def test_what_is_no_bulk_call(seller: Api, change: dict[str, Any], pointer: str) -> None:
    body = {"uids": ["inv_1"], "platforms": ["discogs"]} | change
    problem = is_problem(seller.post("inventory/bulk/list/", body), 400, "validation_error")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert Bulk.objects.count() == 0


def test_the_same_key_begins_it_once(seller: Api) -> None:
    item = builders.item(seller.organization)
    body = {"uids": [item.public_id], "platforms": ["redbubble"]}
    first = seller.post("inventory/bulk/list/", body, Idempotency_Key="k-1")
    again = seller.post("inventory/bulk/list/", body, Idempotency_Key="k-1")
    assert (first.json()["uid"], again["Idempotent-Replayed"]) == (again.json()["uid"], "true")
    assert Bulk.objects.count() == 1


def test_nobody_sees_anothers(seller: Api, strange: Api) -> None:
    mine = builders.item(seller.organization)
    uid = seller.post("inventory/bulk/list/", {"uids": [mine.public_id], "platforms": ["redbubble"]}).json()["uid"]
    is_problem(strange.get(f"inventory/bulk/{uid}/"), 404)
    assert Item.objects.count() == 1


def test_a_bulk_delisting_answers_for_every_page_of_an_item(pretend: Connection) -> None:
    first = offered(pretend, "L1", quantity=2)
    assert first.item is not None
    offered(pretend, "L2", item=first.item)
    uids, wish = [first.item.public_id], Wish("ended")
    row = bulk.begin(organization=pretend.organization, uids=uids, platforms=["pretend"], wish=wish, by=By())

    def told() -> list[tuple[str, str | None]]:
        return [(each.status, each.error) for each in bulk.told(row)]

    bulk.work(row.pk)
    assert told() == [("pending", None)]
    no = {"step": "withdraw", "message": "Not now.", "complaints": []}
    Listing.objects.filter(remote_id="L1").update(problem=no)
    Listing.objects.filter(remote_id="L2").update(seen="ended")
    assert told() == [("failed", "Not now.")], "one page is still for sale"
    Listing.objects.update(problem=None, seen="ended")
    assert told() == [("success", None)]
    Listing.objects.update(wanted="live")
    assert told() == [("success", None)], "what is wanted again by now had ended"
