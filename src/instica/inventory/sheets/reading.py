"""Reads the file: bounded, every fault by line and column, nothing written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from instica.core.errors import Invalid
from instica.core.money import CURRENCIES
from instica.inventory.sheets import cells
from instica.inventory.sheets.columns import BY_NAME, NAMES, Column
from instica.people.validation import fault

LARGEST = 20 * 1024 * 1024
MOST_ROWS = 10_000
MOST_FAULTS = 100
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, where: the line as an editor counts it, and the column's name."""

    line: int
    column: str
    detail: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: what it says of a product, of an item, of its stock and its photos, as far as it has the columns."""

    line: int
    keys: Mapping[str, str]
    product: Mapping[str, Any]
    item: Mapping[str, Any] | None
    stock: Mapping[str, str]
    photos: Mapping[str, list[str]]


@dataclass(slots=True)
class File:
    """All lines, or what is wrong with them; ``wrong`` holds the first hundred faults."""

    entries: list[Entry] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def decoded(data: bytes) -> str:
    """The text of a file. Raises ``Invalid`` for what is too large or no UTF-8."""
    if len(data) > LARGEST:
        raise fault(f"A file may have {LARGEST // 1024 // 1024} MB. Split it.", "file", "file_too_large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault("The file is not UTF-8. Export it as CSV UTF-8.", "file", "not_a_sheet") from error
    if "\x00" in text:
        raise fault("The file is no text.", "file", "not_a_sheet")
    return text


def read(text: str) -> File:
    """Every line of it. Raises ``Invalid`` when the first line does not name our columns, or there are too many."""
    rows = _rows(text)
    names = _names(next(rows, (1, []))[1])
    found = File()
    for number, (line, row) in enumerate(rows):
        if number >= MOST_ROWS:
            raise fault(f"At most {MOST_ROWS:,} lines at once. Split the file.", "file", "file_too_large")
        entry, wrong = _entry(line, names, row)
        if entry:
            found.entries.append(entry)
        found.wrong += wrong[: MOST_FAULTS - len(found.wrong)]
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line; empty lines are none."""
    head = text[: text.find("\n") % (len(text) + 1)]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        line = 1
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise fault(f"Line {reader.line_num}: {error}.", "file", "not_a_sheet") from error


def _names(header: Sequence[str]) -> list[str]:
    names = [cell.strip().lower() for cell in header]
    unknown = [name for name in names if name not in BY_NAME]
    if unknown or "title" not in names:
        detail = f"There is no column {unknown[0]!r}." if unknown else "The column title is missing."
        raise Invalid(f"{detail} The first line names the columns: {', '.join(NAMES)}.", code="not_a_sheet")
    if len(set(names)) != len(names):
        raise Invalid("A column stands twice in the first line.", code="not_a_sheet")
    return names


def _entry(line: int, names: Sequence[str], row: Sequence[str]) -> tuple[Entry | None, list[Wrong]]:
    if len(row) != len(names):
        return None, [Wrong(line, "", f"This line has {len(row)} cells, the first has {len(names)}.")]
    texts = {name: cells.unguarded(cell) for name, cell in zip(names, row, strict=True)}
    parts: dict[str, dict[str, Any]] = {"key": {}, "product": {}, "item": {}, "stock": {}, "photos": {}}
    wrong = []
    currency = texts.get("currency", "").strip() or "USD"
    if currency not in CURRENCIES:
        return None, [Wrong(line, "currency", "Unknown currency. Write its three letters, such as USD.")]
    for name, text in texts.items():
        column = BY_NAME[name]
        try:
            parts[column.of][column.field] = column.read(text, currency)
        except cells.Unreadable as error:
            wrong.append(Wrong(line, name, str(error)))
    if wrong:
        return None, wrong
    return _made(line, texts, parts, currency), []


def _made(line: int, texts: Mapping[str, str], parts: Mapping[str, dict[str, Any]], currency: str) -> Entry:
    item: dict[str, Any] | None = parts["item"]
    if item is not None and not any(texts[name] for name in texts if _of_item(BY_NAME[name])):
        item = None
    elif item is not None:
        if item.keys() & {"currency", "price", "price_shipping", "price_expected"}:
            item["currency"] = currency
        if "price_shipping" in item:
            item["price_shipping"] = item["price_shipping"] or 0
    return Entry(line, parts["key"], parts["product"], item, parts["stock"], parts["photos"])


def _of_item(column: Column) -> bool:
    return column.of in ("item", "stock", "photos") or column.field == "item"
