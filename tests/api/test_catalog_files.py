"""The whole catalogue as CSV and back: exact, harmless in a spreadsheet, and taken in once."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from instica.catalog.models import Label, Product
from instica.inventory import services
from instica.inventory.models import Cause, Image, Item, Move, Tally
from instica.inventory.queries import unexplained_balances
from instica.inventory.sheets import cells
from instica.inventory.sheets.columns import NAMES
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, is_problem
from tests.rules.test_tenants import everything as all_rows

NOON = dt.datetime(2026, 2, 15, 12, 0, 0, 123456, tzinfo=dt.UTC)
NASTY = [
    "=1+1",
    "'=1+1",
    "''quoted",
    "'70s",
    "+49 30",
    "-5",
    "@me",
    "\tindented",
    "＝full",
    'a "quoted", text;\twith all',
    "two\nlines\r\nand\rmore",
    "a|b\\c|",
    "مرحبا 😀",
    "'",
]


def everything() -> dict[str, Any]:
    """All rows of all tables, but when a key was last used."""
    return {table: rows for table, rows in all_rows().items() if table != "people.ApiToken"}


def exported(api: Api, file: str = "csv") -> str:
    answer = api.get(f"catalog/export/?file={file}")
    assert (answer.status_code, answer.streaming) == (200, True)
    return b"".join(answer.streaming_content).decode()


def send(api: Api, text: str | bytes, query: str = "") -> Any:
    data = text.encode() if isinstance(text, str) else text
    headers = {"Authorization": f"Bearer {api.token}"}
    file = SimpleUploadedFile("a.csv", data, "text/csv")
    return Client(raise_request_exception=False).post(
        f"/api/v1/catalog/import/{query}", {"file": file}, headers=headers
    )


def taken(api: Api, text: str) -> dict[str, int]:
    answer = send(api, text)
    assert answer.status_code == 200, answer.content
    return {name: value for name, value in answer.json().items() if isinstance(value, int) and value}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def changed(text: str, number: int, **cells: str) -> str:
    """The file with other cells in one of its lines."""
    rows = table(text)
    rows[number] |= cells
    return written(rows)


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def full(api: Api) -> str:
    """The export of a house with one of everything a catalogue can hold."""
    house = api.organization
    for number, text in enumerate(NASTY):
        label = Label.objects.create(organization=house, name=f"{text.strip()} {number}")
        product = builders.product(
            house, f"{text} {number}", text.strip() or "X", label=label, description=text, license_notes=text,
            tags=[text.strip(), "jazz"], year=1959, release=f"discogs:{number}", image="/media/photos/a/b.jpg",
            created=NOON + dt.timedelta(seconds=number),
        )  # fmt: skip
        item = builders.item(
            house, product, name=None if number % 2 else text, description=text, location=text, sku=text,
            quantity=0, currency="JPY" if number % 3 else "EUR", price=number or None, price_expected=700,
            barcode="0123", barcode_type="ean13", created=NOON, status="received",
        )  # fmt: skip
        services.move(item=item, delta=number, cause=Cause.PERSON, reference=f"n{number}", note=text)
        Image.objects.create(organization=house, item=item, url="https://i.example/1.jpg", alt=text, position=0)
        Image.objects.create(organization=house, item=item, url="https://i.example/a|b.jpg", position=1)
        Item.objects.filter(pk=item.pk).update(image="https://i.example/1.jpg")
    second = builders.item(house, Product.objects.earliest("created"), quantity=None, name="Second", sku="")
    sold = builders.item(house, Product.objects.latest("created"), quantity=0, name="Sold", status="sold")
    builders.item(house, second.product, quantity=None, name="Listed", status="listed")
    builders.product(house, "Without items", created=NOON)
    Item.objects.filter(images=None).update(image="/media/photos/a/b.jpg")
    services.recount(organization=house)
    assert sold.product_id != second.product_id
    return exported(api)


def comparable(api: Api) -> tuple[list[Any], list[Any]]:
    """Everything of a house but its ids and what follows from where it is listed."""
    of_item = (
        "name title condition_item condition_container grade quantity currency price price_shipping price_expected"
    )
    of_item += " sku description barcode barcode_type location image created product__title product__artist__name"
    of_product = "title type artist__name label__name catalog_number release barcode format year tags description"
    of_product += " license_type license_notes image items_total items_available price_low created"
    items = Item.objects.filter(organization=api.organization)
    images = [
        list(item.images.order_by("position").values_list("url", "alt", "position")) for item in items.order_by("title")
    ]
    products = Product.objects.filter(organization=api.organization).order_by("title")
    return [*items.order_by("title").values_list(*of_item.split()), images], list(
        products.values_list(*of_product.split())
    )


def test_into_an_empty_house_and_again(api: Api, strange: Api, full: str) -> None:
    count = len(NASTY)
    assert len(table(full)) == count + 4
    shown = send(strange, full, "?preview=true").json()
    assert [shown[key] for key in ("items_created", "products_created", "errors")] == [count + 3, count + 1, []]
    assert not Item.objects.filter(organization=strange.organization).exists()
    assert taken(strange, full) == {"rows": count + 4, "items_created": count + 3, "products_created": count + 1}
    assert comparable(strange) == comparable(api)
    assert Tally.objects.get(organization=strange.organization).items == count + 3
    assert unexplained_balances() == 0
    for house, text in ((strange, full), (strange, exported(strange)), (api, full)):
        before = everything()
        assert taken(house, text) == {"rows": count + 4, "unchanged": count + 4}
        assert everything() == before
    ids = ("item_uid", "product_uid", "stock_at_export", "status")
    copies = [
        sorted([{k: v for k, v in row.items() if k not in ids} for row in table(text)], key=str)
        for text in (full, exported(strange))
    ]
    assert copies[0] == copies[1]


def test_a_fresh_installation_keeps_the_ids(api: Api, full: str) -> None:
    for model in (Move, Image, Item, Product):
        model._base_manager.all().delete()
    services.recount(organization=api.organization)
    taken(api, full)
    ids = [(row["item_uid"], row["product_uid"]) for row in table(full)]
    assert sorted((row["item_uid"], row["product_uid"]) for row in table(exported(api))) == sorted(ids)


def test_no_cell_is_a_formula(full: str) -> None:
    for row in csv.reader(io.StringIO(full, newline="")):
        assert [cell for cell in row if cell[:1] in cells.FORMULA] == []


@pytest.mark.parametrize("text", ["", *NASTY, "'", "''", "'x", "'''=", "a'"])
def test_a_guarded_text_comes_back(text: str) -> None:
    assert cells.unguarded(cells.guarded(text)) == text
    assert cells.parted(cells.joined([text, "b"])) == [text, "b"]


def test_what_differs_is_changed(api: Api, full: str) -> None:
    first = table(full)[1]
    edited = changed(full, 1, price_item="12.00", location="Shelf", product_barcode="99")
    done = send(api, edited).json()
    assert (done["items_changed"], done["products_changed"], done["unchanged"]) == (1, 1, len(NASTY) + 3)
    assert [(each["line"], each["action"], each["columns"]) for each in done["changes"]] == (
        [(3, "change", ["product_barcode", "price_item", "location"])]
    )
    item = api.get(f"inventory/{first['item_uid']}/").json()
    assert (item["price_item"], item["location"]) == ("12.00", "Shelf")
    assert taken(api, edited)["unchanged"] == len(NASTY) + 4


def test_stock_is_a_difference_to_what_was_exported(api: Api) -> None:
    item = builders.item(api.organization, quantity=0)
    services.move(item=item, delta=3, cause=Cause.PERSON, reference="first")
    text = exported(api)
    services.move(item=item, delta=-2, cause=Cause.SALE, reference="line")
    assert taken(api, text) == {"rows": 1, "unchanged": 1}
    more = changed(text, 0, quantity="5")
    for _ in range(2):
        send(api, more)
        item.refresh_from_db()
        assert item.quantity == 3
    assert [*item.moves.order_by("uid").values_list("delta", "note")] == [(3, ""), (-2, ""), (2, "From a file")]
    body = is_problem(send(api, changed(exported(api), 0, quantity="0", stock_at_export="9@none")), 400)
    assert body["lines"] == [{"line": 2, "column": "quantity", "detail": "Only 3 are left; 9 cannot be taken away."}]
    item.refresh_from_db()
    assert item.quantity == 3
    taken(api, changed(exported(api), 0, quantity="unlimited"))
    item.refresh_from_db()
    assert (item.quantity, unexplained_balances()) == (None, 0)


def test_a_file_written_by_hand(api: Api) -> None:
    text = "Title;artist;price_item;quantity;manual_sku\r\nKind of Blue;Davis;12.5;2;K-1\r\nBlue Train;;9;;\r\n\r\n"
    assert taken(api, "\ufeff" + text) == {"rows": 2, "items_created": 2, "products_created": 2}
    found = Item.objects.order_by("title").values_list("title", "price", "quantity", "currency", "status")
    assert list(found) == (
        [("Blue Train", 900, 1, "USD", "ready-to-sell"), ("Kind of Blue", 1250, 2, "USD", "ready-to-sell")]
    )
    sold = Item.objects.get(sku="K-1")
    services.move(item=sold, delta=-1, cause=Cause.SALE, reference="line")
    before = everything()
    assert taken(api, text) == {"rows": 2, "unchanged": 2}
    assert everything() == before


WRONG = [
    ("title\nA\nA,B\n", 3, None, "This line has 2 cells, the first has 1."),
    ("title,year\nA,59\n", 2, "year", "Write a year of four digits."),
    ("title,price_item\nA,cheap\n", 2, "price_item", "Write an amount such as 34.99."),
    ("title,price_item,currency\nA,1.50,JPY\n", 2, "price_item", "JPY has no such fraction."),
    ("title,currency\nA,XXX\n", 2, "currency", "Unknown currency. Write its three letters, such as USD."),
    ("title,quantity\nA,-1\n", 2, "quantity", "Write how many there are, or unlimited."),
    ('title,manual_sku\n"A\nB",1\n,2\n', 4, "title", "This field cannot be blank."),
    ("title,condition_item\nA,superb\n", 2, "condition_item", None),
    ("title,item_uid\nA,inv_1\n", 2, "item_uid", None),
    ("title,images\nA,javascript:alert(1)\n", 2, "images", None),
    ("title,manual_sku\nA,1\nB,1\n", 3, "manual_sku", "Line 2 is about the same item."),
    ("title,quantity\nA,1\nA,1\n", 3, None, "Line 2 is about the same item."),
    (
        "title,release,name\nA,discogs:1,x\nB,discogs:1,y\n",
        3,
        "title",
        "Line 2 says something else of this product.",
    ),
]


@pytest.mark.parametrize(("text", "line", "column", "detail"), WRONG)
def test_a_wrong_line_holds_back_all(api: Api, text: str, line: int, column: str | None, detail: str | None) -> None:
    shown = send(api, text, "?preview=true").json()["errors"]
    body = is_problem(send(api, text), 400, "sheet_invalid")
    assert body["lines"] == shown
    assert [(each["line"], each["column"]) for each in shown] == [(line, column)]
    assert detail in (None, shown[0]["detail"])
    assert (Item.objects.count(), Product.objects.count(), Move.objects.count(), Task.objects.count()) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_sheet"),
        (b"name\nx\n", "not_a_sheet"),
        (b"title,title\nx,y\n", "not_a_sheet"),
        (b"title,password\nx,y\n", "not_a_sheet"),
        ("title\ncafé\n".encode("latin-1"), "not_a_sheet"),
        (b"title\nA\x00B\n", "not_a_sheet"),
        (b'title\n"open', "not_a_sheet"),
        (b"title\n" + b"x" * 140_000, "not_a_sheet"),
        (b"title\n" + b"x\n" * 10_001, "file_too_large"),
    ],
)
def test_what_is_no_sheet(api: Api, data: bytes, code: str) -> None:
    is_problem(send(api, data), 400, code)
    assert Product.objects.count() == 0


def test_anothers_ids_are_not_touched(api: Api, strange: Api) -> None:
    theirs = builders.item(api.organization, name="Theirs")
    text = f"item_uid,product_uid,title,name\n{theirs.public_id},{theirs.product.public_id},Mine,Mine\n"
    assert taken(strange, text) == {"rows": 1, "items_created": 1, "products_created": 1}
    theirs.refresh_from_db()
    assert (theirs.name, theirs.organization, theirs.product.title) == ("Theirs", api.organization, "Abbey Road")
    mine = Item.objects.get(organization=strange.organization)
    assert (mine.pk != theirs.pk, mine.product_id != theirs.product_id) == (True, True)


def test_deleted_items_stay_deleted(api: Api) -> None:
    builders.item(api.organization, status="ready-to-sell")
    text = exported(api)
    api.call("DELETE", f"inventory/{table(text)[0]['item_uid']}/")
    assert taken(api, text) == {"rows": 1, "skipped": 1}
    assert Item.objects.count() == 0


def test_the_ledger_for_ever(api: Api, strange: Api) -> None:
    item = builders.item(api.organization, quantity=0)
    services.move(item=item, delta=3, cause=Cause.PERSON, reference="first", actor="=ada", note="Found")
    services.move(item=item, delta=-3, cause=Cause.SALE, reference="line")
    uid = item.public_id
    Item._base_manager.filter(pk=item.pk).delete()
    rows = table(b"".join(api.get("catalog/moves/").streaming_content).decode())
    assert [(row["item_uid"], row["delta"], row["cause"], row["reason"], row["actor"]) for row in rows] == (
        [(uid, "3", "person", "Found", "'=ada"), (uid, "'-3", "sale", "", "")]
    )
    lines = b"".join(api.get("catalog/moves/?file=ndjson").streaming_content).decode().splitlines()
    assert [json.loads(line)["delta"] for line in lines] == ["3", "-3"]
    assert b"".join(strange.get("catalog/moves/").streaming_content).count(b"\n") == 1
    builders.product(api.organization, "Without items")
    first = json.loads(exported(api, "ndjson").splitlines()[0])
    assert list(first) == list(NAMES)
