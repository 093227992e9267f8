"""Changing an item and its product on their pages."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Picture

from instica.inventory.models import Cause, Image, Item, Move
from instica.inventory.services import move
from instica.people.models import User
from instica.web.item import promised
from tests import builders
from tests.web.test_import_pages import text


@pytest.fixture
def item(person: User, settings: Any, tmp_path: Path) -> Item:
    """A record with three pieces."""
    settings.MEDIA_ROOT = tmp_path
    made = builders.item(builders.house(person), quantity=0)
    move(item=made, delta=3, cause=Cause.PERSON, reference="first")
    return made


def address(item: Item, more: str = "") -> str:
    return f"/inventory/{item.public_id}/{more}"


def sent(ada: Client, item: Item, **changes: str) -> Any:
    """The details form as the page shows it, with changes."""
    form = ada.get(address(item)).context["form"]
    values = {name: "" if value is None else str(value) for name, value in form.initial.items()}
    return ada.post(address(item, "save/"), values | changes)


def photo() -> SimpleUploadedFile:
    target = io.BytesIO()
    Picture.new("RGB", (30, 20), "red").save(target, "JPEG")
    return SimpleUploadedFile("a.jpg", target.getvalue(), "image/jpeg")


def test_the_details_are_saved(ada: Client, item: Item) -> None:
    before = Item.objects.get()
    assert sent(ada, item)["Location"] == address(item)
    assert Item.objects.get().version == before.version
    sent(ada, item, price="12,5", currency="EUR", price_shipping="3", location="Shelf", status="draft", name="Signed")
    row = Item.objects.get()
    assert (row.price, row.currency, row.price_shipping, row.location, row.status, row.title) == (
        (1250, "EUR", 300, "Shelf", "draft", "Signed")
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"price": "cheap"}, "Write an amount such as 34.99."),
        ({"condition_item": "superb"}, "Select a valid choice."),
        ({"status": "listed"}, "Select a valid choice."),
        ({"sku": "TAKEN"}, "has this SKU."),
        ({"version": "99"}, "Somebody changed this item after you opened the page."),
    ],
)
def test_what_cannot_be_is_said_on_the_page(
    ada: Client, item: Item, person: User, changes: dict[str, str], said: str
) -> None:
    builders.item(builders.house(person), name="Other", sku="TAKEN")
    before = list(Item.objects.order_by("uid").values())
    answer = sent(ada, item, location="Shelf 9", **changes)
    assert (answer.status_code, said in text(answer.content)) == (400, True)
    assert b'value="Shelf 9"' in answer.content
    assert list(Item.objects.order_by("uid").values()) == before


def test_a_stale_form_is_said_once(ada: Client, item: Item) -> None:
    answer = sent(ada, item, version="99", location="Mine")
    values = {name: answer.context["form"][name].value() for name in answer.context["form"].fields}
    ada.post(address(item, "save/"), {name: value or "" for name, value in values.items()})
    assert Item.objects.get().location == "Mine"


def test_stock_is_changed_with_its_reason(ada: Client, item: Item, person: User) -> None:
    for how, pieces, note in (("take", "1", "Damaged"), ("add", "4", ""), ("count", "5", "Counted"), ("order", "", "")):
        answer = ada.post(address(item, "stock/"), {"how": how, "pieces": pieces, "note": note})
        assert answer["Location"] == address(item, "#stock")
    assert Item.objects.get().quantity is None
    words = text(ada.get(address(item)).content)
    assert "-1 Set by a person by Ada Damaged Then in stock: = 2" in words
    assert list(Move.objects.order_by("uid").values_list("delta", flat=True)) == [3, -1, 4, -1, -5]
    for how, pieces, said in (("take", "1", "made to order"), ("count", "", "Say how many."), ("add", "x", "whole")):
        answer = ada.post(address(item, "stock/"), {"how": how, "pieces": pieces})
        assert (answer.status_code, said in text(answer.content)) == (400, True)
    assert Move.objects.count() == 5


def test_pieces_that_orders_were_short_of_are_told() -> None:
    went = " 1 of it went to orders that were short of it."
    assert promised({"how": "add", "pieces": 3}, 2, 4) == went
    assert promised({"how": "count", "pieces": 1}, 0, 0) == went
    assert promised({"how": "count", "pieces": 1}, 0, 1) == ""
    assert promised({"how": "count", "pieces": 1}, None, 1) == ""
    assert promised({"how": "take", "pieces": 1}, 3, 2) == ""
    assert promised({"how": "order", "pieces": None}, 3, None) == ""


def test_photos_on_the_page(ada: Client, item: Item, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> None:
    ada.post(address(item, "photos/"), {"photos": [photo(), photo()]})
    first, second = Image.objects.order_by("position")
    page = ada.get(address(item)).content.decode()
    assert (f'src="/media/{first.file}"' in page, "Photo 1 of 2" in page) == (True, True)
    ada.post(address(item, f"photos/{second.public_id}/"), {"what": "earlier"})
    assert [*Image.objects.order_by("position")] == [second, first]
    ada.post(address(item, "photos/order/"), {"photo": [first.public_id, second.public_id]})
    assert [*Image.objects.order_by("position")] == [first, second]
    ada.post(address(item, f"photos/{first.public_id}/"), {"what": "describe", "alt": "The front"})
    assert "The front (opens the file" in ada.get(address(item)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(address(item, f"photos/{first.public_id}/"), {"what": "remove"})
    assert (Image.objects.get(), len(list(tmp_path.rglob("*.jpg")))) == (second, 1)
    for data in ({}, {"photos": SimpleUploadedFile("a.jpg", b"no picture")}):
        ada.post(address(item, "photos/"), data)
    assert Image.objects.count() == 1
    assert "This is not a JPEG" in text(ada.get(address(item)).content)


def test_deleting(ada: Client, item: Item) -> None:
    assert ada.post(address(item, "remove/"))["Location"] == "/inventory/"
    assert "was deleted. Its history is kept." in text(ada.get("/inventory/").content)
    assert ada.get(address(item)).status_code == 404
    assert Move.objects.count() == 1


def test_the_product(ada: Client, item: Item) -> None:
    product = item.product
    page = f"/products/{product.public_id}/"
    answer = ada.get(page)
    assert "Abbey Road - VG+" in text(answer.content)
    values = {name: "" if value is None else value for name, value in answer.context["form"].initial.items()}
    ada.post(f"{page}save/", values | {"title": "Abbey Rd", "tags": "rock, 1969, rock"})
    product.refresh_from_db()
    assert (product.tags, Item.objects.get().title) == (["rock", "1969"], "Abbey Rd - VG+")
    answer = ada.post(f"{page}save/", values | {"title": "Abbey", "year": "69"})
    assert (answer.status_code, "Write a year of four digits." in text(answer.content)) == (400, True)
    ada.post(f"{page}remove/")
    assert "Delete them first." in text(ada.get(page).content)
    ada.post(address(item, "remove/"))
    ada.post(f"{page}remove/")
    assert ada.get(page).status_code == 404


def test_who_opens_an_address_of_forms_is_led_back(ada: Client, item: Item) -> None:
    for more in ("save/", "stock/", "remove/", "photos/", "photos/order/"):
        assert ada.get(address(item, more)).status_code == 302
    assert Item.objects.get().version == item.version
