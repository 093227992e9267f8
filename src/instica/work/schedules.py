"""Recurring work: rows that any number of tickers may advance."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from instica.work import clock
from instica.work.models import Schedule, Task
from instica.work.queue import enqueue
from instica.work.urgency import Urgency


def every(kind: str, key: str = "", *, lane: str, seconds: int, urgency: Urgency = Urgency.READ) -> None:
    """Do ``kind`` now and then every so many seconds, until cancelled; a second call changes the timetable."""
    now = clock.now()
    with transaction.atomic():
        row, created = Schedule.objects.get_or_create(
            kind=kind, key=key, defaults={"lane": lane, "seconds": seconds, "urgency": urgency, "next_at": now}
        )
        if not created:
            soon = min(row.next_at, now + dt.timedelta(seconds=seconds))
            Schedule.objects.filter(id=row.id).update(lane=lane, seconds=seconds, urgency=urgency, next_at=soon)


def cancel(kind: str, key: str = "") -> bool:
    """Stop repeating it; false when it was not on the timetable."""
    deleted, _ = Schedule.objects.filter(kind=kind, key=key).delete()
    return bool(deleted)


def tick() -> int:
    """Enqueue what is due; how many tasks that were. A task still waiting is not doubled."""
    now = clock.now()
    return sum(_advance(row, now) for row in Schedule.objects.filter(next_at__lte=now))


def _advance(row: Schedule, now: dt.datetime) -> bool:
    """Move the row on if no other ticker did; missed rounds are skipped, not made up."""
    step = dt.timedelta(seconds=row.seconds)
    missed = (now - row.next_at) // step
    with transaction.atomic():
        ours = Schedule.objects.filter(id=row.id, next_at=row.next_at)
        if not ours.update(next_at=F("next_at") + step * (missed + 1)):
            return False
        if Task.objects.filter(kind=row.kind, key=row.key, lane=row.lane, state=Task.State.QUEUED).exists():
            return False
        enqueue(row.kind, row.key, lane=row.lane, urgency=Urgency(row.urgency))
    return True
