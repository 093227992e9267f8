"""The database at the simulator: releases, masters, search, and what things cost."""

from __future__ import annotations

import pytest

from instica.marketplaces.discogs.simulator.catalogue import pressing, records
from instica.marketplaces.discogs.tests.visiting import APP, FIRST, NOBODY, RELEASE, Visit, said, visit

TRAIN = 20_000_000
AGAIN = TRAIN + len(records())


def found(shop: Visit, **params: str) -> list[int]:
    """The ids of the releases a search finds."""
    answer = shop.get("/database/search", params={"type": "release", **params}).json()
    return [row["id"] for row in answer["results"]]


def test_the_records_are_whole_and_different() -> None:
    """Every row has its facts; no two share artist and title."""
    rows = records()
    assert len(rows) >= 160
    assert len({(row["artist"], row["title"]) for row in rows}) == len(rows)
    assert all(row[name] for row in rows for name in ("artist", "title", "label", "catno", "format", "year", "country"))


def test_a_release_is_whole() -> None:
    """Names, formats, codes, pictures, its master."""
    release = visit().get(f"/releases/{TRAIN}").json()
    assert (release["title"], release["artists"][0]["name"], release["labels"][0]["catno"]) == (
        "Blue Train",
        "John Coltrane",
        "BLP 1577",
    )
    assert release["formats"] == [{"name": "Vinyl", "qty": "1", "descriptions": ["LP", "Album", "Mono"]}]
    assert (release["year"], release["country"], release["master_id"]) == (1957, "US", 5_000_000)
    assert release["identifiers"] == [{"type": "Matrix / Runout", "value": "BLP 1577 A1", "description": "Side A"}]
    assert len(release["images"]) == 2


def test_pictures_are_for_those_with_credentials() -> None:
    """An app's will do."""
    shop = visit()
    assert shop.get(f"/releases/{TRAIN}", NOBODY).json()["images"] == []
    assert len(shop.get(f"/releases/{TRAIN}", APP).json()["images"]) == 2


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/releases/1", "Release not found."),
        ("/releases/x", "Release not found."),
        ("/masters/1", "Master Release not found."),
        ("/masters/1/versions", "Master Release not found."),
        ("/marketplace/stats/1", "Release not found."),
    ],
)
def test_the_unknown_is_not_found(path: str, text: str) -> None:
    """Each in its own words."""
    assert said(visit().get(path)) == (404, text)


def test_a_master_gathers_its_pressings() -> None:
    """The first is the main one; filters and sorts work."""
    shop = visit()
    master = shop.get("/masters/5000000").json()
    versions = shop.get("/masters/5000000/versions").json()["versions"]
    assert (master["main_release"], [row["id"] for row in versions]) == (TRAIN, [TRAIN, AGAIN])
    backwards = shop.get("/masters/5000000/versions?sort=released&sort_order=desc").json()["versions"]
    assert [row["id"] for row in backwards] == [AGAIN, TRAIN]
    only = shop.get("/masters/5000000/versions?released=1957").json()["versions"]
    assert [row["id"] for row in only] == [TRAIN]


def test_a_search_finds_by_each_field() -> None:
    """Alone and together; several pressings stay several."""
    shop = visit()
    assert found(shop, catno="blp1577") == [TRAIN, AGAIN]
    assert found(shop, catno="BLP 1577", year="1957") == [TRAIN]
    assert found(shop, artist="coltrane", release_title="blue train", country="US", format="Vinyl")[0] == TRAIN
    assert found(shop, q="cool struttin") == [TRAIN + 1, AGAIN + 1]
    assert found(shop, artist="nobody at all") == []


def test_a_search_by_barcode() -> None:
    """Digits only count; one code may stand on two pressings."""
    shop = visit(1000)
    numbers = [n for n in range(len(records()), 2 * len(records())) if pressing(n).barcode]
    shared = next(n for n in numbers if pressing(n).barcode == pressing(n + len(records())).barcode)
    code = pressing(shared).barcode
    assert len(code) == 13
    expected = [TRAIN + shared, TRAIN + shared + len(records())]
    assert found(shop, barcode=f"{code[0]} {code[1:7]}-{code[7:]}") == expected
    assert found(shop, barcode=code[:12]) == []


def test_a_search_stops_at_page_100() -> None:
    """And is for those with credentials."""
    shop = visit()
    row = shop.get("/database/search?per_page=1&page=100").json()
    assert row["pagination"]["pages"] > 100
    assert shop.get("/database/search?per_page=1&page=101").status_code == 404
    assert shop.get("/database/search", NOBODY).status_code == 401


def test_masters_are_found_too() -> None:
    """As masters."""
    rows = visit().get("/database/search?q=blue+train&type=master").json()["results"]
    assert [(row["id"], row["type"], row["uri"]) for row in rows] == [(5_000_000, "master", "/master/5000000")]


def test_fees() -> None:
    """9 %, any number of decimals unless switched."""
    shop = visit()
    assert shop.get("/marketplace/fee/10.00/EUR").json() == {"value": 0.9, "currency": "EUR"}
    assert shop.get("/marketplace/fee/10.0000").json() == {"value": 0.9, "currency": "USD"}
    shop.control("switches", {"fee_decimals": True})
    assert shop.get("/marketplace/fee/10.0000").status_code == 404
    assert shop.get("/marketplace/fee/10.00/XXX").status_code == 404
    assert shop.get("/marketplace/fee/10.00", NOBODY).status_code == 401


def test_suggested_prices() -> None:
    """One a grade, the better the dearer; none without seller settings."""
    shop = visit()
    prices = [price["value"] for price in shop.get(f"/marketplace/price_suggestions/{RELEASE}").json().values()]
    assert len(prices) == 8
    assert prices == sorted(prices, reverse=True)
    shop.control("switches", {"seller_settings": False})
    refused = shop.get(f"/marketplace/price_suggestions/{RELEASE}")
    assert said(refused) == (404, "You must fill out your seller settings first.")


def test_what_is_on_sale() -> None:
    """The cheapest, and how many; nothing is null."""
    shop = visit()
    none = shop.get(f"/marketplace/stats/{RELEASE}", NOBODY).json()
    assert none == {"lowest_price": None, "num_for_sale": 0, "blocked_from_sale": False}
    shop.new(price=30)
    shop.new(price=20)
    shop.new(price=10, status="Draft")
    assert shop.get(f"/marketplace/stats/{RELEASE}").json() == {
        "lowest_price": {"currency": "USD", "value": 20.0},
        "num_for_sale": 2,
        "blocked_from_sale": False,
    }


def test_a_listing_of_an_own_release_is_readable_everywhere() -> None:
    """One added by the control interface."""
    shop = visit(0)
    release = shop.control("add", {"artist": "Own", "title": "Thing", "barcode": "2000000000008"})["release_id"]
    assert shop.get(f"/releases/{release}").json()["title"] == "Thing"
    assert found(shop, barcode="2000000000008") == [release]
    assert shop.listing(FIRST)["release"]["artist"] == "Own"
