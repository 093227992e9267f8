"""What a listing on Etsy chooses from: the shop's own settings and Etsy's categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from instica.marketplaces.etsy.client import Etsy
from instica.marketplaces.etsy.reading import records, whole, words
from instica.marketplaces.etsy.words import CARRIERS, WHO_MADE, when_made

Choices = tuple[tuple[str, str], ...]
Row = Mapping[str, Any]


def choices(api: Etsy, year: int) -> dict[str, Sequence[tuple[str, str]]]:
    """Every field with its values and their labels, read now."""
    shipping = [row for row in api.shipping_profiles() if row.get("is_deleted") is not True]
    return {
        "shipping_profile_id": named(shipping, "shipping_profile_id", "title"),
        "return_policy_id": tuple((ident(row, "return_policy_id"), policy(row)) for row in api.return_policies()),
        "readiness_state_id": tuple(
            (ident(row, "readiness_state_id"), processing(row)) for row in api.processing_profiles()
        ),
        "shop_section_id": named(api.sections(), "shop_section_id", "title"),
        "taxonomy_id": tuple(leaves(api.taxonomy(), "")),
        "who_made": WHO_MADE,
        "when_made": when_made(year),
        "carrier": CARRIERS,
    }


def ident(row: Row, name: str) -> str:
    """An id as a choice carries it."""
    return str(whole(row.get(name)))


def named(rows: Sequence[Row], name: str, label: str) -> Choices:
    """Rows by id and label."""
    return tuple((ident(row, name), words(row.get(label)) or ident(row, name)) for row in rows)


def policy(row: Row) -> str:
    """A return policy in a few words; Etsy gives it no name."""
    taken = [what for what in ("returns", "exchanges") if row.get(f"accepts_{what}") is True]
    days = whole(row.get("return_deadline"))
    return f"{' and '.join(taken).capitalize()} within {days} days" if taken and days else "No returns"


def processing(row: Row) -> str:
    """A processing profile in a few words."""
    state = words(row.get("readiness_state")).replace("_", " ").capitalize()
    label = words(row.get("processing_days_display_label"))
    return f"{state}, {label}" if label else state


def sounding(nodes: Sequence[Row], said: str) -> Choices:
    """Categories whose path holds every word, those named so themselves first."""
    wanted = said.lower().split()
    found = [row for row in leaves(nodes, "") if wanted and all(word in row[1].lower() for word in wanted)]
    return tuple(sorted(found, key=lambda row: not any(word in row[1].lower().rpartition(" > ")[2] for word in wanted)))


def leaves(nodes: Sequence[Row], above: str) -> Iterator[tuple[str, str]]:
    """Every category with its whole path; any of them can hold a listing."""
    for node in nodes:
        path = f"{above} > {words(node.get('name'))}" if above else words(node.get("name"))
        if number := whole(node.get("id")):
            yield str(number), path
        yield from leaves(records(node.get("children")), path)
