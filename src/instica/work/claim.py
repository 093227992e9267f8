"""Taking the next tasks of a lane: the most urgent first, and everything that says the same thing at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from instica.work import clock, handlers
from instica.work.lanes import Held
from instica.work.models import Task
from instica.work.urgency import Urgency

# One statement, since it runs for every task: what is due here, and whether anything else due says the same.
NEXT = """
SELECT t.*, t.key <> '' AND EXISTS (
    SELECT 1 FROM work_task s WHERE s.state = 'queued' AND s.lane = t.lane AND s.kind = t.kind AND s.key = t.key
    AND s.run_at <= %s AND s.id <> t.id
) AS repeated
FROM work_task t
WHERE t.state = 'queued' AND t.lane = %s AND t.run_at <= %s AND t.urgency <= %s AND t.kind IN ({kinds})
ORDER BY t.urgency, t.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one call of a handler gets to do."""

    handler: handlers.Handler
    tasks: list[handlers.Task]


def next_run(held: Held, *, ceiling: Urgency = Urgency.READ) -> Run | None:
    """The next run in a lane we hold; tasks it makes superfluous are deleted. Needs the caller's transaction."""
    now = clock.now()
    resting = held.rest_until and held.rest_until > now
    least = min(int(ceiling), held.rest_urgency - 1) if resting else int(ceiling)
    found = _due(held.lane, now, handlers.kinds(), least, 1)
    if not found:
        return None
    handler = handlers.handler(found[0].kind)
    if handler.batch > 1:
        found = _different(_due(held.lane, now, [handler.kind], least, handler.batch * 4))[: handler.batch]
    _absorb(now, [row for row in found if row.repeated])
    return Run(handler, [_view(row) for row in found])


def _due(lane: str, now: dt.datetime, kinds: Sequence[str], least: int, size: int) -> list[Any]:
    """The most urgent due tasks of a lane; rows with an extra ``repeated``."""
    if not kinds:
        return []
    moment = connection.ops.adapt_datetimefield_value(now)
    query = NEXT.format(kinds=", ".join(["%s"] * len(kinds)))
    return list(Task.objects.raw(query, [moment, lane, moment, least, *kinds, size]))


def _different(rows: Sequence[Task]) -> list[Any]:
    """The first of every key; repeats are left for ``_absorb``."""
    first: dict[object, Task] = {}
    for row in rows:
        first.setdefault(row.key or row.id, row)
    return list(first.values())


def _absorb(now: dt.datetime, keepers: Sequence[Task]) -> None:
    """Delete every other due task of the same kind and key we can lock, and carry the newest payload on.

    A task inserted later is not seen here and stays: no reason to look is ever lost.
    """
    for keeper in keepers:
        same = Task.objects.filter(lane=keeper.lane, kind=keeper.kind, key=keeper.key, run_at__lte=now)
        queued = same.filter(state=Task.State.QUEUED).exclude(id=keeper.id)
        others = list(queued.select_for_update(skip_locked=True).order_by("id"))
        if others and others[-1].id > keeper.id:
            keeper.payload, keeper.attempts = others[-1].payload, others[-1].attempts
            keeper.save(update_fields=["payload", "attempts"])
        Task.objects.filter(id__in=[row.id for row in others]).delete()


def _view(row: Task) -> handlers.Task:
    return handlers.Task(row.id, row.kind, row.key, row.lane, row.payload, row.attempts, Urgency(row.urgency))
