"""After the clock was set back: what a clock that ran ahead has put off is due again."""

from __future__ import annotations

import datetime as dt

import structlog

from instica.work import clock
from instica.work.models import Lane, Schedule, Task

SLACK = dt.timedelta(minutes=1)
"""So far the clocks of several machines may differ without anything being wrong."""
log = structlog.get_logger(__name__)


def mend() -> int:
    """Let nothing wait for a moment that only a clock ahead of its time can have named; how many rows did.

    A lane that was served in the future has its leases, its rests and what waits in it from there; a round on the
    timetable is never more than one step away.
    """
    now = clock.now()
    ahead = Lane.objects.filter(served_at__gt=now + SLACK)
    names = list(ahead.values_list("name", flat=True))
    waiting = Task.objects.filter(state=Task.State.QUEUED, run_at__gt=now)
    mended = waiting.filter(lane__in=names).update(run_at=now) if names else 0
    mended += waiting.filter(created_at__gt=now + SLACK).update(run_at=now, created_at=now)
    mended += ahead.update(token=None, leased_until=None, rest_until=None, served_at=now)
    for row in Schedule.objects.filter(next_at__gt=now + SLACK):
        if row.next_at > now + dt.timedelta(seconds=row.seconds) + SLACK:
            mended += Schedule.objects.filter(id=row.id, next_at=row.next_at).update(next_at=now)
    if mended:
        log.warning("the clock was set back", mended=mended)
    return mended
