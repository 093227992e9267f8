"""The activity log as a file: CSV for a spreadsheet, NDJSON for a program; line by line, however long it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from instica.connections.models import Activity
from instica.core.clock import iso

TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
NESTED = ("before", "after")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def facts(row: Activity) -> dict[str, Any]:
    """A row with the API's names and formats."""
    shop = row.connection
    return {
        "uid": row.public_id,
        "at": iso(row.at),
        "platform": shop.marketplace if shop else None,
        "seller_account_uid": shop.public_id if shop else None,
        "action": row.action,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
        "cause": row.cause,
        "outcome": row.outcome,
        "request_id": row.request_id or None,
        "actor": row.actor.public_id if row.actor else None,
    }


COLUMNS = ("uid at platform seller_account_uid action subject before after cause outcome request_id actor").split()


def lines(rows: Iterable[Activity], kind: str) -> Iterator[str]:
    """The file's lines, ``kind`` being ``csv`` or ``ndjson``."""
    return _csv(rows) if kind == "csv" else (f"{json.dumps(facts(row), ensure_ascii=False)}\n" for row in rows)


def _csv(rows: Iterable[Activity]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(_cell(name, value) for name, value in facts(row).items())
        yield buffer.getvalue()


def _cell(name: str, value: Any) -> str:
    """A value as a cell; text that a spreadsheet would run as a formula is marked as text."""
    if name in NESTED:
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
