"""Import rows for bulk writing, and the form in which the engine reads them."""

from __future__ import annotations

import json
import uuid
from typing import Any, NamedTuple

from django.db.models import QuerySet

from instica.catalog.bulk import Reading, Table, key, plain, unkeyed
from instica.imports import found
from instica.imports.found import Found
from instica.imports.models import Job, Row

ROWS = Table(
    Row,
    "uid job_id position remote_id part sku title currency price data status action evidence conflict_type"
    " conflict_details error_code error decision resolution item created_item before processed",
)
LOADED = (
    *("uid", "position", "status", "action", "item", "decision", "conflict_type", "conflict_details", "evidence"),
    *("remote_id", "part", "sku", "title", "currency", "price", "data"),
)

AFTER = Reading(
    f"SELECT {', '.join(LOADED)} FROM imports_row"  # noqa: S608  # names of our columns
    " WHERE job_id = %s AND status = %s AND position > %s ORDER BY position LIMIT %s"
)


class Open(NamedTuple):
    """A row to be processed, and what it found."""

    uid: uuid.UUID
    position: int
    status: str
    action: str
    item: uuid.UUID | None
    decision: dict[str, Any] | None
    conflict: str
    details: str
    evidence: dict[str, Any] | None
    found: Found
    key: Any
    """The uid as the database takes it."""


def after(job: Job, status: str, position: int, size: int) -> list[Open]:
    """The next rows of a status, in their order."""
    return [_open(*values) for values in AFTER(key(job.uid), str(status), position, size)] if size > 0 else []


def load(rows: QuerySet[Row]) -> list[Open]:
    """Read them in their order."""
    return [_open(*values) for values in plain(rows.values_list(*LOADED))]


def _open(
    uid: Any,
    position: int,
    status: str,
    action: str,
    item: Any,
    decision: str | None,
    conflict: str,
    details: str,
    evidence: str | None,
    *rest: Any,
) -> Open:
    return Open(
        unkeyed(uid),
        position,
        status,
        action,
        unkeyed(item) if item else None,
        json.loads(decision) if decision else None,
        conflict,
        details,
        json.loads(evidence) if evidence else None,
        found.kept(*rest),
        uid,
    )


def of(row: Row) -> Found:
    """What one row found."""
    return found.stored(row.remote_id, row.part, row.sku, row.title, row.currency, row.price, row.data)
