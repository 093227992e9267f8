"""The inventory list and item: fields, filters, search, orderings, pages (P5, I4, D15, D16)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from instica.connections.models import Connection
from instica.inventory.models import Image, Status
from tests import builders
from tests.api.calling import Api, is_problem

DOCUMENTED = (
    "uid title name product organization condition_item condition_item_display condition_container"
    " condition_container_display status status_display price_total_usd price_item_usd"
).split()
REST = (
    "price_shipping_usd expected_sale_price_usd manual_sku manual_description days_in_inventory barcode barcode_type"
    " location assets listings created updated quantity currency price_total price_item price_shipping"
    " expected_sale_price"
).split()
NOON = dt.datetime(2026, 2, 15, 12, tzinfo=dt.UTC)


def titles(api: Api, query: str) -> list[str]:
    """The titles of a list, in its order."""
    response = api.get(f"inventory/?{query}")
    assert response.status_code == 200, response.content
    return [row["title"] for row in response.json()["results"]]


@time_machine.travel(NOON, tick=False)
def test_the_documented_item(api: Api) -> None:
    row = builders.item(api.organization, price=2999, price_shipping=500, created=NOON - dt.timedelta(days=3, hours=1))
    Image.objects.create(organization=api.organization, item=row, url="https://img.example/1.jpg")

    response = api.get("inventory/")

    body = response.json()
    assert list(body) == ["count", "next", "previous", "results"]
    assert (body["count"], body["next"], body["previous"]) == (1, None, None)
    assert list(body["results"][0]) == DOCUMENTED + REST
    found = body["results"][0]
    assert found["title"] == "Abbey Road - VG+"
    assert found["name"] is None
    assert found["product"] == {
        "uid": row.product.public_id,
        "title": "Abbey Road",
        "type": "physical",
        "artist": {"uid": row.product.artist and row.product.artist.public_id, "name": "The Beatles"},
        "catalog_number": "PCS 7088",
    }
    assert found["organization"] == {
        "uid": api.organization.public_id,
        "display_name": "Green Street Records",
        "slug": "green-street-records",
        "default_barcode_type": "code128",
    }
    assert [found[key] for key in DOCUMENTED[5:]] == (
        ["vg_plus", "VG+", "vg", "VG", "ready-to-sell", "Ready to Sell", "34.99", "29.99"]
    )
    assert [found[key] for key in REST[:8]] == ["5.00", None, "PCS-7088-001", None, 3, None, None, None]
    image = "https://img.example/1.jpg"
    assert [{**asset, "uid": ""} for asset in found["assets"]] == [
        {"uid": "", "url": image, "thumbnail_url": image, "position": 0, "is_primary": True, "alt": None}
    ]
    assert found["created"] == "2026-02-12T11:00:00Z"
    assert [found[key] for key in REST[12:]] == [1, "USD", "34.99", "29.99", "5.00", None]
    assert api.get(f"inventory/{row.public_id}/").json() == found


def test_no_dollars_in_another_currency(api: Api) -> None:
    builders.item(api.organization, currency="JPY", price=500, price_shipping=30, price_expected=450)
    found = api.get("inventory/").json()["results"][0]
    dollars = ("price_total_usd", "price_item_usd", "price_shipping_usd", "expected_sale_price_usd")
    assert [found[key] for key in dollars] == [None] * 4
    own = ("price_total", "price_item", "price_shipping", "expected_sale_price", "currency")
    assert [found[key] for key in own] == ["530.00", "500.00", "30.00", "450.00", "JPY"]


def test_its_listings(api: Api) -> None:
    row = builders.item(api.organization, status=Status.LISTED)
    shop = Connection.objects.create(
        organization=api.organization, marketplace="discogs", remote_id="1", username="greenstreet"
    )
    with time_machine.travel(NOON, tick=False):
        page = builders.offer(row, shop).listing
    assert api.get(f"inventory/{row.public_id}/").json()["listings"] == [
        {
            "uid": page.public_id,
            "platform": {"uid": "plt_52seca7ydqazvr7ks536xtmyc6", "name": "Discogs", "slug": "discogs"},
            "status": "listed",
            "status_display": "Listed",
            "title": "Abbey Road - VG+",
            "price": "34.99",
            "listing_id": "394857201",
            "listing_url": "https://www.discogs.com/sell/item/394857201",
            "error_message": None,
            "error_description": None,
            "listed_at": "2026-02-15T12:00:00Z",
            "delisted_at": None,
            "state": "live",
            "currency": "USD",
            "seller_account_uid": shop.public_id,
        }
    ]


@pytest.mark.parametrize("search", ["abbey", "PCS-7088-001", "beatles VG+", "ABBEY%20beat"])
def test_search_finds(api: Api, search: str) -> None:
    builders.item(api.organization)
    builders.item(api.organization, builders.product(api.organization, "Kind of Blue", "Miles Davis"), sku="X")
    found = titles(api, f"search={search.replace('+', '%2B')}")
    assert found == ["Abbey Road - VG+"]


@pytest.mark.parametrize("search", ["abbey davis", "%25", "_bbey", "zzz"])
def test_search_finds_nothing(api: Api, search: str) -> None:
    builders.item(api.organization)
    assert titles(api, f"search={search}") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=listed", ["listed"]),
        ("status=listed,sold", ["listed", "sold"]),
        ("status=listed&status=sold", ["listed", "sold"]),
        ("status=", ["draft", "listed", "sold"]),
        ("status=archived", []),
    ],
)
def test_status(api: Api, query: str, expected: list[str]) -> None:
    for status in ("draft", "listed", "sold"):
        builders.item(api.organization, name=status, status=status)
    response = api.get(f"inventory/?{query}&ordering=status").json()
    assert [row["status"] for row in response["results"]] == expected
    assert response["count"] == len(expected)


def test_an_unknown_status(api: Api) -> None:
    body = is_problem(api.get("inventory/?status=listed,gone"), 400, "validation_error")
    assert body["errors"] == [
        {"detail": "Unknown value. Choose from: " + ", ".join(Status.values) + ".", "pointer": "?status"}
    ]


ORDERED = {
    "created": "abc",
    "-created": "cba",
    "days_in_inventory": "cba",
    "-days_in_inventory": "abc",
    "updated": "cba",
    "-updated": "abc",
    "title": "abc",
    "name": "abc",
    "-title": "cba",
    "price_total_usd": "bca",
    "-price_total_usd": "cba",
    "status": "bca",
    "condition_item": "bca",
    "-condition_item": "acb",
    "manual_sku": "cab",
    "nonsense": "cba",
    "-": "cba",
    "": "cba",
}


@pytest.mark.parametrize("ordering", ORDERED)
def test_ordering(api: Api, ordering: str) -> None:
    rows: list[dict[str, Any]] = [
        {"name": "a", "price": None, "status": "sold", "condition_item": "p", "sku": "2"},
        {"name": "b", "price": 100, "status": "draft", "condition_item": "mint", "sku": "3"},
        {"name": "c", "price": 200, "status": "listed", "condition_item": "g_plus", "sku": "1"},
    ]
    for age, fields in enumerate(rows):
        hour = dt.timedelta(hours=age)
        builders.item(api.organization, created=NOON + hour, updated=NOON - hour, **fields)
    assert "".join(titles(api, f"ordering={ordering}")) == ORDERED[ordering]


def test_the_best_grade_comes_first(api: Api) -> None:
    best_first = "mint near_mint vg_plus vg g_plus g f p generic not_graded no_cover".split()
    for grade in sorted(best_first):
        builders.item(api.organization, name=grade, condition_item=grade)
    assert titles(api, "ordering=condition_item&page_size=20") == best_first


def test_pages(api: Api) -> None:
    for number in range(25):
        builders.item(api.organization, name=f"{number:02}", created=NOON + dt.timedelta(minutes=number))
    first = api.get("inventory/?ordering=created").json()
    assert first["next"] == "http://testserver/api/v1/inventory/?ordering=created&page=2"
    assert first["previous"] is None
    seen = [row["title"] for row in first["results"]]
    assert seen == [f"{number:02}" for number in range(10)]
    second = api.get(first["next"].removeprefix("http://testserver")).json()
    assert second["previous"] == "http://testserver/api/v1/inventory/?ordering=created"
    third = api.get(second["next"].removeprefix("http://testserver")).json()
    assert third["next"] is None
    seen += [row["title"] for page in (second, third) for row in page["results"]]
    assert seen == [f"{number:02}" for number in range(25)]
    assert api.get("inventory/").json()["next"].endswith("/api/v1/inventory/?page=2")


@pytest.mark.parametrize(
    ("size", "shown"),
    [("", 10), ("0", 10), ("-1", 10), ("x", 10), ("1.5", 10), ("٣", 10), ("1", 1), ("11", 11), ("101", 12)],
)
def test_page_sizes(api: Api, size: str, shown: int) -> None:
    for number in range(12):
        builders.item(api.organization, name=str(number))
    assert len(titles(api, f"page_size={size}")) == shown


@pytest.mark.parametrize("page", ["2", "99999999999999999999"])
def test_beyond_the_last_page(api: Api, page: str) -> None:
    builders.item(api.organization)
    is_problem(api.get(f"inventory/?page={page}"), 404, "invalid_page", "Invalid page.")


@pytest.mark.parametrize("page", ["0", "-1", "x", ""])
def test_a_page_that_is_no_number_is_the_first(api: Api, page: str) -> None:
    builders.item(api.organization)
    assert len(titles(api, f"page={page}")) == 1


def test_an_empty_inventory(api: Api) -> None:
    assert api.get("inventory/").json() == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    "uid", ["inv_unknown", "inv_01h455vb4pex5vsknk084sn02q", "nonsense", "prod_01h455vb4pex5vsknk084sn02q"]
)
def test_an_unknown_item(api: Api, uid: str) -> None:
    is_problem(api.get(f"inventory/{uid}/"), 404, "", "There is no such inventory item.")


def test_nobody_sees_anothers(api: Api, strange: Api) -> None:
    row = builders.item(api.organization)
    assert strange.get("inventory/").json()["count"] == 0
    is_problem(strange.get(f"inventory/{row.public_id}/"), 404)


def test_as_many_queries_for_one_as_for_many(api: Api, django_assert_num_queries: Any) -> None:
    api.get("inventory/")
    for number in range(12):
        builders.item(api.organization, name=str(number))
    for size in (1, 12):
        with django_assert_num_queries(6):
            assert len(titles(api, f"page_size={size}")) == size


def test_unchanged_is_304(api: Api) -> None:
    row = builders.item(api.organization)
    for path in ("inventory/", f"inventory/{row.public_id}/"):
        first = api.get(path)
        again = api.get(path, If_None_Match=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    row.title = "Changed"
    row.save()
    assert api.get("inventory/", If_None_Match=first["ETag"]).status_code == 200
