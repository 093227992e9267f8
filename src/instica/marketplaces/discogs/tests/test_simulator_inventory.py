"""The inventory at the simulator: pages, orders, statuses, and what a stranger may see."""

from __future__ import annotations

import pytest

from instica.marketplaces.discogs.simulator.shapes import TERMS
from instica.marketplaces.discogs.tests.visiting import APP, FIRST, NOBODY, ORIGIN, STRANGER, Visit, said, visit

HERE = "/users/greenstreet_records/inventory"
BAD_STATUS = "Invalid status: expected one of All, Deleted, Draft, Expired, For Sale, Sold, Suspended, Violation."


def ids(shop: Visit, **params: str | int) -> list[int]:
    """The ids of a page, for the owner."""
    return [row["id"] for row in shop.get(HERE, params=params).json()["listings"]]


def test_pages_link_to_one_another() -> None:
    """On our own origin, with the filters kept."""
    answer = visit().get(HERE, params={"status": "All", "page": 2, "per_page": 10})
    url = f"{ORIGIN}{HERE}?status=All&page={{}}&per_page=10"
    urls = {"first": url.format(1), "prev": url.format(1), "last": url.format(3), "next": url.format(3)}
    assert answer.json()["pagination"] == {"page": 2, "pages": 3, "per_page": 10, "items": 30, "urls": urls}
    assert f'<{url.format(3)}>; rel="last", <{url.format(3)}>; rel="next"' in answer.headers["link"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({}, (1, 50)),
        ({"per_page": 250}, (1, 100)),
        ({"per_page": -1}, (1, 1)),
        ({"page": -3, "per_page": "x"}, (1, 50)),
    ],
)
def test_sizes_are_clamped(asked: dict[str, str | int], given: tuple[int, int]) -> None:
    """1 to 100, 50 unless said."""
    pagination = visit().get(HERE, params=asked).json()["pagination"]
    assert (pagination["page"], pagination["per_page"]) == given


def test_one_page_has_no_links_and_past_the_end_is_404() -> None:
    """An empty shop still has page 1."""
    shop = visit(0)
    answer = shop.get(HERE)
    assert answer.json()["pagination"] == {"page": 1, "pages": 1, "per_page": 50, "items": 0, "urls": {}}
    assert "link" not in answer.headers
    assert said(shop.get(HERE, params={"page": 2})) == (404, "The requested resource was not found.")


def test_a_listing_is_whole() -> None:
    """Every key the reference names, owner's ones included; ids above 2^32."""
    row = visit().get(HERE, params={"per_page": 1}).json()["listings"][0]
    assert row["id"] == FIRST > 2**32
    assert set(row) == set(
        "id resource_url uri status condition sleeve_condition comments ships_from posted allow_offers offer_submitted"
        " audio price original_price shipping_price original_shipping_price shipping_is_blocked seller release in_cart"
        " weight estimated_weight format_quantity external_id location quantity".split()
    )
    assert set(row["release"]) == set(
        "id resource_url title artist label format catalog_number year description thumbnail images stats".split()
    )
    assert row["posted"].endswith(("-07:00", "-08:00"))
    assert row["original_price"]["value"] == row["price"]["value"]
    assert row["seller"]["shipping"] == TERMS
    assert (row["weight"], row["quantity"]) == (230.0, 1)


def test_everybody_else_sees_less() -> None:
    """For sale only, whatever was asked for; no private fields; no pictures without a person."""
    shop = visit()
    shop.control("edit", {"listing_id": FIRST, "status": "Draft"})
    for who, pictures in ((NOBODY, False), (APP, False), (STRANGER, True)):
        found = shop.get(HERE, who, params={"status": "Draft", "per_page": 100}).json()["listings"]
        assert {row["status"] for row in found} == {"For Sale"}
        assert FIRST not in {row["id"] for row in found}
        assert all("external_id" not in row and "location" not in row for row in found)
        assert all(bool(row["release"]["images"]) is pictures for row in found)


def test_the_owner_filters_by_status() -> None:
    """Exactly those; a word that is none is refused."""
    shop = visit()
    for place, status in enumerate(("Draft", "Expired", "Sold", "Suspended", "Violation", "Deleted")):
        shop.control("edit", {"listing_id": FIRST + 7 * (20 + place), "status": status})
    for place, status in enumerate(("Expired", "Sold", "Suspended", "Violation"), start=1):
        assert ids(shop, status=status) == [FIRST + 7 * (20 + place)]
    assert FIRST + 7 * 20 in ids(shop, status="Draft")
    assert len(ids(shop)) == len(ids(shop, status="All")) == 29
    assert ids(shop, status="Deleted") == [FIRST + 7 * 25]
    assert said(shop.get(HERE, params={"status": "Nope"})) == (422, BAD_STATUS)


@pytest.mark.parametrize("sort", ["listed", "price", "item", "artist", "label", "catno", "audio", "status", "location"])
def test_every_sort_turns_around(sort: str) -> None:
    """The same rows, backwards."""
    shop = visit()
    rows = ids(shop, sort=sort, sort_order="asc")
    assert rows == ids(shop, sort=sort, sort_order="desc")[::-1]
    assert len(set(rows)) == 30


def test_the_usual_order_is_the_oldest_first() -> None:
    """By the time of listing."""
    rows = visit().get(HERE).json()["listings"]
    assert [row["posted"] for row in rows] == sorted(row["posted"] for row in rows)


def test_sorts_of_strangers() -> None:
    """``status`` gives nothing without credentials, ``location`` is refused."""
    shop = visit()
    assert shop.get(HERE, NOBODY, params={"sort": "status"}).json()["listings"] == []
    assert shop.get(HERE, STRANGER, params={"sort": "location"}).status_code == 422


def test_strangers_stop_at_page_100() -> None:
    """The owner does not; the count still claims more."""
    shop = visit(150)
    params = {"per_page": 1, "page": 101}
    assert said(shop.get(HERE, STRANGER, params=params)) == (
        403,
        "Pagination above 100 disabled for inventories besides your own",
    )
    assert shop.get(HERE, params=params).status_code == 200
    assert shop.get(HERE, STRANGER, params={"per_page": 1, "page": 100}).json()["pagination"]["pages"] > 100


def test_names_are_found_whatever_their_case() -> None:
    """And an unknown one is not."""
    shop = visit()
    assert shop.get("/users/GreenStreet_Records/inventory").status_code == 200
    assert said(shop.get("/users/nobody_here/inventory")) == (404, "User does not exist or may have been deleted.")


def test_free_text_is_searched() -> None:
    """All words must be there."""
    shop = visit()
    shop.control("add", {"artist": "Zyx Quartet", "title": "Qwertz"})
    rows = shop.get(HERE, params={"q": "qwertz zyx"}).json()["listings"]
    assert [row["release"]["title"] for row in rows] == ["Qwertz"]


def test_any_text_comes_through() -> None:
    """Five thousand characters, right to left, emoji."""
    shop = visit(0)
    for title in ("x" * 5000, "שלום עולם", "🎷 \u202e!"):
        shop.control("add", {"title": title})
    titles = [row["release"]["title"] for row in shop.get(HERE).json()["listings"]]
    assert titles == ["x" * 5000, "שלום עולם", "🎷 \u202e!"]


def test_profiles() -> None:
    """The e-mail address only one's own, the count for sizing an import, the suspension as a warning."""
    shop = visit()
    own = shop.get("/users/greenstreet_records").json()
    seen = shop.get("/users/greenstreet_records", STRANGER).json()
    for_sale = shop.get(HERE, params={"status": "For Sale"}).json()["pagination"]["items"]
    assert (own["email"], own["curr_abbr"], own["num_for_sale"]) == ("shop@greenstreet.example", "USD", for_sale)
    assert ("email" in seen, own["marketplace_suspended"]) == (False, False)
    shop.control("switches", {"account_suspended": True})
    assert shop.get("/users/greenstreet_records").json()["marketplace_suspended"] is True
