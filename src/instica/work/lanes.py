"""Lanes: tasks that must not overlap, served by whoever holds the lease."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

from instica.work import clock
from instica.work.models import Lane, Task
from instica.work.urgency import Urgency

SHORTEST_REST = dt.timedelta(milliseconds=50)


class LostLease(Exception):
    """Somebody else serves the lane now: stop, nothing may be written."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lane this thread serves."""

    lane: str
    token: uuid.UUID
    rest_until: dt.datetime | None = None
    rest_urgency: int = 0


_held: ContextVar[Held | None] = ContextVar("held lane", default=None)
_fenced: ContextVar[bool] = ContextVar("within a commit", default=False)

# Walks the distinct lanes by index, so that a long backlog in one lane costs no more than a short one.
READY = """
WITH RECURSIVE names(lane) AS (
    SELECT MIN(lane) FROM work_task WHERE state = 'queued'
    UNION ALL
    SELECT (SELECT MIN(t.lane) FROM work_task t WHERE t.state = 'queued' AND t.lane > names.lane)
    FROM names WHERE names.lane IS NOT NULL
), ready AS (
    SELECT n.lane, l.served_at, (
        SELECT t.urgency FROM work_task t
        WHERE t.state = 'queued' AND t.lane = n.lane AND t.run_at <= %s AND t.kind IN ({kinds})
        AND (l.rest_until IS NULL OR l.rest_until <= %s OR t.urgency < l.rest_urgency)
        ORDER BY t.urgency LIMIT 1
    ) AS urgency
    FROM names n LEFT JOIN work_lane l ON l.name = n.lane
    WHERE n.lane IS NOT NULL AND (l.leased_until IS NULL OR l.leased_until <= %s)
)
SELECT lane, urgency FROM ready WHERE urgency IS NOT NULL ORDER BY urgency, served_at NULLS FIRST, lane
"""


def lease() -> dt.timedelta:
    """How long a sign of life lasts."""
    return dt.timedelta(seconds=getattr(settings, "WORK_LEASE_SECONDS", 30))


def ready(kinds: Sequence[str]) -> list[tuple[str, Urgency]]:
    """The lanes that nobody serves and that have due work of these kinds, the most pressing first."""
    if not kinds:
        return []
    moment = connection.ops.adapt_datetimefield_value(clock.now())
    query = READY.format(kinds=", ".join(["%s"] * len(kinds)))
    with connection.cursor() as cursor:
        cursor.execute(query, [moment, *kinds, moment, moment])
        return [(lane, Urgency(urgency)) for lane, urgency in cursor.fetchall()]


def take(name: str) -> Held | None:
    """Lease a lane that nobody serves. Needs a transaction."""
    now = clock.now()
    free = Lane.objects.select_for_update(skip_locked=True).filter(Q(token=None) | Q(leased_until__lte=now), name=name)
    row = free.first()
    if row is None:
        Lane.objects.bulk_create([Lane(name=name)], ignore_conflicts=True)
        row = free.all().first()
    if row is None:
        return None
    row.token, row.leased_until, row.served_at = uuid.uuid4(), now + lease(), now
    row.save(update_fields=["token", "leased_until", "served_at"])
    return Held(name, row.token, row.rest_until, row.rest_urgency)


def keep(held: Held) -> None:
    """Lock the lane's row and let the lease begin anew. Needs a transaction; raises ``LostLease``."""
    now = clock.now()
    _only_holder(held, leased_until=now + lease(), served_at=now)


def is_ours(held: Held) -> bool:
    """Whether the lane was not taken by somebody else since."""
    return Lane.objects.filter(name=held.lane, token=held.token).exists()


def release(held: Held) -> None:
    """Let others serve it."""
    _only_holder(held, token=None, leased_until=None)


def rest(held: Held, until: dt.datetime, urgency: Urgency, why: str = "") -> None:
    """Let the lane rest until then, but for tasks more urgent than the one that found the door closed.

    It rests a moment at least, so that a handler that names the past cannot spin. ``why`` is for people.
    """
    now = clock.now()
    if held.rest_until and held.rest_until > now:
        urgency = Urgency(min(urgency, held.rest_urgency))
    _only_holder(held, rest_until=max(until, now + SHORTEST_REST), rest_urgency=urgency, rest_why=why)


def wake(prefix: str) -> int:
    """End the rest of every lane whose name begins so; how many there were."""
    return Lane.objects.filter(name__startswith=prefix, rest_until__isnull=False).update(rest_until=None)


def tidy() -> int:
    """Forget lanes without tasks that nobody served for a day; they come back when needed."""
    now = clock.now()
    waiting = Task.objects.filter(lane=OuterRef("name"), state=Task.State.QUEUED)
    idle = Lane.objects.filter(~Exists(waiting), token=None, served_at__lt=now - dt.timedelta(days=1))
    deleted, _ = idle.exclude(rest_until__gt=now).delete()
    return deleted


def holder() -> Held | None:
    """The lane the caller is serving, if it is a handler."""
    return _held.get()


@contextmanager
def holding(held: Held) -> Iterator[None]:
    """Within it ``commit`` and ``renew`` speak of this lane."""
    reset = _held.set(held)
    try:
        yield
    finally:
        _held.reset(reset)


@contextmanager
def commit() -> Iterator[None]:
    """A transaction only the lane's holder can commit: its row is locked by the lease's token, else ``LostLease``.

    Outside a worker it is a plain transaction, and within another one a part of it.
    """
    with transaction.atomic():
        held = _held.get()
        if held is None or _fenced.get():
            yield
            return
        _extend(held, lease())
        reset = _fenced.set(True)
        try:
            yield
        finally:
            _fenced.reset(reset)


def renew(seconds: float) -> None:
    """Hold the lane for at least so long from now, before a call of that length. Raises ``LostLease``."""
    if held := _held.get():
        _extend(held, dt.timedelta(seconds=seconds))


def _extend(held: Held, time: dt.timedelta) -> None:
    _only_holder(held, leased_until=Greatest(F("leased_until"), clock.now() + time))


def _only_holder(held: Held, **changes: object) -> None:
    if not Lane.objects.filter(name=held.lane, token=held.token).update(**changes):
        raise LostLease(held.lane)
