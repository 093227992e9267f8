"""What is said of one marketplace, exactly: one with an interface, and one that the browser extension reads."""

from __future__ import annotations

import pytest

from instica import marketplaces
from instica.listings.models import Listing
from tests import builders
from tests.api.calling import Api, is_problem
from tests.features.listing import may_list
from tests.shops import Shops


def test_a_marketplace_with_an_interface(api: Api, shop: Shops) -> None:
    shop("discogs", listings=1)
    answer = api.get("platforms/discogs/")
    assert answer.status_code == 200
    assert answer.json() == {
        "uid": "plt_52seca7ydqazvr7ks536xtmyc6",
        "name": "Discogs",
        "slug": "discogs",
        "url": "https://discogs.com",
        "is_selling_active": True,
        "connection_url": "/accounts/discogs/login/",
        "connection": "oauth",
        "capabilities": "listings orders publish revise withdraw set_levels ship cancel quote search".split(),
        "notices": [
            "This application uses Discogs' API but is not affiliated with, sponsored or endorsed by Discogs.",
            "Data provided by Discogs.",
        ],
        "fresh_for_seconds": 21_600,
    }


def test_one_that_the_extension_reads(api: Api) -> None:
    assert api.get("platforms/redbubble/").json() == {
        "uid": "plt_0qjjsrrxkwb21879d07swaykjs",
        "name": "Redbubble",
        "slug": "redbubble",
        "url": "https://redbubble.com",
        "is_selling_active": False,
        "connection_url": "/accounts/redbubble/login/",
        "connection": "extension",
        "capabilities": ["read_page"],
        "notices": [],
        "fresh_for_seconds": None,
    }


def test_one_whose_credentials_are_missing_cannot_be_sold_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSTICA_DISCOGS_CLIENT_ID", raising=False)
    assert api.get("platforms/discogs/").json()["is_selling_active"] is False


def test_the_list_says_the_same_as_each_alone(api: Api) -> None:
    listed = api.get("platforms/").json()
    assert [each["slug"] for each in listed] == list(marketplaces.every())
    kinds = {each["slug"]: api.get(f"platforms/{each['slug']}/").json()["connection"] for each in listed}
    assert {slug for slug, kind in kinds.items() if kind == "extension"} == {"redbubble", "teepublic", "society6"}
    assert {each["connection_url"] for each in listed} == {f"/accounts/{slug}/login/" for slug in kinds}
    assert [each["is_selling_active"] for each in listed if kinds[each["slug"]] == "extension"] == [False] * 3
    for each in listed:
        alone = api.get(f"platforms/{each['slug']}/").json()
        assert {name: alone[name] for name in each} == each


TABLE = [
    *((slug, "oauth", "listings", True, True) for slug in ("ebay", "discogs", "etsy", "shopify")),
    *((slug, "extension", "read_page", False, False) for slug in ("redbubble", "teepublic", "society6")),
]


@pytest.mark.parametrize(("slug", "connection", "reads", "lists", "orders"), TABLE)
def test_the_table_of_the_contract(api: Api, slug: str, connection: str, reads: str, lists: bool, orders: bool) -> None:
    """S2: how it is connected, how read, whether listing is ours or done by hand with help, whether orders come."""
    found = api.get(f"platforms/{slug}/").json()
    can = set(found["capabilities"])
    assert (found["connection"], reads in can, {"publish", "withdraw"} <= can, "orders" in can) == (
        *(connection, True, lists, orders),
    )
    may_list(api.organization)
    item = builders.item(api.organization)
    code = "marketplace_not_connected" if lists else "manual_platform"
    problem = is_problem(api.post(f"inventory/{item.public_id}/platforms/{slug}/list/"), 400, code)
    assert lists or (problem["page"].startswith("https://") and problem["copy"]["title"])
    assert Listing.objects.count() == 0


def test_an_unknown_one(api: Api) -> None:
    is_problem(api.get("platforms/amazon/"), 404, "", "There is no such platform.")
