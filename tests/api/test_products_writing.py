"""Products made and changed through the API; the names of their items follow."""

from __future__ import annotations

from typing import Any

import pytest

from instica.catalog.models import Artist, Product
from instica.inventory.models import Item, Tally
from tests import builders
from tests.api.calling import Api, is_problem

NEW = {
    "title": "Kind of Blue",
    "artist": "Miles Davis",
    "label": {"name": "Columbia"},
    "catalog_number": "CL 1355",
    "release": "discogs:249504",
    "year": 1959,
    "tags": ["jazz", " jazz ", "modal"],
    "marketplace_description": "Six eye",
    "product_image": "https://i.discogs.com/1.jpg",
}


def test_a_product_is_made(api: Api) -> None:
    answer = api.post("products/", NEW)
    body = answer.json()
    assert answer.status_code == 201
    assert [body[key] for key in ("title", "type", "catalog_number", "release", "year", "tags")] == (
        ["Kind of Blue", "physical", "CL 1355", "discogs:249504", 1959, ["jazz", "modal"]]
    )
    assert body["product_image"] == "https://i.discogs.com/1.jpg"
    assert (body["artist"]["name"], body["label"]["name"]) == ("Miles Davis", "Columbia")
    read = api.get(f"products/{body['uid']}/")
    assert (read.json(), read["ETag"]) == (body, answer["ETag"])
    for words in ("six+eye", "modal+davis", "columbia", "1355"):
        assert api.get(f"products/?search={words}").json()["count"] == 1
    assert Tally.objects.get().products == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": ""}, "#/title"),
        ({"title": "  "}, "#/title"),
        ({"type": "vinyl"}, "#/type"),
        ({"artist": {"uid": "art_01h455vb4pex5vsknk084sn02q"}}, "#/artist/uid"),
        ({"release": "249504"}, "#/release"),
        ({"year": 59}, "#/year"),
        ({"tags": ["x" * 101]}, "#/tags/0"),
        ({"marketplace_description": "x" * 50_001}, "#/marketplace_description"),
        ({"uids": []}, "#/uids"),
    ],
)
def test_what_cannot_be_changes_nothing(api: Api, change: dict[str, Any], pointer: str) -> None:
    body = api.post("products/", NEW).json()
    path = f"products/{body['uid']}/"
    pointers = [each["pointer"] for each in is_problem(api.call("PATCH", path, change), 400)["errors"]]
    assert (pointer in pointers, api.get(path).json() == body) == (True, True)
    is_problem(api.post("products/", NEW | change), 400)
    assert Product.objects.count() == 1


def test_the_names_of_its_items_follow(api: Api) -> None:
    row = builders.product(api.organization)
    plain, named = builders.item(api.organization, row), builders.item(api.organization, row, name="Signed copy")
    path = f"products/{row.public_id}/"
    read = api.get(path)
    body = api.call(
        "PATCH", path, read.json() | {"title": "Abbey Rd", "artist": "Beatles"}, if_match=read["ETag"]
    ).json()
    assert (body["title"], body["artist"]["name"], body["tags"]) == ("Abbey Rd", "Beatles", [])
    assert set(Item.objects.values_list("title", flat=True)) == {"Abbey Rd - VG+", "Signed copy"}
    assert {each["uid"] for each in api.get("inventory/?search=abbey+rd+beatles").json()["results"]} == (
        {plain.public_id, named.public_id}
    )
    for method in ("PATCH", "DELETE"):
        is_problem(api.call(method, path, {"title": "Late"}, if_match=read["ETag"]), 412, "changed_since_read")
    assert api.get(path).json() == body
    again = api.call("PATCH", path, {"artist": {"uid": body["artist"]["uid"]}, "label": None})
    assert (again.json()["updated"], Artist.objects.count()) == (body["updated"], 2)


def test_a_picture_from_anywhere_is_not_taken(api: Api) -> None:
    for address in ("https://evil.example/a.jpg", "javascript:alert(1)", "/media/photos/a.jpg"):
        body = is_problem(api.post("products/", NEW | {"product_image": address}), 400)
        assert body["errors"][0]["pointer"] == "#/product_image"
    assert Product.objects.count() == 0


def test_anothers_artist_is_not_found(api: Api, strange: Api) -> None:
    theirs = strange.post("products/", NEW).json()
    body = is_problem(api.post("products/", NEW | {"artist": {"uid": theirs["artist"]["uid"]}}), 400)
    assert body["errors"] == [{"detail": "There is no such artist. Give its name.", "pointer": "#/artist/uid"}]
    assert Product.objects.count() == 1
