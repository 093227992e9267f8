"""What Society6's pages give: one design for all of its formats, by its slug."""

from __future__ import annotations

from typing import Any

import pytest

from instica.kit.manual import sheet
from instica.kit.types import RemoteListing
from instica.marketplaces.society6 import MARKETPLACE, mapping

SITE = mapping.site("")
PICTURE = "https://cdn.shopify.com/s/files/1/0822/7715/files/gsprints-moth-art-print-whitebg-8x10.jpg?v=1700000000"


def design(**fields: Any) -> RemoteListing:
    """A row as the hub takes it."""
    return mapping.design({"id": "quiet-moth1234567", "title": "Quiet Moth", **fields}, SITE, "page#1")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://society6.com/products/quiet-moth1234567_art-print?variant=412", True),
        ("https://society6.com/products/quiet-moth1234567_framed-art-print", True),
        ("https://society6.com/products/quiet-moth7654321_art-print", False),
        ("https://society6.com/a/artists/gsprints", False),
        ("https://studio.society6.com/products/quiet-moth1234567_art-print", False),
    ],
)
def test_an_address_is_one_of_the_designs_products(address: str, kept: bool) -> None:
    assert design(url=address).url == (address.partition("?")[0] if kept else "")


def test_formats_are_its_products_and_the_lowest_price_is_its_own() -> None:
    products = [
        {"type": "Art Print", "price": "22.99", "currency": "USD", "enabled": True},
        {"type": "Mini Art Print", "price": "9.99", "currency": "USD", "enabled": True},
    ]
    found = design(products=products, images=[PICTURE, "https://cdn.shopify.com.example/x.jpg"])
    assert (found.digital, found.offers[0].id, str(found.offers[0].price)) == (True, "quiet-moth1234567", "9.99")
    assert found.images == (PICTURE,)


@pytest.mark.parametrize("slug", ["Quiet-Moth1", "-moth", "moth_art-print", "moth/../x", "", "x" * 101])
def test_what_is_no_slug_is_a_fault(slug: str) -> None:
    assert design(id=slug).faults[0].code == "marketplace_error"


def test_it_says_first_that_it_is_curated() -> None:
    made = sheet(MARKETPLACE, title="Moth", description="Light.", tags=["moth", "a tag of more than twenty letters"])
    assert made.page == "https://studio.society6.com/upload"
    assert made.notes[0].startswith("Society6 is curated since March 2025")
    assert made.notes[1:] == ("Left out as longer than 20 characters: a tag of more than twenty letters.",)
