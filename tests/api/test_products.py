"""The product list: fields, filters, search, orderings, pages (P4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from instica.catalog.models import Product
from instica.connections.models import Connection
from tests import builders
from tests.api.calling import Api, is_problem

DOCUMENTED = (
    "uid title type artist catalog_number total_inventory_count listed_inventory_count available_inventory_count"
    " product_image"
).split()
NOON = dt.datetime(2026, 2, 15, 12, tzinfo=dt.UTC)


def titles(api: Api, query: str) -> list[str]:
    """The titles of a list, in its order."""
    response = api.get(f"products/?{query}")
    assert response.status_code == 200, response.content
    return [row["title"] for row in response.json()["results"]]


def test_the_documented_product(api: Api) -> None:
    row = builders.product(api.organization, image="https://img.example/a.jpg", tags=["Rock", "1969"])
    builders.item(api.organization, row, status="listed", name="One")
    sold = builders.item(api.organization, row, status="sold", quantity=0, name="Two", currency="EUR")
    shop = Connection.objects.create(
        organization=api.organization, marketplace="discogs", remote_id="1", username="greenstreet"
    )
    builders.offer(sold, shop, remote_id="9")
    body = api.get("products/").json()
    assert list(body) == ["count", "next", "previous", "results"]
    found = body["results"][0]
    assert list(found)[: len(DOCUMENTED)] == DOCUMENTED
    assert [found[key] for key in DOCUMENTED[1:]] == [
        "Abbey Road",
        "physical",
        {"uid": row.artist and row.artist.public_id, "name": "The Beatles"},
        "PCS 7088",
        2,
        1,
        1,
        "https://img.example/a.jpg",
    ]
    assert found["tags"] == ["Rock", "1969"]
    assert [(each["title"], each["price_total_usd"], each["price_total"]) for each in found["inventory"]] == (
        [("Two", None, "34.99"), ("One", "34.99", "34.99")]
    )
    assert [(each["platform"]["slug"], each["listings"], each["live"]) for each in found["marketplaces"]] == (
        [("discogs", 1, 1)]
    )
    assert api.get(f"products/{row.public_id}/").json() == found


@pytest.fixture
def three(api: Api) -> None:
    """Three products, each unlike the others."""
    house = api.organization
    one = builders.product(house, "Abbey Road", created=NOON, updated=NOON, price_low=300, tags=["Rock", "Été"])
    hour = dt.timedelta(hours=1)
    two = builders.product(house, "Blue Train", "Coltrane", created=NOON + hour, updated=NOON - hour, price_low=100)
    builders.product(
        house,
        "Cover design",
        "Ada",
        type="digital",
        image="https://img.example/d.png",
        created=NOON + 2 * hour,
        updated=NOON + hour,
    )
    for number in range(2):
        builders.item(house, one, name=f"one {number}", status="sold", quantity=0)
    builders.item(house, two, name="two", status="listed")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "initials"),
    [
        ("", "CBA"),
        ("search=abbey", "A"),
        ("search=coltrane%20blue", "B"),
        ("search=zzz", ""),
        ("has_inventory=true", "BA"),
        ("has_inventory=false", "C"),
        ("has_available_inventory=1", "B"),
        ("has_available_inventory=False", "CA"),
        ("status=sold", "A"),
        ("status=sold,listed", "BA"),
        ("status=draft", ""),
        ("type=digital", "C"),
        ("type=nft", ""),
        ("tags=roc", "A"),
        ("tags=jazz,OCK", "A"),
        ("tags=%C3%A9t", "A"),
        ("tags=jazz", ""),
        ("uploadable_to_redbubble=true", "C"),
        ("uploadable_to_redbubble=false", "BA"),
        ("ordering=title", "ABC"),
        ("ordering=-title", "CBA"),
        ("ordering=created", "ABC"),
        ("ordering=updated", "BAC"),
        ("ordering=-updated", "CAB"),
        ("ordering=artist__name", "CBA"),
        ("ordering=-artist__name", "ABC"),
        ("ordering=listed_first", "BCA"),
        ("ordering=unlisted_first", "CAB"),
        ("ordering=price_high_low", "ABC"),
        ("ordering=price_low_high", "BAC"),
        ("ordering=most_inventory", "ABC"),
        ("ordering=least_inventory", "CBA"),
        ("ordering=nonsense", "CBA"),
    ],
)
def test_filters_and_orders(api: Api, query: str, initials: str) -> None:
    assert "".join(title[0] for title in titles(api, query)) == initials


TAGS = ",".join(map(str, range(21)))


def test_a_tag_said_often_counts_once(api: Api) -> None:
    assert api.get(f"products/?tags={'a,' * 240}a").status_code == 200


@pytest.mark.parametrize(
    "query", ["status=x", "type=x", "has_inventory=maybe", "search=%00", "search=" + "a" * 501, f"tags={TAGS}"]
)
def test_a_bad_filter(api: Api, query: str) -> None:
    body = is_problem(api.get(f"products/?{query}"), 400, "validation_error")
    assert body["errors"][0]["pointer"] == "?" + query.partition("=")[0]


def test_fifteen_a_page(api: Api) -> None:
    for number in range(16):
        builders.product(api.organization, f"{number:02}", created=NOON + dt.timedelta(minutes=number))
    first = api.get("products/").json()
    assert (first["count"], len(first["results"])) == (16, 15)
    assert first["next"] == "http://testserver/api/v1/products/?page=2"
    assert titles(api, "page=2") == ["00"]
    assert len(titles(api, "page_size=1000")) == 16


def test_the_ten_newest_items(api: Api) -> None:
    row = builders.product(api.organization)
    for number in range(12):
        builders.item(api.organization, row, name=f"{number:02}", created=NOON + dt.timedelta(minutes=number))
    found = api.get("products/").json()["results"][0]
    assert [each["title"] for each in found["inventory"]] == [f"{number:02}" for number in range(11, 1, -1)]


def test_as_many_queries_for_one_as_for_many(api: Api, django_assert_num_queries: Any) -> None:
    api.get("products/")
    for number in range(12):
        builders.item(api.organization, builders.product(api.organization, str(number)))
    for size in (1, 12):
        with django_assert_num_queries(6):
            assert len(titles(api, f"page_size={size}")) == size


def test_nobody_sees_anothers(api: Api, strange: Api) -> None:
    row = builders.product(api.organization)
    assert strange.get("products/").json()["count"] == 0
    is_problem(strange.get(f"products/{row.public_id}/"), 404, "", "There is no such product.")
    assert Product.objects.count() == 1
