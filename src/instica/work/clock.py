"""The database's clock, which all workers share however their own clocks differ."""

from __future__ import annotations

import datetime as dt
import time

from django.conf import settings
from django.db import connection

from instica.core import clock

TRUST_SECONDS = 5.0
_asked: tuple[float, dt.datetime] | None = None


def now() -> dt.datetime:
    """The present moment by the database's clock, asked for every few seconds and counted on in between.

    SQLite runs inside this process and has no other clock than ours. ``WORK_CLOCK = "process"`` makes it so for every
    database, for tests that travel in time.
    """
    if connection.vendor == "sqlite" or getattr(settings, "WORK_CLOCK", "database") == "process":
        return clock.now()
    global _asked  # noqa: PLW0603  # one clock for all threads of the process
    known, here = _asked, time.monotonic()
    if known is None or here - known[0] > TRUST_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            known = _asked = here, cursor.fetchone()[0]
    return known[1] + dt.timedelta(seconds=here - known[0])
