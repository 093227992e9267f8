"""A row of an import as it is drawn: both sides beside each other, and why they were matched."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instica.core import markup
from instica.imports import queries
from instica.imports.models import Job, Row, RowStatus
from instica.inventory import grades
from instica.inventory.models import Item
from instica.web import wording
from instica.web.templatetags.web import money

BOUND = ("quantity", "currency")
TWIN = "SKU is also on listing "
OWN_DETAILS = ("changed_both_sides", "changed_since_preview", "ambiguous_match")


@dataclass(frozen=True, slots=True)
class Side:
    """One field on both sides."""

    name: str
    label: str
    theirs: str
    ours: str
    differs: bool
    takes_theirs: bool = False
    """Which side is chosen: what was decided, else the one that changed, else the one that says something."""

    @property
    def choosable(self) -> bool:
        """Whether a person may say whose it is to be."""
        return self.differs and self.name not in BOUND


@dataclass(frozen=True, slots=True)
class Card:
    """A row, and where it is a conflict what there is to decide."""

    row: Row
    heading: str = ""
    why: str = ""
    matched: str = ""
    strength: int | None = None
    choices: Sequence[str] = ()
    candidates: Sequence[Mapping[str, Any]] = ()
    sides: Sequence[Side] = ()
    item: Item | None = None
    twin: Row | None = None
    details: str | None = None
    """Whether the shop has still to tell more of it: see ``queries.details``."""

    @property
    def has_ours(self) -> bool:
        """Whether there is an item it was matched with."""
        return self.item is not None

    @property
    def artist(self) -> str:
        """The artist, as the shop says it."""
        return str(self.row.data.get("page", {}).get("artist", ""))

    @property
    def lowered(self) -> int | None:
        """The stock that linking leaves, where both sides count differently."""
        stock = next((side for side in self.differing if side.name == "quantity"), None)
        if stock is None or self.is_known or not (stock.theirs.isdecimal() and stock.ours.isdecimal()):
            return None
        return min(int(stock.theirs), int(stock.ours))

    @property
    def url(self) -> str:
        """The listing's page there, while we still keep what was read."""
        return address(self.row)

    @property
    def twin_url(self) -> str:
        """The page of the other listing with its SKU."""
        return address(self.twin) if self.twin else ""

    @property
    def item_id(self) -> str | None:
        """The item it became."""
        return queries.created_item(self.row)

    @property
    def result(self) -> str:
        """What is planned, or what was done."""
        if self.row.resolution in wording.OUTCOMES:
            return wording.OUTCOMES[self.row.resolution]
        if self.row.status == RowStatus.IMPORTED:
            return wording.DONE.get(self.row.action, "Imported")
        return wording.ACTIONS.get(self.row.action, ("", "Left out"))[1]

    @property
    def note(self) -> str:
        """A reason worth saying."""
        return self.row.error or (self.row.conflict_details if self.row.status == RowStatus.SKIPPED else "")

    @property
    def what_to_do(self) -> str:
        """After a failure."""
        return wording.FAILURES.get(self.row.error_code, wording.ANY_FAILURE)

    @property
    def decided(self) -> str:
        """What a person has decided that is not done yet, with the fields that follow the shop."""
        word = (self.row.decision or {}).get("resolution", "")
        if word != "link_existing" or not (self.row.decision or {}).get("fields"):
            return wording.RESOLUTIONS.get(word, "")
        theirs = [side.label.lower() for side in self.differing if side.choosable and side.takes_theirs]
        return f"Link to the item, with {', '.join(theirs)} from the shop" if theirs else wording.RESOLUTIONS[word]

    @property
    def differing(self) -> list[Side]:
        """The fields to decide about."""
        return [side for side in self.sides if side.differs]

    @property
    def equal(self) -> str:
        """The fields that need no decision."""
        return ", ".join(
            side.label.lower() if side.label != "SKU" else side.label for side in self.sides if not side.differs
        )

    @property
    def is_known(self) -> bool:
        """Whether the listing has its item already, so that nothing is linked anew."""
        return self.row.conflict_type in ("changed_both_sides", "already_linked")

    @property
    def can_link(self) -> bool:
        """Whether there is an item to link it to."""
        return "link_existing" in self.choices and (self.has_ours or bool(self.candidates))

    @property
    def can_choose(self) -> bool:
        """Whether a person may name another item to link it to."""
        return "link_existing" in self.choices and self.row.conflict_type != "changed_both_sides"

    @property
    def can_create(self) -> bool:
        """Whether it may become an item of its own."""
        return "create_new" in self.choices


def address(row: Row) -> str:
    """The page there, where a browser may go to it."""
    found: str = row.data.get("page", {}).get("url", "")
    return found if found.startswith(("https://", "http://")) else ""


def cards(job: Job, rows: Sequence[Row], *, with_evidence: bool) -> list[Card]:
    """Rows as they are drawn; the evidence is looked up for conflicts only, while what was read is kept."""
    if not with_evidence:
        return [Card(row) for row in rows]
    items, others = queries.matched(job, rows), twins(job, rows)
    return [card(row, items, others.get(twin(row))) if row.data else Card(row) for row in rows]


def card(row: Row, items: Mapping[uuid.UUID | None, Item], twin: Row | None) -> Card:
    """A conflict, with the item it was matched with and the row that has the same SKU."""
    told = queries.compared(row, items)
    heading, why = wording.CONFLICTS.get(row.conflict_type, (row.conflict_type, ""))
    return Card(
        row,
        heading,
        row.conflict_details if not row.conflict_details or row.conflict_type in OWN_DETAILS else why,
        wording.MATCHED_ON.get(told["matched_on"] or "", ""),
        told["strength"] if told["matched_on"] == "title" else None,
        told["choices"],
        told["candidates"],
        [side(row, each, told["fields"]) for each in told["fields"] if each["told"]],
        items.get(row.item),
        twin,
        told["details"],
    )


def twin(row: Row) -> str:
    """The other listing with its SKU, where that is the conflict."""
    details: str = row.conflict_details
    return details.removeprefix(TWIN).split(" ")[0] if details.startswith(TWIN) else ""


def twins(job: Job, rows: Sequence[Row]) -> dict[str, Row]:
    """The rows of those listings."""
    names = {twin(row) for row in rows} - {""}
    found = Row.objects.filter(job=job, remote_id__in=names).order_by("-uid") if names else ()
    return {row.remote_id: row for row in found}


def side(row: Row, each: Mapping[str, Any], every: Sequence[Mapping[str, Any]]) -> Side:
    """One field of the evidence in words; amounts are told in their own side's currency."""
    name = str(each["field"])
    currency = next((field for field in every if field["field"] == "currency"), {})
    label = wording.FIELDS.get(name, name.replace("_", " ").capitalize())
    theirs = shown(name, each["theirs"], str(currency.get("theirs")))
    ours = shown(name, each["ours"], str(currency.get("ours")))
    return Side(name, label, theirs, ours, not each["same"], takes_theirs(row, name, empty=ours == "–" != theirs))


def takes_theirs(row: Row, name: str, *, empty: bool) -> bool:
    """Whether the shop's side of a field is the chosen one."""
    decision = row.decision or {}
    if decision.get("resolution") == "overwrite":
        return True
    changed = {one["field"] for one in (row.evidence or {}).get("differences", ()) if not one.get("ours_changed")}
    usual = name in changed or (empty and not decision)
    return bool(decision.get("fields", {}).get(name, "theirs" if usual else "ours") == "theirs")


def shown(name: str, value: Any, currency: str) -> str:
    """A value as people write it."""
    if value in (None, ""):
        return "–"
    if name == "price" and isinstance(value, int):
        return money(value, currency)
    if name.startswith("condition"):
        return grades.display(str(value))
    if name == "description":
        return markup.plain(str(value)) or "–"
    return str(value)
