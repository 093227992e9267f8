"""Serving a lane: run, settle, look again."""

from __future__ import annotations

import datetime as dt
import random
import time

import structlog
from django.db import DatabaseError, transaction

from instica.core import room
from instica.core.verdicts import Again, Dead, Done, Sleep, Verdict
from instica.work import claim, clock, handlers, lanes, metrics
from instica.work.claim import Run
from instica.work.lanes import Held, LostLease
from instica.work.models import Task
from instica.work.shares import Shares
from instica.work.urgency import Urgency

SLICE_SECONDS = 0.2
FIRST_BACKOFF_SECONDS = 2.0
LONGEST_BACKOFF_SECONDS = 900.0
log = structlog.get_logger(__name__)


def turn(shares: Shares) -> int:
    """Serve the most pressing lane for a moment; how many tasks were run, 0 when nothing was ready."""
    for lane, urgency in lanes.ready(handlers.kinds()):
        with shares.place(lane, urgency) as free:
            ran = serve(lane, urgency.ceiling) if free else 0
        if ran:
            return ran
    return 0


def serve(lane: str, ceiling: Urgency = Urgency.READ) -> int:
    """Run the lane's tasks one after the other until its slice of time is over; how many were run."""
    ran, end = 0, time.monotonic() + SLICE_SECONDS
    held, run = _open(lane, ceiling)
    while held and run:
        with structlog.contextvars.bound_contextvars(**_named(run)):
            verdict = _perform(held, run)
        ran += len(run.tasks)
        if verdict is None:
            break
        more = not isinstance(verdict, Sleep) and time.monotonic() < end
        run = _settle(held, run, verdict, ceiling if more else None)
    return ran


def _named(run: Run) -> dict[str, object]:
    """What every line logged during the run carries: its task, or the first of so many."""
    first = run.tasks[0]
    named = {"kind": first.kind, "lane": first.lane, "key": first.key, "task": str(first.uid)}
    return named | ({"tasks": len(run.tasks)} if len(run.tasks) > 1 else {})


def _open(lane: str, ceiling: Urgency) -> tuple[Held | None, Run | None]:
    with transaction.atomic():
        held = lanes.take(lane)
        run = claim.next_run(held, ceiling=ceiling) if held else None
        if held and not run:
            lanes.release(held)
    return held, run


def _perform(held: Held, run: Run) -> Verdict | None:
    """What the handler says; nothing when the lane is no longer ours."""
    try:
        with lanes.holding(held), metrics.SECONDS.labels(run.handler.kind).time():
            return run.handler(run.tasks)
    except LostLease:
        log.warning("lost lease")
        return None
    except Exception as error:
        if room.is_lacking(error):
            log.error("no room on the disk", why=str(error))
            return Again(clock.now() + room.PATIENCE, room.NO_ROOM, free=True)
        if _is_lost(held):
            log.warning("lost lease", why=str(error))  # what it worked with may be gone with the lane
            return None
        log.exception("task failed")
        return Again(why=f"{type(error).__name__}: {error}")


def _is_lost(held: Held) -> bool:
    """Whether somebody else serves the lane; a database that is away does not say so."""
    try:
        return not lanes.is_ours(held)
    except DatabaseError:
        return False


def _settle(held: Held, run: Run, verdict: Verdict, ceiling: Urgency | None) -> Run | None:
    """Write down what came of the run and take the next one, in one transaction. A lost lease changes nothing."""
    try:
        with transaction.atomic():
            lanes.keep(held)
            outcome = _record(held, run, verdict)
            following = claim.next_run(held, ceiling=ceiling) if ceiling is not None else None
            if following is None:
                lanes.release(held)
    except LostLease:
        log.warning("lost lease", lane=held.lane, kind=run.handler.kind)
        return None
    metrics.TASKS.labels(run.handler.kind, outcome).inc(len(run.tasks))
    return following


def _record(held: Held, run: Run, verdict: Verdict) -> str:
    match verdict:
        case Done():
            Task.objects.filter(id__in=[task.uid for task in run.tasks]).delete()
            return "done"
        case Sleep():
            lanes.rest(held, verdict.until, min(task.urgency for task in run.tasks), verdict.why)
            return "asleep"
        case Dead():
            for task in run.tasks:
                _bury(run.handler, task, verdict.why)
            return "dead"
        case Again():
            dead = [_again(run.handler, task, verdict) for task in run.tasks]
            return "dead" if all(dead) else "again"


def _again(handler: handlers.Handler, task: handlers.Task, verdict: Again) -> bool:
    """Put it back for later; true when it had its last attempt."""
    attempts = task.attempts + (not verdict.free)
    if attempts >= handler.attempts:
        _bury(handler, task, verdict.why)
        return True
    run_at = verdict.at or clock.now() + backoff(attempts)
    Task.objects.filter(id=task.uid).update(attempts=attempts, run_at=run_at, why=verdict.why)
    return False


def _bury(handler: handlers.Handler, task: handlers.Task, why: str) -> None:
    Task.objects.filter(id=task.uid).update(state=Task.State.DEAD, attempts=task.attempts + 1, why=why)
    log.warning("task gave up", lane=task.lane, kind=task.kind, key=task.key, why=why)
    if handler.gave_up is None:
        return
    try:
        with transaction.atomic():
            handler.gave_up(task, why)
    except Exception:
        log.exception("what follows giving up failed", kind=task.kind, key=task.key)


def backoff(attempts: int) -> dt.timedelta:
    """A random moment within a span that doubles with every attempt, so that failures do not return in step."""
    span = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(attempts, 20))
    return dt.timedelta(seconds=random.uniform(0, span))  # noqa: S311  # spreads load, protects nothing
