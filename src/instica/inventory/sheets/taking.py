"""Takes the lines of a file in: what is new is made, what differs is changed, what is the same is not touched.

Each part of the file is a transaction of its own. A trial is the same, taken back at its end: it tells what would
happen. Taking the same file in again writes nothing, so that one that broke off is simply taken in again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from instica.core.errors import Invalid, Problem
from instica.inventory import services
from instica.inventory.sheets.batch import Batch, Said, content_of
from instica.inventory.sheets.columns import COLUMNS
from instica.inventory.sheets.reading import MOST_FAULTS, Entry, File, Wrong
from instica.people import plans
from instica.people.models import Organization

CHUNK = 200
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What a line does: ``create`` or ``change``, of what, and which columns differ."""

    line: int
    action: str
    title: str
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """What became of a file, or would."""

    rows: int = 0
    items_created: int = 0
    items_changed: int = 0
    products_created: int = 0
    products_changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    changes: list[Change] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def trial(*, organization: Organization, file: File, actor: str) -> Report:
    """What taking it in would do; nothing is written."""
    report = Report(rows=len(file.entries), wrong=[*file.wrong, *twice(file.entries)])
    _all(organization, file.entries, actor, report, keep=False)
    return report


def take(*, organization: Organization, file: File, actor: str) -> Report:
    """Take it in. Raises ``Invalid`` when a line is wrong: then nothing is."""
    first = trial(organization=organization, file=file, actor=actor)
    if first.wrong:
        raise refusal(first.wrong)
    report = Report(rows=len(file.entries))
    _all(organization, file.entries, actor, report, keep=True)
    if report.wrong:
        raise refusal(report.wrong)
    return report


def refusal(wrong: Sequence[Wrong]) -> Invalid:
    """Why a file cannot be taken in, line by line."""
    count = f"{len(wrong)} or more lines" if len(wrong) >= MOST_FAULTS else f"{len(wrong)} lines"
    detail = f"{count if len(wrong) > 1 else '1 line'} cannot be taken in. Nothing was."
    lines = [{"line": each.line, "column": each.column or None, "detail": each.detail} for each in wrong]
    return Invalid(detail, code="sheet_invalid", lines=lines)


def _all(organization: Organization, entries: Sequence[Entry], actor: str, report: Report, *, keep: bool) -> None:
    made: set[str] = set()
    said: Said = {}
    for chunk in _chunks(entries):
        with transaction.atomic():
            tally = services.tally(organization)
            batch = Batch(organization, chunk, actor, said)
            for entry in chunk:
                _line(batch, entry, report)
            new = [key for key in batch.new_products if key not in made]
            used = tally.items + (0 if keep else report.items_created)
            if batch.new_items and not report.wrong:
                plans.check(organization, "inventory_items", used=used + len(batch.new_items) - 1)
            if keep and not report.wrong:
                batch.write()
            report.items_created += len(batch.new_items)
            report.products_created += len(new)
            made.update(new)
            if not keep or report.wrong:
                transaction.set_rollback(True)
        if len(report.wrong) >= MOST_FAULTS:
            return


def twice(entries: Sequence[Entry]) -> list[Wrong]:
    """Lines that are about the same item as one above."""
    known: dict[str, int] = {}
    wrong = []
    for entry in entries:
        if entry.item is None:
            continue
        column = "item_uid" if entry.keys.get("item") else "manual_sku" if entry.item.get("sku") else ""
        text = str(entry.keys.get("item") or entry.item.get("sku") or content_of(entry))
        first = known.setdefault(f"{column}:{text}", entry.line)
        if first != entry.line:
            wrong.append(Wrong(entry.line, column, f"Line {first} is about the same item."))
    return wrong[:MOST_FAULTS]


def _chunks(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), CHUNK):
        yield entries[start : start + CHUNK]


def _line(batch: Batch, entry: Entry, report: Report) -> None:
    try:
        done = batch.take(entry)
    except Problem as problem:
        column = _column(problem)
        report.wrong.append(Wrong(entry.line, column, problem.faults[0].detail if problem.faults else problem.detail))
        return
    report.products_changed += bool(done.product_columns)
    report.items_changed += bool(done.item_columns)
    report.skipped += done.skipped
    columns = (*done.product_columns, *done.item_columns)
    report.unchanged += not columns and not done.new and not done.skipped
    if (columns or done.new) and len(report.changes) < MOST_SHOWN:
        report.changes.append(Change(entry.line, "create" if done.new else "change", done.title, columns))


def _column(problem: Problem) -> str:
    """The column a refusal is about."""
    name = problem.faults[0].pointer.removeprefix("#/") if problem.faults else ""
    known = [column.name for column in COLUMNS if name in (column.name, column.field)]
    return known[-1] if known else ""
