"""The pages that change the inventory in a real browser: axe in light and dark, at a desk and on a phone; a walk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from instica.inventory import bulk, photos
from instica.inventory.models import Image, Item, Sheet
from instica.people.models import User
from tests import builders
from tests.shops import Shops
from tests.web.test_browser import SIZES, Opened, faults, opened
from tests.web.test_item_pages import photo

__all__ = ["opened"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "😀 مرحبا بالعالم " + "Unbrokenwordwithoutanyspaceinit" * 10


@pytest.fixture
def item(person: User, settings: Any, tmp_path: Path) -> Item:
    """A record with three photos."""
    settings.MEDIA_ROOT = tmp_path
    made = builders.item(builders.house(person), name=LONG, location=LONG[:200])
    for _ in range(3):
        photos.add(item=made, data=photo().read())
    return made


@pytest.fixture
def pages(item: Item, person: User) -> dict[str, str]:
    """The pages' addresses."""
    house = builders.house(person)
    wanted = bulk.Wanted(add_tags=["Sale", LONG[:100]])
    edit = bulk.apply(organization=house, uids=[item.pk], wanted=wanted, actor="").edit
    texts = {"file": f"title,name\nKind of Blue,{LONG}\n", "wrong file": "title,year\nA,59\n"}
    sheets = {
        name: Sheet.objects.create(organization=house, name=LONG[:200], text=text) for name, text in texts.items()
    }
    assert edit
    return {
        "item": f"/inventory/{item.public_id}/",
        "product": f"/products/{item.product.public_id}/",
        "add": "/inventory/add/?q=Nobody%20-%20Nothing",
        "details": "/inventory/add/details/?q=Nobody%20-%20Nothing",
        "changed together": f"/inventory/edit/{edit.public_id}/",
        "files": "/inventory/files/",
        **{name: f"/inventory/files/{sheet.public_id}/" for name, sheet in sheets.items()},
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit(opened: Opened, pages: dict[str, str], theme: str) -> None:
    page = opened(theme)
    assert {name: found for name, path in pages.items() if (found := faults(page, path))} == {}


def test_scanned_and_added_without_a_mouse(opened: Opened, shop: Shops, person: User) -> None:
    shop("discogs", listings=5)
    catalogue = shop.simulators["discogs"].site.catalogue  # type: ignore[attr-defined]
    release = next(one for one in catalogue.every() if one.barcode)
    page = opened("light", SIZES["phone"])
    page.goto("/inventory/add/")
    page.keyboard.type(release.barcode)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(release.title)
    page.get_by_role("radio", name="VG+").first.focus()
    page.keyboard.press("Space")
    page.get_by_label("Price").fill("12.50")
    page.keyboard.press("Enter")
    expect(page.get_by_text("was added. Next?")).to_be_visible()
    expect(page.get_by_label("Barcode, catalogue number or title")).to_be_focused()
    assert (Item.objects.get().price, Item.objects.get().condition_item) == (1250, "vg_plus")


def test_photos_are_dragged_and_moved_by_key(opened: Opened, item: Item) -> None:
    first, second, third = Image.objects.order_by("position")
    page = opened()
    page.goto(f"/inventory/{item.public_id}/")
    page.get_by_role("button", name="Move photo 1 one later").press("Enter")
    expect(page.locator("[data-key]").first).to_have_attribute("data-key", second.public_id)
    shots = page.locator("[data-key]")
    shots.nth(2).locator("img").drag_to(shots.nth(0).locator("img"))
    expect(page.locator("#photo-order input[name=photo]").first).to_have_value(third.public_id)
    expect(page.locator("[data-key]").first).to_have_attribute("data-key", third.public_id)
    page.reload()
    expect(page.locator("[data-key]").first).to_have_attribute("data-key", third.public_id)
    assert [*Image.objects.order_by("position")] == [third, second, first]


def test_many_are_ticked_and_changed(opened: Opened, item: Item) -> None:
    builders.item(item.organization, builders.product(item.organization, "Another"), sku="B")
    page = opened()
    page.goto("/inventory/")
    page.get_by_label("Choose every item shown").check()
    page.get_by_role("button", name="Change together").click()
    page.get_by_label("Location", exact=True).fill("Shelf 3")
    page.get_by_role("button", name="See what it does").click()
    page.get_by_role("button", name="Change 2 items").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert {*Item.objects.values_list("location", flat=True)} == {"Shelf 3"}
