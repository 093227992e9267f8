"""Each pack on saved pages: what it reads, what it leaves alone, and the field it names when a page is another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.extension.chromium import Extension
from tests.extension.sites import Sites

pytestmark = pytest.mark.browser
READ = """
async ([slug, step, url, before]) => {
  const { SITES } = await import('/sites/index.js');
  const { look } = await import('/page/look.js');
  const { Changed, isLogin } = await import('/sites/reading.js');
  const site = SITES[slug];
  const tab = (await chrome.tabs.query({})).find((one) => one.url === url);
  const collection = site.collectionOf?.(url) ?? '';
  const list = () => site.listAsks(1, collection);
  const asks = { who: () => site.asks.who, list, detail: () => site.detailAsks({ url }) };
  const where = { target: { tabId: tab.id }, func: look, args: [asks[step]()] };
  const [{ result: seen }] = await chrome.scripting.executeScript(where);
  if (seen.challenge) return 'challenge';
  if (isLogin(seen)) return 'signed out';
  if (seen.tooLarge) return `${seen.tooLarge} MB`;
  try {
    if (step === 'who') return site.who(seen);
    if (step === 'detail') return site.detail(seen);
    const { rows, pages, more, strange } = site.list(seen, before ? 2 : 1, before, 'gsprints');
    return { rows: site.merge ? site.merge(rows) : rows, pages, more: more(1), strange };
  } catch (error) {
    if (error instanceof Changed) return { field: error.field };
    throw error;
  }
}
"""
SHOP = "https://www.redbubble.com/people/gsprints/shop?page=1&sortOrder=recent"
STORE = "https://www.teepublic.com/user/gsprints?page=1"
ARTIST = "https://society6.com/a/artists/gsprints?page=1"
COLLECTION = "https://society6.com/collections/all"
LIST = "/collections/all/products.json"
PRODUCT = "https://society6.com/products/midnight-fox8714561_art-print"
Judge = Callable[..., Any]
TAGS = ["fox", "retro", "nature", "night", "fox lover"]
TEXT = "Drawn by hand in ink & pencil, number 4.\n\nLooks good on nearly everything."


@pytest.fixture
def judge(extension: Extension, popup: Page, sites: Sites, pages: Path) -> Judge:
    """``judge("redbubble", "list", url, file)``: what the pack makes of a saved page; ``also`` maps paths to files."""

    def read(slug: str, step: str, url: str, file: str | bytes, *, also: Any = None, before: Any = None) -> Any:
        kinds = {".html": "text/html; charset=utf-8", ".json": "application/json"}

        def saved(environ: dict[str, Any]) -> tuple[str, str, bytes]:
            name = (also or {}).get(environ["PATH_INFO"], file)
            body = name if isinstance(name, bytes) else (pages / name).read_bytes()
            return "200 OK", kinds[".html" if isinstance(name, bytes) else Path(name).suffix], body

        sites.instead = saved
        tab = extension.context.new_page()
        tab.goto(url)
        found = popup.evaluate(READ, [slug, step, url, before])
        tab.close()
        return found

    return read


def test_redbubble(judge: Judge, pages: Path) -> None:
    found = judge("redbubble", "list", SHOP, "redbubble-shop.html")
    assert (found["pages"], found["more"]) == (1, False)
    assert [row["id"] for row in found["rows"]] == ["48213418", "48213281", "48213144", "48213007", "48213007"]
    assert found["rows"][0] == {
        "id": "48213418",
        "url": "https://www.redbubble.com/i/t-shirt/midnight-fox-by-gsprints/48213418.FB110",
        "title": "Midnight Fox",
        "tags": TAGS,
        "images": [
            "https://ih3.redbubble.net/image.5295714561.3418/ssrco,classic_tee,mens,032a2d:01c5ca27c6,front,square_product,600x600.jpg",
            "https://ih3.redbubble.net/image.5295714561.3418/flat,750x,075,f-pad,750x1000.jpg",
        ],
        "products": [{"type": "t-shirt"}],
        "status": "live",
    }
    work = judge("redbubble", "detail", "https://www.redbubble.com/shop/ap/48213418", "redbubble-work.html")
    assert work == {"description": TEXT}
    empty = (
        (pages / "redbubble-work.html").read_bytes().replace(b'name="description" content="', b'name="description" x="')
    )
    assert judge("redbubble", "detail", "https://www.redbubble.com/shop/ap/48213418", empty) == {"description": ""}
    account = judge("redbubble", "who", "https://www.redbubble.com/portfolio/manage_works", "redbubble-works.html")
    assert account == "gsprints"


def test_teepublic(judge: Judge) -> None:
    found = judge("teepublic", "list", STORE, "teepublic-store.html")
    assert (found["pages"], found["more"]) == (1, True)
    assert [row["id"] for row in found["rows"]] == ["31204694", "31204633", "31204572", "31204511"]
    assert found["rows"][0] == {
        "id": "31204694",
        "url": "https://www.teepublic.com/t-shirt/31204694-midnight-fox",
        "title": "Midnight Fox",
        "tags": TAGS,
        "images": [
            "https://images.teepublic.com/derived/production/designs/31204694_0/1614664800/i_p:c_191919,s_313,q_90.jpg"
        ],
        "products": [{"type": "t-shirt"}],
        "status": "live",
    }
    design = judge("teepublic", "detail", found["rows"][0]["url"], "teepublic-design.html")
    assert (design["description"], design["tags"], design["products"]) == (TEXT, TAGS, [{"type": "T-Shirt"}])
    end = judge("teepublic", "list", STORE, "teepublic-store-end.html", before={"promised": False})
    assert (end["rows"], end["more"]) == ([], False)
    assert judge("teepublic", "who", "https://www.teepublic.com/user/account", "teepublic-account.html") == "gsprints"


def test_society6(judge: Judge) -> None:
    formats = ["Art Print", "Canvas Print", "Framed Art Print", "Mini Art Print"]
    grid = judge("society6", "list", ARTIST, "society6-artist.html")
    assert (len(grid["rows"]), grid["more"], grid["strange"]) == (4, False, 0)
    assert grid["rows"][0] | {"images": []} == {
        "id": "midnight-fox8714561",
        "url": PRODUCT,
        "title": "Midnight Fox",
        "images": [],
        "products": [{"type": each} for each in formats],
        "status": "live",
    }
    data = judge("society6", "list", COLLECTION, "society6-artist.html", also={LIST: "society6-products.json"})
    assert (len(data["rows"]), data["more"], data["strange"]) == (4, True, 9)
    assert [(row["id"], row["title"]) for row in data["rows"]] == [(row["id"], row["title"]) for row in grid["rows"]]
    assert (data["rows"][0]["tags"], data["rows"][0]["products"][3]) == (
        TAGS,
        {"type": "Mini Art Print", "price": "9.99", "currency": "USD", "enabled": True},
    )
    beside = {"/products/midnight-fox8714561_art-print.json": "society6-product.json"}
    assert judge("society6", "detail", PRODUCT, "society6-product.html", also=beside) == {
        "tags": TAGS,
        "description": TEXT,
    }


def test_a_page_that_does_not_fit_is_never_an_empty_shop(judge: Judge) -> None:
    strange = {
        ("redbubble", "list", SHOP, "redbubble-shop-changed.html"): "designs",
        ("redbubble", "list", SHOP, "redbubble-work.html"): "designs",
        ("redbubble", "detail", "https://www.redbubble.com/shop/ap/48213418", "redbubble-shop.html"): "description",
        ("teepublic", "list", STORE, "teepublic-store-changed.html"): "designs",
        ("teepublic", "list", STORE, "teepublic-store-end.html"): "designs",
        ("teepublic", "detail", STORE, "teepublic-design-changed.html"): "product",
        ("society6", "list", ARTIST, "society6-artist-changed.html"): "designs",
        ("society6", "list", COLLECTION, "society6-artist.html"): "designs",
    }
    also = {LIST: "society6-products-changed.json"}
    assert {case: judge(*case, also=also)["field"] for case in strange} == strange


def test_one_field_that_all_designs_lack_is_noticed(judge: Judge, pages: Path) -> None:
    shop = (pages / "redbubble-shop.html").read_bytes()
    store = (pages / "teepublic-store.html").read_bytes()
    assert judge("redbubble", "list", SHOP, shop.replace(b'"title"', b'"heading"')) == {"field": "title"}
    assert judge("redbubble", "list", SHOP, shop.replace(b'"work": {"id"', b'"work": {"key"')) == {"field": "id"}
    assert judge("redbubble", "list", SHOP, shop.replace(b'"totalPages"', b'"pages"')) == {"field": "pages"}
    assert judge("teepublic", "list", STORE, store.replace(b"data-design-id", b"data-id")) == {"field": "id"}


def test_a_locale_in_front_changes_nothing(popup: Page) -> None:
    script = "async ([slug, url]) => { const { SITES } = await import('/sites/index.js'); const site = SITES[slug];"
    script += " return [site.shopOf(url), site.listingOf(url)?.id ?? '', site.isUpload(url)]; }"
    known = {
        "https://www.redbubble.com/fr/people/gsprints/shop?page=2": ["gsprints", "", False],
        "https://www.redbubble.com/en/i/t-shirt/Moth-by-gsprints/48213418.FB110?x=1": ["", "48213418", False],
        "https://www.redbubble.com/de/portfolio/images/12-moth/duplicate": ["", "", True],
        "https://www.teepublic.com/stores/gsprints": ["gsprints", "", False],
        "https://www.teepublic.com/user/account": ["", "", False],
        "https://www.teepublic.com/mug/31204694-midnight-fox?store_id=1": ["", "31204694", False],
        "https://society6.com/a/products/midnight-fox8714561_art-print?sku=1": [
            "",
            "midnight-fox8714561",
            False,
        ],
        "https://studio.society6.com/upload": ["", "", True],
    }
    slug = {"www.redbubble.com": "redbubble", "www.teepublic.com": "teepublic"}
    found = {url: popup.evaluate(script, [slug.get(url.split("/")[2], "society6"), url]) for url in known}
    assert found == known


def test_walls_are_walls(judge: Judge) -> None:
    assert judge("redbubble", "list", SHOP, "challenge.html") == "challenge"
    assert judge("redbubble", "who", "https://www.redbubble.com/auth/login", "redbubble-login.html") == "signed out"


def test_strange_data_is_cut_and_kept_as_text(judge: Judge, pages: Path) -> None:
    shop = (pages / "redbubble-shop.html").read_bytes()
    script = b"\\u003cimg src=x onerror=alert(1)> " + b"x" * 5000
    rows = judge("redbubble", "list", SHOP, shop.replace(b'"title": "Midnight Fox"', b'"title": "' + script + b'"'))[
        "rows"
    ]
    assert rows[0]["title"].startswith("<img src=x onerror=alert(1)> xxx")
    assert len(rows[0]["title"]) == 600
    rows = judge("redbubble", "list", SHOP, shop.replace(b"https://ih3.redbubble.net", b"javascript:alert"))["rows"]
    assert [link for link in rows[0]["images"] if not link.startswith("https://")] == []


def test_a_page_of_50_megabytes_is_not_read(judge: Judge, pages: Path) -> None:
    shop = (pages / "redbubble-shop.html").read_bytes()
    assert judge("redbubble", "list", SHOP, shop + b"<!-- " + b"x" * 50_000_000 + b" -->") == "50 MB"
    block = shop.replace(b'"buildId": "b7Q2"', b'"buildId": "' + b"x" * 5_000_000 + b'"')
    assert judge("redbubble", "list", SHOP, block) == {"field": "designs"}
