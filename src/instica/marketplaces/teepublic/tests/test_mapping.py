"""What TeePublic's pages give: a design under its own address, with its own pictures."""

from __future__ import annotations

from typing import Any

import pytest

from instica.kit.manual import sheet
from instica.kit.types import RemoteListing
from instica.marketplaces.teepublic import MARKETPLACE, mapping

SITE = mapping.site("")
PAGE = "https://www.teepublic.com/t-shirt/94037075-moth"
PICTURE = "https://images.teepublic.com/derived/production/designs/{}_0/1700000000/i_p:c_191919,s_313,q_90.jpg"


def design(**fields: Any) -> RemoteListing:
    """A row as the hub takes it."""
    return mapping.design({"id": "94037075", "title": "Moth", **fields}, SITE, "page#1")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (f"{PAGE}?store_id=183206", PAGE),
        ("https://www.teepublic.com/kids-hoodie/94037075-moth", "https://www.teepublic.com/kids-hoodie/94037075-moth"),
        ("https://www.teepublic.com/t-shirt/94037076-other", ""),
        ("https://www.teepublic.com/user/gsprints", ""),
        ("https://teepublic.example/t-shirt/94037075-moth", ""),
    ],
)
def test_an_address_is_the_designs_own_page(address: str, kept: str) -> None:
    assert design(url=address).url == kept


def test_pictures_of_other_designs_are_left_out() -> None:
    found = design(images=[PICTURE.format("94037075"), PICTURE.format("94037076"), PICTURE.format("940370751")])
    assert found.images == (PICTURE.format("94037075"),)


@pytest.mark.parametrize("number", ["0123456", "12", "12345678901", "94037075x", 94037075, None])
def test_what_is_no_design_id_is_a_fault(number: object) -> None:
    found = design(id=number)
    assert (found.id, found.title, found.faults[0].code) == ("page#1", "Moth", "marketplace_error")


def test_texts_are_cut_to_its_form_and_every_cut_is_told() -> None:
    made = sheet(MARKETPLACE, title="Moth " * 80, description="", tags=["moth", "Moth", "a,b", "x" * 40])
    assert (len(made.title), made.title[-4:], made.tags) == (254, "Moth", ("moth", "a b"))
    assert made.notes == (
        "The title was cut from 399 to 254 characters; 255 fit.",
        "There is no description; write one.",
        f"Left out as longer than 39 characters: {'x' * 40}.",
    )
    one = sheet(MARKETPLACE, title="x" * 300, description="Light.", tags=["moth"])
    assert (one.title, one.notes[1]) == ("x" * 255, "TeePublic wants at least 2 tags; there is 1.")
