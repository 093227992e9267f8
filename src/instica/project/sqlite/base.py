"""Transactions of one process take turns; SQLite itself lets whoever asks at the right moment go first.

A waiting connection looks every tenth of a second whether the file is free, and a thread that writes batch after batch
leaves it free for microseconds: others then wait until they give up with "database is locked".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base, operations

from instica.project.sqlite.turns import turns_of

WRITES = frozenset({"INSERT", "UPDATE", "DELETE"})
FIRST = '"people_organization"'


class DatabaseOperations(operations.DatabaseOperations):
    """Empties a whole database in an order its triggers allow: what may only go with its organization goes after it."""

    def sql_flush(self, *args: Any, **options: Any) -> list[str]:
        """The statements, the organizations first."""
        return sorted(super().sql_flush(*args, **options), key=lambda line: FIRST not in line)


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes its turn before a transaction begins, and hands it on when that ends, however it ends."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_turn = False
        self.execute_wrappers.append(self._alone)

    def _alone(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A change outside of any transaction is one by itself."""
        if self.has_turn or sql[:6].upper() not in WRITES:
            return execute(sql, params, many, context)
        self._take_turn()
        try:
            return execute(sql, params, many, context)
        finally:
            self._hand_on()

    def _take_turn(self) -> None:
        if not turns_of(str(self.settings_dict["NAME"])).take():
            raise OperationalError("database is locked: other threads of this process kept on writing")
        self.has_turn = True

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._hand_on()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._hand_on()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._hand_on()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        if self.has_turn:
            self.has_turn = False
            turns_of(str(self.settings_dict["NAME"])).give()
