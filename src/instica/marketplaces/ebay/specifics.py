"""Item specifics, which eBay also calls aspects: what they say of a record, and what a draft says in them; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instica.kit.types import Draft
from instica.marketplaces.ebay.words import CODES, GRADES, RECORD_GRADING, SLEEVE_GRADING, SLEEVES

LABELS = ("Record Label", "Label")
NUMBERS = ("Catalog Number", "Catalogue Number")
TITLES = ("Release Title", "Title")
FORMATS = ("Format", "Type", "Duration", "Record Size", "Speed")
LONGEST_NAME, LONGEST_VALUE = 40, 65


def told(rows: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The fields of a listing that specifics fill."""

    def first(*names: str) -> str:
        return next((rows[name][0] for name in names if rows.get(name)), "")

    year = first("Release Year")
    return {
        "artist": first("Artist"),
        "label": first(*LABELS),
        "catalog_number": first(*NUMBERS),
        "format": ", ".join(value for name in FORMATS if (value := first(name))),
        "year": int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        "condition_item": CODES.get(first(RECORD_GRADING), ""),
        "condition_container": CODES.get(first(SLEEVE_GRADING), ""),
    }


def wanted(draft: Draft) -> dict[str, list[str]]:
    """The specifics of a draft: its own, its grades, and artist and album out of a title like ``Artist - Album``."""
    given = draft.fields.get("aspects")
    rows = given if isinstance(given, Mapping) else {}
    found = {str(name): [str(each) for each in listed(values) if str(each)] for name, values in rows.items()}
    found = {name: values for name, values in found.items() if values}
    artist, dash, album = draft.title.partition(" - ")
    if dash:
        found.setdefault("Artist", [artist[:LONGEST_VALUE]])
        found.setdefault("Release Title", [album[:LONGEST_VALUE]])
    if draft.condition_item in GRADES:
        found[RECORD_GRADING] = [GRADES[draft.condition_item]]
    if draft.condition_container in SLEEVES:
        found[SLEEVE_GRADING] = [SLEEVES[draft.condition_container]]
    return found


def listed(values: object) -> list[object]:
    """One value or many, as a list."""
    return values if isinstance(values, list) else [values] if isinstance(values, (str, int, float)) else []


def too_long(rows: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of those that eBay would not take."""
    return [
        name for name, values in rows.items() if len(name) > LONGEST_NAME or any(len(v) > LONGEST_VALUE for v in values)
    ]
