"""One change of many items: the preview writes nothing and tells the truth; undo spares what changed since."""

from __future__ import annotations

from typing import Any

import pytest

from instica.catalog.models import Product
from instica.inventory.models import Edit, Item
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, is_problem

PATH = "inventory/bulk/edit/"


@pytest.fixture
def three(api: Api) -> list[Item]:
    """Two priced records and one without a price; the second is in yen."""
    house = api.organization
    return [
        builders.item(house, builders.product(house, "A", tags=["Rock"]), sku="A", price=1005),
        builders.item(house, builders.product(house, "B"), sku="B", price=500, currency="JPY"),
        builders.item(house, builders.product(house, "C"), sku="C", price=None),
    ]


def edit(api: Api, items: list[Item], changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = api.post(PATH, {"uids": [item.public_id for item in items], "changes": changes, **more})
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def everything() -> list[Any]:
    return [*Item.objects.order_by("uid").values(), *Product.objects.order_by("uid").values(), Task.objects.count()]


CHANGES = {
    "price_item": {"percent": "-10"},
    "location": "Shelf 3",
    "add_tags": ["Sale", "rock"],
}


def test_the_preview_is_what_is_done_and_undone(api: Api, three: list[Item]) -> None:
    before = everything()
    shown = edit(api, three, CHANGES, preview=True)
    assert everything() == before
    assert [(each["status"], each["before"], each["after"]) for each in shown["results"]] == (
        [
            (
                "changed",
                {"price_item": "10.05", "location": None, "tags": ["Rock"]},
                {"price_item": "9.05", "location": "Shelf 3", "tags": ["Rock", "Sale"]},
            ),
            (
                "changed",
                {"price_item": "500.00", "location": None, "tags": None},
                {"price_item": "450.00", "location": "Shelf 3", "tags": ["Sale", "rock"]},
            ),
            ("refused", {}, {}),
        ]
    )
    assert shown["results"][2]["error"] == "It has no price to change."
    done = edit(api, three, CHANGES)
    assert done | {"uid": None} == shown
    assert [done[key] for key in ("changed", "unchanged", "refused")] == [2, 0, 1]
    assert list(Item.objects.order_by("sku").values_list("price", "location")) == (
        [(905, "Shelf 3"), (450, "Shelf 3"), (None, "")]
    )
    assert api.get("products/?tags=sale").json()["count"] == 2
    assert Product.objects.get(title="A").price_low == 905
    api.call("PATCH", f"inventory/{three[1].public_id}/", {"location": "Shelf 9"})
    undo = f"{PATH}{done['uid']}/undo/"
    assert api.post(undo).json() == {"uid": done["uid"], "restored": 1, "kept": 1}
    assert list(Item.objects.order_by("sku").values_list("price", "location")) == (
        [(1005, ""), (450, "Shelf 9"), (None, "")]
    )
    assert list(Product.objects.order_by("title").values_list("tags", flat=True)) == [["Rock"], ["Sale", "rock"], []]
    is_problem(api.post(undo), 409, "undone_already")


def test_the_same_again_changes_nothing(api: Api, three: list[Item]) -> None:
    changes = {"price_item": {"set": "7.00"}, "remove_tags": ["ROCK"], "condition_item": "vg"}
    assert edit(api, three, changes)["changed"] == 3
    before = everything()
    again = edit(api, three, changes)
    assert (again["uid"], again["unchanged"], everything() == before) == (None, 3, True)


def test_what_is_listed_keeps_its_status(api: Api, three: list[Item], strange: Api) -> None:
    Item.objects.filter(sku="A").update(status="listed")
    theirs = builders.item(strange.organization)
    body = edit(api, [*three, theirs], {"status": "archived"})
    assert [(each["status"], each["error_code"]) for each in body["results"]] == (
        [("refused", "item_listed"), ("changed", None), ("changed", None), ("not_found", "not_found")]
    )
    theirs.refresh_from_db()
    assert (theirs.status, theirs.version) == ("ready-to-sell", 1)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({}, "#/changes"),
        ({"price_item": {}}, "#/changes/price_item"),
        ({"price_item": {"set": "1.00", "percent": "5"}}, "#/changes/price_item"),
        ({"price_item": {"percent": "5.123"}}, "#/changes/price_item/percent"),
        ({"quantity": 5}, "#/changes/quantity"),
    ],
)
def test_what_cannot_be_asked(api: Api, three: list[Item], changes: dict[str, Any], pointer: str) -> None:
    body = is_problem(api.post(PATH, {"uids": [three[0].public_id], "changes": changes}), 400)
    assert body["errors"][0]["pointer"] == pointer
    assert Edit.objects.count() == 0


def test_a_price_never_falls_below_nothing(api: Api, three: list[Item]) -> None:
    body = edit(api, three[:2], {"price_item": {"amount": "-10.04"}})
    assert [each["after"] for each in body["results"]] == [{"price_item": "0.01"}, {"price_item": "490.00"}]
    body = edit(api, three[:2], {"price_item": {"percent": "-150"}})
    assert [each["status"] for each in body["results"]] == ["refused", "refused"]
