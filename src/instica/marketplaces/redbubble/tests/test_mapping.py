"""What Redbubble's pages give: a work with its own pictures, whatever else stands beside or comes instead."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from instica.kit.types import RemoteListing
from instica.marketplaces.redbubble import mapping

SITE = mapping.site("")
HOST = "https://ih2.redbubble.net/"
WORK = {"id": "48213007", "title": "Moth"}
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = some.sampled_from("id url title description tags images price currency products status created".split())


def design(**fields: Any) -> RemoteListing:
    """A row as the hub takes it."""
    return mapping.design(WORK | fields, SITE, "page#1")


def test_the_whole_artwork_is_taken_once_and_only_its_own() -> None:
    own = (f"{HOST}image.512.3007/ssrco,tee,600x600.jpg", f"{HOST}image.512.3007/flat,750x,075,f-pad.jpg")
    others = (
        f"{HOST}image.512.3008/flat,750x.jpg",
        "https://ih2.redbubble.net.evil.example/image.512.3007/flat.jpg",
        "http://ih2.redbubble.net/image.512.3007/flat.jpg",
        "https://user@ih2.redbubble.net/image.512.3007/flat.jpg",
        f"{HOST}avatar.jpg",
    )
    assert design(images=[*others, *own]).images == (f"{HOST}image.512.3007/flat,500x,075,f.u2.jpg",)


def test_an_end_of_zeros_is_the_same_number() -> None:
    assert mapping.artwork(f"{HOST}image.512.7/flat.jpg", "48210007") == f"{HOST}image.512.7/flat,500x,075,f.u2.jpg"
    assert mapping.artwork(f"{HOST}image.512.0007/flat.jpg", "48210007") != ""


def test_the_sandbox_stands_in_for_the_hosts_of_pictures() -> None:
    there = mapping.site("http://127.0.0.1:8105/")
    row = WORK | {"images": [f"{HOST}image.512.3007/flat.jpg"], "url": "http://127.0.0.1:8105/shop/ap/48213007"}
    found = mapping.design(row, there, "page#1")
    assert found.images == ("http://127.0.0.1:8105/image.512.3007/flat,500x,075,f.u2.jpg",)
    assert found.url == row["url"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://www.redbubble.com/shop/ap/48213007", True),
        ("https://www.redbubble.com/i/t-shirt/Moth-by-gsprints/48213007.FB110", True),
        ("https://redbubble.com.evil.example/shop/ap/48213007", False),
        ("javascript:alert(1)//www.redbubble.com", False),
        ('https://www.redbubble.com/"onmouseover="alert(1)', False),
        ("https://www.redbubble.com/" + "x" * 1000, False),
        ("http://127.0.0.1:8105/shop/ap/48213007", False),
    ],
)
def test_an_address_is_one_of_its_own_pages(address: str, kept: bool) -> None:
    assert design(url=address).url == (address if kept else "")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  Moth\n on   a lamp ", "Moth on a lamp"),
        ("I <3 moths", "I <3 moths"),
        ("a < b > c", "a < b > c"),
        ("<b>Moth</b>", "Moth"),
        ("Moth<script>steal()</script> lamp", "Moth lamp"),
        ("Moth <img src=x onerror=alert(1)", "Moth"),
        ("<ScRiPt src=//x></sCrIpT>Moth<!-- x -->", "Moth"),
        ("Mo\u200bth\u202e", "Moth"),
        ("x" * 600, "x" * 500),
    ],
)
def test_titles_are_plain_text(written: str, read: str) -> None:
    assert design(title=written).title == read


def test_a_page_full_of_open_tags_is_read_in_no_time() -> None:
    for piece in ("<script ", "<script>", "<a", "<", "<!--"):
        assert len(design(title="Moth", description=piece * 20_000).description) <= 20_000


def test_hidden_works_and_lowest_prices() -> None:
    products = [
        {"type": "poster", "price": "9.50", "currency": "EUR"},
        {"type": "sticker", "price": "2.10", "currency": "EUR", "enabled": False},
        {"type": "mug"},
    ]
    found = design(status="hidden", products=products)
    assert (found.seen, found.offers[0].quantity, str(found.offers[0].price)) == ("hidden", None, "9.50")
    assert found.details == {"products": "poster 9.50 EUR, mug"}
    mixed = design(products=[*products, {"type": "tote", "price": "9", "currency": "USD"}])
    assert mixed.offers[0].price is None


@given(some.dictionaries(NAMES, JSON, max_size=8) | JSON)
def test_whatever_comes_becomes_one_listing(row: Any) -> None:
    found = mapping.design(row, SITE, "page#1")
    assert found.id == "page#1" or found.id.isdecimal()
    assert found.faults or found.title
    assert "\x00" not in found.title + found.description
