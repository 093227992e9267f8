"""What the Inventory API holds, kept beside a walk: which SKUs it owns, and what it says of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

TABLE = "CREATE TABLE IF NOT EXISTS item (sku TEXT PRIMARY KEY, data TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0)"
KEEP = "INSERT INTO item (sku, data) VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET data = excluded.data"
AT_ONCE = 500


class Sweep:
    """A file in the walk's spool. Doing a step twice changes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=30)) as file, file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute(TABLE)
            yield file

    def keep(self, items: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Remember items by SKU."""
        rows = [(sku, json.dumps(item, separators=(",", ":"))) for sku, item in items if sku]
        with self._open() as file:
            file.executemany(KEEP, rows)

    def of(self, skus: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The items of those SKUs, where there are any."""
        wanted = sorted(set(skus))
        found: dict[str, dict[str, Any]] = {}
        with self._open() as file:
            for start in range(0, len(wanted), AT_ONCE):
                some = wanted[start : start + AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = file.execute(f"SELECT sku, data FROM item WHERE sku IN ({marks})", some)  # noqa: S608 - only marks
                found.update({sku: json.loads(data) for sku, data in rows})
        return found

    def on_sale(self, skus: Iterable[str]) -> None:
        """A list shows them: they need no look of their own."""
        with self._open() as file:
            file.executemany("UPDATE item SET seen = 1 WHERE sku = ?", [(sku,) for sku in skus])

    def aside(self, after: str) -> tuple[str, dict[str, Any]] | None:
        """The next SKU that no list showed, and its item; ``None`` at the end."""
        with self._open() as file:
            query = "SELECT sku, data FROM item WHERE seen = 0 AND sku > ? ORDER BY sku LIMIT 1"
            row = file.execute(query, (after,)).fetchone()
        return (row[0], json.loads(row[1])) if row else None
