"""Background doors of sync."""

from __future__ import annotations

import uuid

from instica.connections.models import Connection, State
from instica.connections.talk import connector_for, talking
from instica.core.verdicts import Again, Dead, Done, Verdict
from instica.kit.errors import Gone, Refused, Throttled, TryLater
from instica.sync import acting, changes, pace, reconcile, services
from instica.sync.models import Event
from instica.work.handlers import Task, handles
from instica.work.lanes import commit
from instica.work.models import Task as Row
from instica.work.queue import enqueue

POLL_ATTEMPTS = 25


@handles("connection.connected")
def connected(task: Task) -> Verdict:
    """A shop was connected, or connected again: begin or go on with reading its orders."""
    connection = _shop(task)
    if connection:
        services.start(connection=connection)
    return Done()


def gave_up(task: Task, why: str) -> None:
    """Round after round failed: the owner hears of it, and the timetable asks again."""
    Row.objects.filter(kind=task.kind, key=task.key, state=Row.State.DEAD).exclude(id=task.uid).delete()
    if connection := _shop(task):
        services.refused(connection=connection, why="it fails again and again")


@handles("orders.poll", attempts=POLL_ATTEMPTS, gave_up=gave_up)
def poll(task: Task) -> Verdict:
    """Read one page of orders; the next page is a task of its own, so that more urgent ones can go between."""
    connection = _shop(task)
    if connection is None:
        return Done()
    with talking(connection) as talk:
        more = services.poll(connection=connection, connector=connector_for(connection, "stock"))
    if isinstance(talk.verdict, Dead):
        services.refused(connection=connection, why=talk.verdict.why)
        return Done()
    if talk.verdict:
        return talk.verdict
    if more:
        with commit():
            enqueue("orders.poll", task.key, lane=task.lane, urgency=task.urgency)
    return Done()


def asks_round(task: Task, why: str) -> None:
    """The order could not be read for itself, again and again: a round finds it."""
    asks_again(task, why)
    if connection := _shop(task):
        pace.ask(connection)


@handles("orders.one", attempts=POLL_ATTEMPTS, gave_up=asks_round)
def one(task: Task) -> Verdict:
    """Read one order that an event told of; one that is not found so is looked for by a round."""
    connection = _shop(task)
    if connection is None:
        return Done()
    with talking(connection) as talk:
        order = connector_for(connection, "stock").order(task.key.partition(":")[2])
    if isinstance(talk.failure, Gone | Refused):
        pace.ask(connection)
        return Done()
    if talk.verdict:
        return talk.verdict
    services.take_one(connection=connection, order=order)
    return Done()


def asks_again(task: Task, why: str) -> None:
    """Round after round failed: nothing is lost but time, since the timetable asks again and shops are read through."""
    Row.objects.filter(kind=task.kind, key=task.key, state=Row.State.DEAD).delete()


@handles("listings.changes", attempts=POLL_ATTEMPTS, gave_up=asks_again)
def ask_for_changes(task: Task) -> Verdict:
    """Ask which listings changed; the next page is a task of its own, so that more urgent ones can go between."""
    connection = _shop(task)
    if connection is None:
        return Done()
    more = False
    with talking(connection) as talk:
        more = changes.poll(connection=connection, connector=connector_for(connection, "stock"))
    if isinstance(talk.verdict, Dead):
        return Done()
    if more:
        with commit():
            enqueue(task.kind, task.key, lane=task.lane, urgency=task.urgency)
    return talk.verdict or Done()


@handles("sync.event")
def event(task: Task) -> Verdict:
    """Act on one event."""
    row = Event.objects.filter(uid=uuid.UUID(task.key)).first()
    try:
        if row:
            acting.act(event=row)
    except (TryLater, Throttled) as failure:
        return Again(getattr(failure, "until", None), str(failure))
    return Done()


@handles(reconcile.KIND)
def walk(task: Task) -> Verdict:
    """Compare one page of the shop's list with ours."""
    connection = _shop(task)
    if connection is None:
        return Done()
    verdict: Verdict = Done()
    with talking(connection) as talk:
        verdict = reconcile.step(connection=connection, connector=connector_for(connection, "bulk", f"walk-{task.key}"))
    return talk.verdict or verdict


@handles("sync.look", attempts=POLL_ATTEMPTS, gave_up=asks_again)
def look(task: Task) -> Verdict:
    """Look at one page."""
    connection = _shop(task)
    if connection is None:
        return Done()
    with talking(connection) as talk:
        connector = connector_for(connection, "bulk" if task.urgency.bulk else "stock")
        reconcile.one(connection=connection, connector=connector, ref=task.key.partition(":")[2])
    return talk.verdict or Done()


@handles("sync.purge")
def purge(task: Task) -> Verdict:
    """Delete what nobody needs any more."""
    services.purge()
    return Done()


def _shop(task: Task) -> Connection | None:
    """The shop a key begins with, while it is not disconnected."""
    rows = Connection.objects.select_related("organization").exclude(state=State.REVOKED)
    return rows.filter(uid=uuid.UUID(task.key.partition(":")[0])).first()
