"""Writes the whole catalogue, or the whole ledger, line by line, however long it is."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from django.db.models import OuterRef, QuerySet, Subquery

from instica.catalog.models import Product
from instica.core import ids
from instica.core.clock import iso
from instica.inventory import ledger, queries
from instica.inventory.models import Item, Move
from instica.inventory.sheets import cells
from instica.inventory.sheets.columns import COLUMNS, NAMES, Held
from instica.people.models import Organization

TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
CHUNK = 500
BOM = "\ufeff"
"""What tells spreadsheets that the file is UTF-8."""
MOVES = ("uid", "item_uid", "delta", "cause", "reason", "reference", "actor", "at")
FIRST = uuid.UUID(int=0)


def catalogue(organization: Organization, kind: str) -> Iterator[str]:
    """Every item with its product, then the products that have none."""
    rows = (tuple(column.write(held) for column in COLUMNS) for held in every(organization))
    return lines(NAMES, rows, kind)


def moves(organization: Organization, kind: str) -> Iterator[str]:
    """Every move there ever was, in the order they were made."""
    rows = (move(row) for chunk in ledger.every(organization) for row in chunk)
    return lines(MOVES, rows, kind)


def move(row: Move) -> tuple[str, ...]:
    """A move as texts."""
    keys = (ids.show("mov", row.uid), ids.show(Item.prefix, row.item_id))
    return (*keys, str(row.delta), row.cause, row.note, row.reference, row.actor, iso(row.at) or "")


def lines(names: Sequence[str], rows: Iterable[Sequence[str]], kind: str) -> Iterator[str]:
    """The file's lines, ``kind`` being ``csv`` or ``ndjson``."""
    if kind == "ndjson":
        return (f"{json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)}\n" for row in rows)
    return _csv(names, rows)


def _csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in chain([names], rows):
        writer.writerow(cells.guarded(text) for text in row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def every(organization: Organization) -> Iterator[Held]:
    """What the lines are written from."""
    for items in items_by_chunk(organization):
        images = queries.images(items)
        for item in items:
            yield Held(item.product, item, images.get(item.pk, ()), item.last_move)  # type: ignore[attr-defined]
    bare, last = Product.objects.select_related("artist", "label").filter(organization=organization), FIRST
    while products := list(bare.filter(items_total=0, uid__gt=last).order_by("uid")[:CHUNK]):
        yield from (Held(product) for product in products)
        last = products[-1].uid


def items_by_chunk(organization: Organization) -> Iterator[list[Item]]:
    """All items, a part at a time: no long transaction."""
    rows, last = with_last_move().filter(organization=organization), FIRST
    while items := list(rows.filter(uid__gt=last).order_by("uid")[:CHUNK]):
        yield items
        last = items[-1].uid


def with_last_move() -> QuerySet[Item, Item]:
    """Items with their product and its makers; ``last_move`` is the newest move of each."""
    newest = Move.objects.filter(item=OuterRef("pk")).order_by("-uid").values("uid")[:1]
    rows = Item.objects.select_related("product__artist", "product__label")
    return rows.annotate(last_move=Subquery(newest))
