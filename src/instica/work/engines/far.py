"""Rings between processes that share a PostgreSQL database: NOTIFY after a commit, LISTEN in every engine.

A ring may be lost, as any may: it then costs a poll. Other databases belong to one process and need none.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable

import structlog
from django.db import connection, connections

CHANNEL = "instica_work"
LOOK_SECONDS = 0.5
AWAY_SECONDS = 1.0
_run = uuid.uuid4().hex
log = structlog.get_logger(__name__)


def ring(_lane: str) -> None:
    """Tell the engines of other processes, in a statement of its own: one commit must not wait for another."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, _ourselves()])


def hear(told: Callable[[str], None], stopping: threading.Event) -> None:
    """Call ``told`` whenever another process rang, until ``stopping`` is set; a server that is away is asked again."""
    while not stopping.is_set():
        line = connections["default"].copy()
        try:
            with line.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            told("")  # whoever rang before this is heard now
            while not stopping.is_set():
                for note in line.connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                    if note.payload != _ourselves():
                        told("")
        except Exception:
            log.exception("listener stumbled")
            stopping.wait(AWAY_SECONDS)
        finally:
            line.close()


def _ourselves() -> str:
    """This process, apart from its forks: its own rings reach its own engine without the database."""
    return f"{_run}:{os.getpid()}"
