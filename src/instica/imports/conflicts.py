"""What should become of a found offer: a verdict with its evidence, and where two sides differ. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from instica.core import ids
from instica.imports.found import Found, completed
from instica.imports.match import Candidate, same_title

Action = Literal["create", "link", "update", "same", "conflict", "skip", "fail"]
Values = Mapping[str, Any]
WORDING = {
    "sku": ("duplicate_sku", "SKU matches existing item {}"),
    "barcode": ("duplicate_barcode", "Barcode matches existing item {}"),
    "release": ("possible_duplicate", "Same release and grade as existing item {}"),
    "title": ("possible_duplicate", "Title is close to existing item {}"),
}
TWIN = "SKU is also on listing {} of this shop"
FIELDS = ("title", "price", "currency", "condition_item", "condition_container", "description", "location", "sku")


class Standing(NamedTuple):
    """An offer of this shop that we know: what was last read there, and the item behind it as it is now."""

    listing: uuid.UUID
    offer: uuid.UUID
    print: str
    there: Values
    """What was last read: currency, price, quantity, sku, options."""
    page: Values
    item: uuid.UUID | None
    ours: Values
    """The item's fields now."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a row, and why."""

    action: Action
    item: uuid.UUID | None = None
    conflict: str = ""
    details: str = ""
    code: str = ""
    evidence: dict[str, Any] | None = field(default=None)


CREATE = Verdict("create")


def judge(
    found: Found, known: Standing | None, could_be: Sequence[Candidate], twin: str = "", *, came_before: bool = False
) -> Verdict:
    """The verdict on one offer. ``twin`` is another listing of the same shop with the same SKU: nothing is linked by
    it, and nothing made if it ``came_before``."""
    if found.fault:
        return Verdict("fail", code=found.fault[0], details=found.fault[1])
    if known and known.item:
        return _again(found, known, could_be)
    if found.seen in {"ended", "sold_out", "absent"}:
        return Verdict("skip", details=f"Not for sale there: {found.page.get('status') or found.seen}")
    if came_before:
        only = could_be[0].item.uid if len(could_be) == 1 else None
        evidence = told(could_be) if could_be else {"on": "sku", "strength": 100, "twin": twin}
        return Verdict("conflict", only, "duplicate_sku", TWIN.format(twin), evidence=evidence)
    if not could_be:
        return CREATE
    return _against(found, could_be, twin)


def _against(found: Found, could_be: Sequence[Candidate], twin: str) -> Verdict:
    first = could_be[0]
    evidence = told(could_be)
    if len(could_be) > 1:
        details = f"{len(could_be)} items match by {first.on}"
        return Verdict("conflict", None, "ambiguous_match", details, evidence=evidence)
    item = first.item
    same_grade = item.grade == found.page.get("condition_item", "")
    twin = item.here or (twin if first.on == "sku" else "")
    if first.on == "sku" and not twin and same_grade and same_title(found, item):
        return Verdict("link", item.uid, evidence=evidence)
    conflict, wording = WORDING[first.on]
    if twin:
        return Verdict("conflict", item.uid, conflict, TWIN.format(twin), evidence=evidence)
    return Verdict("conflict", item.uid, conflict, wording.format(public(item.uid)), evidence=evidence)


def _again(found: Found, known: Standing, could_be: Sequence[Candidate]) -> Verdict:
    """A listing we know: same, changed there, or changed on both sides."""
    others = [one for one in could_be if one.on == "sku" and one.item.uid != known.item]
    if others and found.sku != known.there["sku"]:
        details = f"This listing belongs to {public(known.item)}, its SKU to {public(others[0].item.uid)}"
        return Verdict("conflict", others[0].item.uid, "already_linked", details, evidence=told(others))
    found, theirs = completed(found, known.page), there(found)
    if known.print == found.print and all(known.there[name] == theirs[name] for name in known.there):
        return Verdict("same", known.item)
    differences = changes(found, known)
    both = [one["field"] for one in differences if one["ours_changed"]]
    evidence = {"on": "ref", "strength": 100, "differences": differences}
    if both:
        details = f"Changed here and there since the last import: {', '.join(both)}"
        return Verdict("conflict", known.item, "changed_both_sides", details, evidence=evidence)
    return Verdict("update", known.item, evidence=evidence)


def there(found: Found) -> dict[str, Any]:
    """What an offer's row keeps of what was read."""
    return {
        "currency": found.currency,
        "price": found.price,
        "quantity": found.quantity,
        "sku": found.sku,
        "options": found.offer.get("options", {}),
    }


def changes(found: Found, known: Standing) -> list[dict[str, Any]]:
    """The fields of an item that changed there since they were last read, and whether they also changed here."""
    before = fields(known.page, known.there)
    now = fields(found.page, there(found))
    return [
        {
            "field": name,
            "before": before[name],
            "theirs": now[name],
            "ours": known.ours[name],
            "ours_changed": known.ours[name] not in (before[name], now[name]),
        }
        for name in FIELDS
        if before[name] != now[name] and known.ours[name] != now[name]
    ]


def differences(found: Found, ours: Values) -> list[dict[str, Any]]:
    """Both sides field by field where they differ, for a person to choose."""
    theirs = fields(found.page, there(found)) | {"quantity": found.quantity}
    return [
        {"field": name, "theirs": theirs[name], "ours": ours[name]}
        for name in (*FIELDS, "quantity")
        if theirs[name] != ours[name]
    ]


def fields(page: Values, offer: Values) -> dict[str, Any]:
    """What an item takes from a page and its offer."""
    return {
        "title": page.get("title", ""),
        "price": offer["price"],
        "currency": offer["currency"],
        "condition_item": page.get("condition_item", ""),
        "condition_container": page.get("condition_container", ""),
        "description": page.get("description", ""),
        "location": page.get("location", ""),
        "sku": offer["sku"],
    }


def told(could_be: Sequence[Candidate]) -> dict[str, Any]:
    """Candidates as evidence."""
    first = could_be[0]
    return {
        "on": first.on,
        "strength": first.strength,
        "candidates": [
            {"item": public(one.item.uid), "on": one.on, "strength": one.strength, "title": one.item.title}
            for one in could_be[:20]
        ],
    }


def public(uid: uuid.UUID | None) -> str:
    """An item's public id."""
    return ids.show("inv", uid) if uid else ""
