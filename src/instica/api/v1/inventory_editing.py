"""One change of many items: what it would do, doing it, and undoing it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.v1.inventory_fields import POINTERS, Amount, Code, Container, Grade
from instica.core import ids
from instica.core.money import two_places
from instica.inventory import bulk
from instica.inventory.bulk import MOST, WAYS, Line, Rule, Wanted
from instica.inventory.editing import AMOUNTS
from instica.inventory.models import Item
from instica.people.validation import fault

Signed = Annotated[str, Field(pattern=r"^[+-]?\d{1,8}(\.\d{1,2})?$", examples=["-10"])]
Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=50)]


class AmountChange(Body):
    """One of the three."""

    set: Amount | None = Field(None, description="The new amount.")
    amount: Signed | None = Field(None, description="So much more, or with `-` less.")
    percent: Signed | None = Field(None, description="So many percent more, or with `-` less.")


class BulkChanges(Body):
    """What shall change; what is not named stays."""

    price_item: AmountChange | None = None
    price_shipping: AmountChange | None = None
    expected_sale_price: AmountChange | None = None
    status: Code | None = None
    location: Annotated[str, Field(max_length=200)] | None = None
    condition_item: Grade | None = None
    condition_container: Container | None = None
    manual_description: Annotated[str, Field(max_length=50_000)] | None = None
    add_tags: Tags = Field([], description="Tags for the items' products.")
    remove_tags: Tags = []


class BulkEdit(Body):
    """Which items, and what shall change."""

    uids: Annotated[list[str], Field(min_length=1, max_length=MOST)]
    changes: BulkChanges
    preview: bool = Field(False, description="true shows what would change and writes nothing.")


class BulkLine(BaseModel):
    """What became of one item."""

    uid: str
    title: str | None
    status: str = Field(description="`changed`, `unchanged`, `refused` or `not_found`.")
    before: dict[str, Any] = Field(description="The fields that differ, as they were.")
    after: dict[str, Any] = Field(description="And as they are.")
    error: str | None
    error_code: str | None


class BulkEdited(BaseModel):
    """What became of all."""

    uid: str | None = Field(description="The change; undo it by this. Null when nothing was written.")
    changed: int
    unchanged: int
    refused: int
    results: list[BulkLine]


class BulkUndone(BaseModel):
    """How many items were put back, and how many were kept since somebody changed them meanwhile."""

    uid: str
    restored: int
    kept: int


def wanted(changes: BulkChanges) -> Wanted:
    """What was asked. Raises ``Invalid`` when it is nothing, or an amount in two ways."""
    if not changes.model_fields_set:
        raise fault("Say what shall change.", "changes")
    amounts, fields = {}, {}
    columns = {shown: column for column, shown in AMOUNTS.items()}
    names = {name: column for column, name in POINTERS.items()} | columns
    for name in changes.model_fields_set - {"add_tags", "remove_tags"}:
        value = getattr(changes, name)
        if name in columns:
            if value is not None:
                amounts[columns[name]] = rule(name, value)
        else:
            fields[names.get(name, name)] = value or ""
    return Wanted(amounts, fields, changes.add_tags, changes.remove_tags)


def rule(name: str, change: AmountChange) -> Rule:
    """How an amount changes."""
    given = {how: value for how in WAYS if (value := getattr(change, how)) is not None}
    if len(given) != 1:
        raise fault("Say one of set, amount, percent.", f"changes/{name}")
    how, value = next(iter(given.items()))
    return Rule(how, Decimal(value))


def side(item: Item, values: Any) -> dict[str, Any]:
    """Fields in the API's words."""
    found = {}
    for column, value in values.items():
        shown = value or None
        if column in AMOUNTS and value is not None:
            shown = two_places(value, item.currency)
        found[POINTERS.get(column, column)] = shown
    return found


def line(row: Line) -> dict[str, Any]:
    """A line as the API shows it."""
    return {
        "uid": row.item.public_id,
        "title": row.item.title,
        "status": row.word,
        "before": side(row.item, row.before),
        "after": side(row.item, row.after),
        "error": row.refusal.detail if row.refusal else None,
        "error_code": (row.refusal.code or None) if row.refusal else None,
    }


def missing(uid: str) -> dict[str, Any]:
    """The line of an item nobody here has."""
    gone = {"status": "not_found", "error": "There is no such inventory item.", "error_code": "not_found"}
    return {"uid": uid, "title": None, "before": {}, "after": {}} | gone


class BulkEdits(Endpoint):
    """Changes of many items."""

    @operation("inventory_bulk_edit", "Change many items", scope="inventory", answer=BulkEdited, body=BulkEdit)
    def post(self, call: Call) -> object:
        """With `preview` nothing is written. An item that cannot be changed so stays as it is and holds up no other."""
        body = call.read(BulkEdit)
        asked = wanted(body.changes)
        known = {text: uid for text in body.uids if (uid := ids.read(Item.prefix, text))}
        house = call.organization
        if body.preview:
            done = bulk.Done(bulk.preview(organization=house, uids=list(known.values()), wanted=asked))
        else:
            actor = call.user.public_id
            done = bulk.apply(organization=house, uids=list(known.values()), wanted=asked, actor=actor)
        found = {row.item.public_id: line(row) for row in done.lines}
        results = [found.get(uid) or missing(uid) for uid in dict.fromkeys(body.uids)]
        words = [each["status"] for each in results]
        return {
            "uid": done.edit.public_id if done.edit else None,
            "changed": words.count("changed"),
            "unchanged": words.count("unchanged"),
            "refused": len(words) - words.count("changed") - words.count("unchanged"),
            "results": results,
        }


class BulkUndo(Endpoint):
    """Undoing one."""

    @operation("inventory_bulk_undo", "Undo a change of many items", scope="inventory", answer=BulkUndone)
    def post(self, call: Call, uid: str) -> object:
        """Items that somebody changed since are kept as they are."""
        restored, kept = bulk.undo(edit=bulk.get(call.organization, uid))
        return {"uid": uid, "restored": restored, "kept": kept}
