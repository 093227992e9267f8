"""Background doors of connections."""

from __future__ import annotations

import uuid

from instica import marketplaces
from instica.connections import pausing, testing, tickets, watching
from instica.connections.models import Connection, State
from instica.connections.talk import connector_for, talking
from instica.core.verdicts import Dead, Done, Verdict
from instica.work import limits
from instica.work.handlers import Task, handles
from instica.work.lanes import commit


@handles("connection.describe")
def describe(task: Task) -> Verdict:
    """Read the shop's own details."""
    connection = Connection.objects.filter(uid=uuid.UUID(task.key)).exclude(state=State.REVOKED).first()
    if connection is None:
        return Done()
    with talking(connection) as talk:
        account = connector_for(connection, "bulk").shop()
    if talk.verdict:
        return talk.verdict
    testing.describe(connection, account)
    return Done()


@handles("connection.watch")
def watch(task: Task) -> Verdict:
    """See that the shop's webhooks stand, make those that were lost anew, and renew what is about to end."""
    connection = Connection.objects.filter(uid=uuid.UUID(task.key), state=State.CONNECTED).first()
    if connection is None:
        return Done()
    with talking(connection) as talk:
        watching.renew(connection)
    if isinstance(talk.verdict, Dead):
        watching.refused(connection, talk.verdict.why)
        return Done()
    return talk.verdict or Done()


@handles("connection.wake")
def wake(task: Task) -> Verdict:
    """Wake the lanes of a shop that came back once more, for a worker that had found the old sign-in dead."""
    connection = Connection.objects.filter(uid=uuid.UUID(task.key), state=State.CONNECTED).first()
    if connection:
        with commit():
            pausing.wake(connection)
    return Done()


@handles("limits.forget")
def forget_limits(task: Task) -> Verdict:
    """Drop the limits of single listings that nobody has drawn on for as long as they count."""
    for place in marketplaces.every().values():
        for spec in place.limits:
            if spec.scope == "listing":
                limits.forget(f"{spec.name}:", spec.per)
    return Done()


@handles("connection.ticket_over")
def ticket_over(task: Task) -> Verdict:
    """Drop a connect flow that was not finished in time, and the grant in it."""
    with commit():
        tickets.drop(uuid.UUID(task.key))
    return Done()
