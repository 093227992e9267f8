"""What a thing could be: in the database of a connected shop, and among one's own products."""

from __future__ import annotations

from typing import Any

import pytest

from instica.connections.models import Connection, State
from instica.inventory.models import Item
from instica.inventory.searching import asked
from tests import builders
from tests.api.calling import Api, is_problem
from tests.shops import Shops


@pytest.fixture
def release(api: Api, shop: Shops) -> Any:
    """A release that Discogs' database has, with a barcode."""
    shop("discogs", listings=5)
    catalogue = shop.simulators["discogs"].site.catalogue  # type: ignore[attr-defined]
    return next(one for one in catalogue.every() if one.barcode)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("", {}),
        (" 5 099749 423428 ", {"barcode": "5099749423428"}),
        ("PCS 7088", {"catalog_number": "PCS 7088", "title": "PCS 7088"}),
        ("Miles Davis -  Kind of Blue", {"artist": "Miles Davis", "title": "Kind of Blue"}),
        ("12345", {"catalog_number": "12345", "title": "12345"}),
    ],
)
def test_what_was_typed_is_a_question(text: str, question: dict[str, str]) -> None:
    assert asked(text) == question


def test_by_barcode_number_and_words(api: Api, release: Any) -> None:
    for query in (
        f"barcode={release.barcode}",
        f"q={release.barcode}",
        f"catalog_number={release.catno}&artist={release.artist}",
        f"artist={release.artist}&title={release.title}",
        f"q={release.artist} - {release.title}",
    ):
        body = api.get(f"catalog/search/?{query}").json()
        found = {row["release"]: row for row in body["results"]}
        assert f"discogs:{release.id}" in found
        assert len(found) <= 50
    row = found[f"discogs:{release.id}"]
    assert list(row) == "release title artist label catalog_number format year country barcodes image".split()
    assert (row["title"], row["artist"], row["year"]) == (release.title, release.artist, release.year)


def test_the_chosen_one_becomes_an_item(api: Api, release: Any) -> None:
    row = api.get(f"catalog/search/?q={release.barcode}").json()["results"][0]
    known = ("title", "artist", "label", "catalog_number", "release", "format", "year")
    product = {name: row[name] for name in known} | {"barcode": release.barcode}
    made = api.post("inventory/", {"product": product, "condition_item": "vg", "price_item": "9.00"}).json()
    found = api.get(f"catalog/search/?q={release.barcode}").json()["products"]
    assert [each["uid"] for each in found] == [made["product"]["uid"]]
    assert Item.objects.get().product.release == row["release"]


def test_without_a_shop_it_says_what_to_do(api: Api, shop: Shops) -> None:
    body = is_problem(api.get("catalog/search/?q=5099749423428"), 400, "marketplace_not_connected")
    assert body["detail"] == "Connect a Discogs shop to search its database. Or type in what you know."
    shop("discogs", listings=5)
    Connection.objects.update(state=State.EXPIRED)
    body = is_problem(api.get("catalog/search/?q=5099749423428"), 400, "marketplace_not_connected")
    assert body["detail"] == "Connect a Discogs shop again to search its database. Or type in what you know."
    is_problem(api.get("catalog/search/"), 400, "validation_error")


def test_when_it_does_not_answer(api: Api, release: Any, shop: Shops) -> None:
    shop.control("discogs", "faults", [{"match": "GET /database/*", "times": 9, "do": "status:500"}])
    body = is_problem(api.get(f"catalog/search/?q={release.barcode}"), 422, "try_later")
    assert body["detail"].startswith("Discogs cannot be reached now")


def test_anothers_products_are_not_found(api: Api, strange: Api, release: Any) -> None:
    builders.product(strange.organization, barcode=release.barcode)
    assert api.get(f"catalog/search/?q={release.barcode}").json()["products"] == []
