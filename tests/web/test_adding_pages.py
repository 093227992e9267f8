"""Adding by hand, changing many, and files, on the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from instica.catalog.models import Product
from instica.inventory.models import Edit, Image, Item, Move, Sheet
from instica.people.models import User
from tests import builders
from tests.shops import Shops
from tests.web.test_import_pages import text
from tests.web.test_item_pages import photo

HOW = {"condition_item": "vg_plus", "condition_container": "vg", "price": "12.50", "currency": "EUR", "quantity": "2"}


@pytest.fixture
def release(shop: Shops) -> Any:
    """A release that only one barcode has."""
    shop("discogs", listings=5)
    catalogue = shop.simulators["discogs"].site.catalogue  # type: ignore[attr-defined]
    return next(one for one in catalogue.every() if one.barcode)


def test_scanned_graded_added_and_the_next(
    ada: Client, release: Any, settings: Any, tmp_path: Path, person: User
) -> None:
    settings.MEDIA_ROOT = tmp_path
    chosen = ada.get(f"/inventory/add/?q={release.barcode}")
    assert chosen.status_code == 302, "one answer: straight on"
    page = ada.get(chosen["Location"])
    assert release.title in text(page.content)
    what = {f"what-{name}": value or "" for name, value in page.context["what"].initial.items()}
    done = ada.post("/inventory/add/details/", {**what, **HOW, "location": "Shelf 3", "photos": [photo(), photo()]})
    assert done["Location"] == "/inventory/add/"
    item = Item.objects.get()
    assert (item.price, item.currency, item.quantity, item.product.release) == (1250, "EUR", 2, f"discogs:{release.id}")
    assert (item.product.barcode, item.product.year, Image.objects.count()) == (release.barcode, release.year, 2)
    assert Move.objects.get().actor == person.public_id
    assert "was added. Next?" in text(ada.get("/inventory/add/").content)
    again = ada.get(f"/inventory/add/?q={release.barcode}")
    assert "You have this already" in text(again.content)
    likely = ada.get(f"/inventory/add/details/?product={item.product.public_id}").context["how"].initial
    assert likely == {"currency": "EUR", "location": "Shelf 3", "condition_container": "vg", "quantity": 1}
    ada.post("/inventory/add/details/", {**HOW, "product": item.product.public_id})
    assert (Item.objects.count(), Product.objects.get().items_total) == (2, 2)


def test_several_answers_are_chosen_from(ada: Client, release: Any) -> None:
    page = ada.get(f"/inventory/add/?q={release.artist} - {release.title}")
    assert (page.status_code, f"release=discogs:{release.id}" in page.content.decode()) == (200, True)


def test_typed_in_without_a_shop(ada: Client, person: User) -> None:
    page = ada.get("/inventory/add/?q=Nobody+-+Nothing")
    assert "Connect a Discogs shop to search its database." in text(page.content)
    form = ada.get("/inventory/add/details/?q=Nobody+-+Nothing").context["what"]
    assert (form["title"].value(), form["artist"].value()) == ("Nothing", "Nobody")
    answer = ada.post("/inventory/add/details/", {**HOW, "what-title": "", "price": "x"})
    assert (answer.status_code, Item.objects.count()) == (400, 0)
    assert [list(answer.context[name].errors) for name in ("how", "what")] == [["price"], ["title"]], (
        "all of it at once"
    )
    evil = {"what-title": "Nothing", "what-image": "https://evil.example/a.jpg"}
    ada.post("/inventory/add/details/", {**HOW, **evil})
    assert (Product.objects.get().title, Product.objects.get().image) == ("Nothing", "")


def test_a_bad_photo_does_not_lose_the_item(ada: Client, person: User, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    bad = SimpleUploadedFile("a.jpg", b"no picture")
    answer = ada.post("/inventory/add/details/", {**HOW, "what-title": "Nothing", "photos": [photo(), bad]})
    assert answer["Location"] == f"/inventory/{Item.objects.get().public_id}/"
    assert "not all photos: This is not a JPEG" in text(ada.get(answer["Location"]).content)
    assert Image.objects.count() == 1


def test_many_are_changed_and_put_back(ada: Client, person: User) -> None:
    house = builders.house(person)
    items = [builders.item(house, builders.product(house, name), sku=name, price=1000) for name in "AB"]
    chosen = {"item": [item.public_id for item in items]}
    assert "Change 2 items" in text(ada.post("/inventory/edit/", chosen).content)
    asked = {**chosen, "how": "up", "by": "10", "location": "Shelf 3", "stage": "preview"}
    words = text(ada.post("/inventory/edit/", asked).content)
    assert "2 would change" in words
    assert "Price $10.00 → $11.00" in words
    assert set(Item.objects.values_list("price", flat=True)) == {1000}
    done = ada.post("/inventory/edit/", asked | {"stage": "apply"})
    assert set(Item.objects.values_list("price", "location")) == {(1100, "Shelf 3")}
    assert "2 changed" in text(ada.get(done["Location"]).content)
    ada.post(f"{done['Location']}undo/")
    assert set(Item.objects.values_list("price", "location")) == {(1000, "")}
    assert "2 put back." in text(ada.get("/inventory/").content)
    everything = {"all_matching": "on", "search": "a", "how": "set", "by": "5", "stage": "apply"}
    ada.post("/inventory/edit/", everything)
    assert sorted(Item.objects.values_list("price", flat=True)) == [500, 500]


@pytest.mark.parametrize(
    ("asked", "said"),
    [({}, "Nothing would change"), ({"how": "set"}, "Say how much."), ({"by": "3"}, "Say what to do with it")],
)
def test_a_change_of_nothing_is_none(ada: Client, person: User, asked: dict[str, str], said: str) -> None:
    item = builders.item(builders.house(person))
    answer = ada.post("/inventory/edit/", {"item": item.public_id, "stage": "apply", **asked})
    assert (answer.status_code, said in text(answer.content), Edit.objects.count()) == (400, True, 0)
    assert ada.post("/inventory/edit/", {"stage": "apply", **asked})["Location"] == "/inventory/"


def test_a_file_is_looked_at_then_taken_in(ada: Client, person: User) -> None:
    def bring(data: bytes) -> Any:
        return ada.post("/inventory/files/", {"file": SimpleUploadedFile("mine.csv", data)})

    assert "no column 'name of it'" in text(bring(b"name of it\nx\n").content)
    wrong = ada.get(bring(b"title,year\nA,59\n")["Location"])
    assert "2 year Write a year of four digits." in text(wrong.content)
    place = bring(b"title,price_item\nKind of Blue,12.50\n")["Location"]
    assert "1 new items, 0 changed" in text(ada.get(place).content)
    assert (Item.objects.count(), Sheet.objects.count()) == (0, 2)
    ada.post(f"{place}take/")
    assert Item.objects.get().price == 1250
    assert (ada.get(place).status_code, Sheet.objects.count()) == (404, 1)
    file = b"".join(ada.get("/inventory/files/catalogue.csv").streaming_content)
    assert file.startswith(b"\xef\xbb\xbfitem_uid,product_uid,title")
    assert "Everything is so already" in text(ada.get(bring(file)["Location"]).content)
    ledger = b"".join(ada.get("/inventory/files/ledger.csv").streaming_content).decode()
    assert (ledger.count("\n"), ",1,person," in ledger) == (2, True)
