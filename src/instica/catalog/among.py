"""``field__among=values``: membership as one parameter, so that a thousand values cost no more text than one."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Lookup, TextField, UUIDField

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


class Among(_Lookup):
    """Whether the column is one of many values. No text is among them when it is empty, so that indexes of the
    non-empty ones are used: the databases must read that in the statement, a parameter would not tell them."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """PostgreSQL takes an array."""
        column, parameters = self.process_lhs(compiler, connection)
        return self._filled(column, f"{column} = ANY(%s)"), [*parameters, list(self.rhs)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """SQLite takes a JSON array."""
        column, parameters = self.process_lhs(compiler, connection)
        values = [value.hex if isinstance(value, uuid.UUID) else value for value in self.rhs]
        sql = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608  # the column is Django's
        return self._filled(column, sql), [*parameters, json.dumps(values)]

    def _filled(self, column: str, sql: str) -> str:
        return sql if isinstance(self.lhs.output_field, UUIDField) else f"({sql} AND NOT {column} = '')"


def register() -> None:
    """Make it known for keys and texts."""
    for field in (CharField, TextField, UUIDField):
        field.register_lookup(Among)
