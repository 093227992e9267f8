"""Where an import's processor time goes: each stage's own time, without that of the stages within it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import wraps
from inspect import isgenerator
from typing import Any

SPENT: defaultdict[str, float] = defaultdict(float)
CALLS: Counter[str] = Counter()
INNER: list[float] = []
REST = "everything else: tasks, lanes, HTTP, queries made by the ORM"


def watch() -> None:
    """From now on, these functions tell how long they take; the watching costs a few microseconds a call."""
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.sqlite3.base import SQLiteCursorWrapper

    from instica.imports import apply, creating, found, intake, rows
    from instica.marketplaces.discogs import spool

    for owner, name, stage in (
        (SQLiteCursorWrapper, "executemany", "SQLite: rows written by executemany"),
        (SQLiteCursorWrapper, "execute", "SQLite: other statements (look up, lock, mark rows as done)"),
        (BaseDatabaseWrapper, "_commit", "SQLite: commit"),
        (spool, "read", "CSV read and turned into listings"),
        (found, "read", "listings turned into the stored form, encoded, fingerprinted"),
        (intake, "store", "compared with what is known, import rows made"),
        (apply, "after", "import rows read back and decoded"),
        (apply, "process", "judged again"),
        (creating.Creation, "write", "products, items, moves, listings, offers, refs made"),
        (apply, "record", "outcome of each row told"),
        (rows, "plain", "import rows read back and decoded"),
    ):
        setattr(owner, name, timed(getattr(owner, name), stage))


def timed(function: Callable[..., Any], stage: str) -> Callable[..., Any]:
    """The function, its own time counted for the stage."""

    @wraps(function)
    def counted(*args: Any, **options: Any) -> Any:
        INNER.append(0.0)
        began = time.process_time()
        try:
            found = function(*args, **options)
            return list(found) if isgenerator(found) else found
        finally:
            spent = time.process_time() - began
            SPENT[stage] += spent - INNER.pop()
            CALLS[stage] += 1
            if INNER:
                INNER[-1] += spent

    return counted


def table(whole: float) -> str:
    """The stages, dearest first, with their share of the whole."""
    SPENT[REST] = max(0.0, whole - sum(SPENT.values()))
    lines = ["| stage | calls | CPU seconds | share |", "|---|---|---|---|"]
    for stage, spent in sorted(SPENT.items(), key=lambda pair: -pair[1]):
        lines.append(f"| {stage} | {CALLS[stage] or ''} | {spent:.3f} | {100 * spent / whole:.1f} % |")
    return "\n".join(lines)
