"""Writes many rows of one table with one prepared statement, on both databases."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any

import uuid_utils
from django.db import connection, models

from instica.core import ids

DOCUMENT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
# The encoder above builds this anew for every value, a quarter of its time for values as small as ours.
PIECES: Callable[[object, int], Sequence[str]] = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, DOCUMENT.default, json.encoder.encode_basestring, None, ":", ",", True, False, True
)


class Table:
    """A model's table with its columns in a fixed order; rows are tuples of database values in that order.

    Made for imports, where model instances would cost more than the database itself. Callers turn keys, moments and
    documents into database values once (``key``, ``moment``, ``document``) and use them in many rows. Columns the
    database fills by itself, by a default of its own or with nothing, may be left out.
    """

    def __init__(self, model: type[models.Model], columns: str) -> None:
        self.columns = columns.split()
        known = {str(field.column) for field in model._meta.concrete_fields}
        optional = {
            str(field.column)
            for field in model._meta.concrete_fields
            if field.null or field.db_default is not models.NOT_PROVIDED
        }
        if wrong := (known - optional - set(self.columns)) | (set(self.columns) - known):
            raise TypeError(f"{model.__name__} has other columns: {sorted(wrong)}")
        names = ", ".join(f'"{column}"' for column in self.columns)
        self.name = model._meta.db_table
        self.key = model._meta.pk.column
        places = ", ".join(["%s"] * len(self.columns))
        self.insertion = f'INSERT INTO "{self.name}" ({names}) VALUES ({places})'  # noqa: S608  # names of our columns

    def insert(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the rows; all or, by the caller's transaction, none."""
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(self.insertion, rows)

    def update(self, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write those columns of many rows; each tuple ends with the key."""
        if rows:
            changes = ", ".join(f'"{column}" = %s' for column in columns.split())
            with connection.cursor() as cursor:
                cursor.executemany(f'UPDATE "{self.name}" SET {changes} WHERE "{self.key}" = %s', rows)  # noqa: S608


class Reading:
    """A fixed SELECT whose text is made once; answers database values, unconverted.

    ``AMONG %s`` stands for membership in a collection, passed through ``many``.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def __call__(self, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows."""
        with connection.cursor() as cursor:
            cursor.execute(_worded(self.sql), parameters)
            return list(cursor.fetchall())


class Change:
    """A fixed UPDATE whose text is made once; takes database values. ``AMONG %s`` as in ``Reading``."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def __call__(self, *parameters: Any) -> None:
        """Do it."""
        with connection.cursor() as cursor:
            cursor.execute(_worded(self.sql), parameters)


@cache
def _worded(sql: str) -> str:
    return sql.replace("AMONG %s", "= ANY(%s)" if native() else "IN (SELECT value FROM json_each(%s))")


def many(values: Collection[Any]) -> Any:
    """A collection of texts or keys as a parameter of ``AMONG``."""
    return list(values) if native() else json.dumps(list(values))


def plain(rows: models.QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """What a query selects as database values, unconverted."""
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


@cache
def native() -> bool:
    """Whether the database knows uids; the others keep them as text."""
    return bool(connection.features.has_native_uuid_field)


def key(value: uuid.UUID | None) -> Any:
    """A uid as the database takes it."""
    return value if value is None or native() else value.hex


def unkeyed(value: Any) -> uuid.UUID:
    """The uid behind a key."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def fresh() -> Any:
    """The key of a new uid."""
    return ids.new() if native() else uuid_utils.uuid7().hex


def moment(value: dt.datetime | None) -> Any:
    """A datetime as the database takes it; those without times of their own keep UTC as text."""
    if value is None or native():
        return value
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ")


def unmoment(value: Any) -> dt.datetime:
    """The datetime the database holds."""
    held: dt.datetime = value
    return held if held.tzinfo else held.replace(tzinfo=dt.UTC)


def document(value: object) -> str:
    """JSON as the database takes it: compact, keys in order, so that equal values are equal texts."""
    return "".join(PIECES(value, 0))


def keys(values: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Uids in the one order in which everybody locks."""
    return sorted(set(values))
