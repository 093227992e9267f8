"""The simulators of the sites that the browser extension reads: pages as documented, and every state they can be in."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from instica.kit.simulation.mounted import Mounted
from instica.kit.simulation.studio import Studio
from instica.marketplaces import get

SITES = ("redbubble", "teepublic", "society6")
UPLOAD = {"redbubble": "/portfolio/images/new", "teepublic": "/design/quick_create", "society6": "/upload"}
SHOP = {"redbubble": "/people/gsprints/shop", "teepublic": "/user/gsprints", "society6": "/a/artists/gsprints"}
PICTURE = ("moth.png", b"\x89PNG picture", "image/png")


@contextmanager
def visited(slug: str, listings: int = 150) -> Iterator[tuple[Studio, httpx2.Client]]:
    """A site and a browser that looks at it under its real name."""
    manifest = get(slug)
    assert manifest is not None
    site: Studio = manifest.load("simulator")(seed=1, listings=listings)
    with httpx2.Client(transport=Mounted(site), base_url=f"https://{site.host}", follow_redirects=True) as browser:
        yield site, browser


@pytest.fixture(params=SITES)
def slug(request: pytest.FixtureRequest) -> str:
    """Each of them."""
    found: str = request.param
    return found


def next_data(text: str) -> dict[str, Any]:
    """What Next.js sent along."""
    found = re.search(r'<script id="__NEXT_DATA__" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])["props"]["pageProps"]
    return data


def test_a_redbubble_shop_in_pages_of_next_js() -> None:
    with visited("redbubble", 60) as (site, browser):
        pages = [next_data(browser.get(f"/fr/people/gsprints/shop?page={number}").text) for number in (1, 2, 3, 4)]
        assert [len(page["results"]) for page in pages] == [27, 27, 14, 0]
        assert {page["pagination"]["totalPages"] for page in pages} == {3}
        works = {entry["inventoryItem"]["work"]["id"] for page in pages for entry in page["results"]}
        assert works == set(site.designs)
        item = pages[0]["results"][0]["inventoryItem"]
        newest = site.designs[item["work"]["id"]]
        assert (item["work"]["title"], item["work"]["tags"]) == (newest.title, list(newest.tags))
        assert f".{newest.id[-4:]}/" in item["previewSet"]["previews"][0]["url"]
        assert len(pages[0]["recommendations"]["results"]) == 6
        work = browser.get(f"/shop/ap/{newest.id}").text
        assert html.escape(newest.description) in work
        assert len(re.findall(r'class="GalleryImage__img--', work)) == 5
        assert "window.__APOLLO_STATE__=" in work
        assert browser.get("/people/gsprints").url.path == "/people/gsprints/shop"
        assert browser.get(item["productPageUrl"]).status_code == 200
        missing = browser.get("/shop/ap/1")
        assert (missing.status_code, "Houston, we have a problem" in missing.text) == (404, True)
        assert browser.get("/image.1.7007/flat,500x,075,f.u2.jpg").content[:2] == b"\xff\xd8"


def test_a_teepublic_store_of_tiles() -> None:
    with visited("teepublic", 50) as (site, browser):
        pages = [browser.get(f"/user/gsprints?page={number}").text for number in (1, 2, 3)]
        tiles = [re.findall(r'tp-design-tile jsDesignContainer" data-design-id="(\d+)"', page) for page in pages]
        assert [len(found) for found in tiles] == [40, 10, 0]
        assert {*tiles[0], *tiles[1]} == set(site.designs)
        assert len(re.findall(r'class="tp-design-tile" data-design-id', pages[0])) == 6
        assert [f'rel="next" href="/user/gsprints?page={number}"' in pages[0] for number in (1, 2)] == [False, True]
        design = next(iter(site.designs.values()))
        shown = browser.get(re.findall(rf'data-url="(/t-shirt/{design.id}[^"]+)"', pages[1])[0]).text
        data = json.loads(re.findall(r'application/ld\+json">(.*?)</script>', shown, re.DOTALL)[0])
        assert (data["@type"], data["name"]) == ("Product", f"{design.title} T-Shirt")
        assert ["related_tags_artists_applied_tags" in shown, "related_tags_trending_tags" in shown] == [True, True]
        assert "gsprints" in browser.get("/user/account").text


def test_a_society6_shop_like_shopify() -> None:
    with visited("society6", 100) as (site, browser):
        pages = [
            browser.get(f"/collections/all/products.json?limit=250&page={number}").json()["products"]
            for number in (1, 2, 3)
        ]
        rows = [row for page in pages for row in page]
        assert (len(pages[0]), len(pages[2])) == (251, 0)
        assert {row["handle"].rpartition("_")[0] for row in rows if row["vendor"] == "gsprints"} == set(site.designs)
        assert {row["vendor"] for row in rows} == {"gsprints", "nightowlstudio", "society6"}
        assert {len(row["variants"]) for row in rows} == {1, 2}
        name = rows[1]["handle"]
        assert browser.get(f"/products/{name}.json").json()["product"]["handle"] == name
        assert browser.get(f"/products/{name}.js").json()["variants"][0]["price"] == 2299
        assert browser.get(f"/a/products/{name}").status_code == 200
        shop = browser.get("/a/artists/gsprints?page=14").text
        grid = re.search(r'<ol class="algolia-products-grid__grid">(.*?)</ol>', shop, re.DOTALL)
        assert grid is not None
        assert len(re.findall(r"algolia-products-grid__product-item", grid[1])) == 10
        site.switches.set({"closed": True})
        gone = [browser.get(path).status_code for path in ("/a/artists/gsprints", f"/products/{name}", "/upload")]
        assert gone == [404, 404, 403]


def test_every_state_of_a_page(slug: str) -> None:
    with visited(slug) as (site, browser):
        usual = browser.get(SHOP[slug]).text
        assert "gsprints" in usual
        sandbox = lambda verb, body: browser.post(f"/_sandbox/{verb}", json=body)  # noqa: E731
        sandbox("switches", {"signed_in": False})
        out = browser.get(UPLOAD[slug])
        assert re.search(r"/(login|sign_in)$", out.url.path)
        assert site.who == ""
        sandbox("switches", {"signed_in": True, "signed_in_as": "somebody_else"})
        assert "somebody_else" in browser.get(SHOP[slug]).text
        sandbox("switches", {"challenge": True})
        asked = browser.get(SHOP[slug])
        assert (asked.status_code, "Just a moment..." in asked.text, "moth" in asked.text.lower()) == (403, True, False)
        sandbox("switches", {"challenge": False, "signed_in_as": "gsprints", "layout": "changed"})
        assert browser.get(SHOP[slug]).text != usual
        sandbox("switches", {"layout": "today"})
        sandbox("faults", [{"match": f"GET {SHOP[slug]}", "times": 1, "do": "html:403"}])
        assert "Just a moment..." in browser.get(SHOP[slug]).text
        assert browser.get(SHOP[slug]).text == usual
        reset = sandbox("reset", {"seed": 1, "listings": 1000}).json()
        assert reset == {"account": "gsprints", "listings": 1000}
        titles = [row["title"] for row in browser.get("/_sandbox/listings").json()["listings"]]
        assert (len(titles), len(set(titles))) == (1000, 1000)
        again = [design.title for design in type(site)(seed=1, listings=1000).designs.values()]
        assert titles == again
        assert browser.get("/_sandbox/orders").json() == {"orders": []}
        first = next(iter(site.designs))
        assert browser.post("/_sandbox/buy", json={"listing_id": first}).status_code == 409
        sandbox("edit", {"listing_id": first, "title": "Renamed", "tags": ["one", "two"]})
        assert (site.designs[first].title, site.designs[first].tags) == ("Renamed", ("one", "two"))
        sandbox("end", {"listing_id": first})
        assert first not in site.designs
        assert [row["path"] for row in browser.get("/_sandbox/requests").json()["requests"]] == []


FORMS: dict[str, tuple[str, dict[str, Any], str]] = {
    "redbubble": (
        "/portfolio/images",
        {
            "work[title_en]": "Moth",
            "work[description_en]": "Light.",
            "work[main_tag_en]": "moth",
            "work[tags_en][]": ["lamp"],
            "rights_declaration": "1",
        },
        "work[image]",
    ),
    "teepublic": (
        "",
        {
            "design[design_title]": "Moth",
            "design[design_description]": "Light.",
            "design[primary_tag]": "moth",
            "design[secondary_tags][]": ["lamp"],
            "terms": "1",
            "commit": "publish",
        },
        "file",
    ),
    "society6": ("/submissions", {"title": "Moth", "description": "Light.", "tags": ["moth", "lamp"]}, "file"),
}


def test_an_upload_becomes_a_design(slug: str) -> None:
    with visited(slug, 3) as (site, browser):
        opened = browser.get(UPLOAD[slug])
        path, fields, file = FORMS[slug]
        path = path or opened.url.path
        without = browser.post(path, data=fields, files={"other": ("a.txt", b"", "text/plain")})
        assert len(site.designs) == 3, without.text
        made = browser.post(path, data=fields, files={file: PICTURE})
        assert made.status_code in (200, 201)
        (new,) = [design for design in site.designs.values() if design.title == "Moth"]
        assert (new.description, new.tags, site.uploads[new.id]) == ("Light.", ("moth", "lamp"), PICTURE[1])
        shop = browser.get(SHOP[slug]).text
        assert new.id in shop
