"""Tells a full disk from every other failure, whoever met it: the file system, SQLite or PostgreSQL."""

from __future__ import annotations

import datetime as dt
import errno
import sqlite3

NO_ROOM = "The disk of this installation is full. Make room there; nothing is lost and the work goes on by itself."
PATIENCE = dt.timedelta(minutes=1)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
POSTGRESQL_FULL = "53100"


def is_lacking(error: BaseException) -> bool:
    """Whether this failure, or one that led to it, is a disk without room."""
    return any(map(_is_full, _causes(error)))


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(error, "sqlstate", None) == POSTGRESQL_FULL
