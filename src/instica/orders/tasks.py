"""Background doors of orders."""

from __future__ import annotations

import datetime as dt
import uuid

from instica.connections.models import Connection, State
from instica.connections.talk import connector_for, talking
from instica.core.verdicts import Done, Verdict
from instica.kit.errors import Gone
from instica.kit.types import Ref
from instica.orders import carrying, counting, locks, looking, services, telling
from instica.orders.models import Order, Settled
from instica.work.handlers import Task, handles
from instica.work.lanes import commit


@handles("order.read")
def read(task: Task) -> Verdict:
    """Look at one order again and take in what it says now."""
    order = Order.objects.select_related("connection__organization").filter(uid=uuid.UUID(task.key)).first()
    if order is None or order.connection.state == State.REVOKED:
        return Done()
    with talking(order.connection) as talk:
        remote = connector_for(order.connection, "stock").order(order.remote_id)
    if isinstance(talk.failure, Gone):
        return Done()
    if talk.verdict:
        return talk.verdict
    services.take_in(connection=order.connection, orders=[remote])
    return Done()


@handles("order.listing")
def look(task: Task) -> Verdict:
    """Look at one page that orders name: keep it where nobody imported it, or see what its reading had included."""
    uid, _, ref = task.key.partition(":")
    rows = Connection.objects.select_related("organization").exclude(state=State.REVOKED)
    connection = rows.filter(uid=uuid.UUID(uid)).first()
    if connection is None:
        return Done()
    connector = connector_for(connection, "stock")
    if not connector.can("listing"):
        return Done()
    with talking(connection) as talk:
        remote = connector.listing(Ref(ref))
    if isinstance(talk.failure, Gone):
        looking.gone(connection=connection, ref=ref)
        return Done()
    if talk.verdict:
        return talk.verdict
    looking.seen(connection=connection, ref=ref, remote=remote)
    return Done()


@handles("order.oversold")
def oversold(task: Task) -> Verdict:
    """Tell the owner, if the line is still short now that the other order was looked at."""
    with commit():
        line = locks.line(uuid.UUID(task.key))
        if line and line.settled == Settled.MOVED and line.allocated < line.quantity:
            telling.oversold(line)
    return Done()


@handles("orders.day", batch=50)
def day(tasks: list[Task]) -> Verdict:
    """Make days of sales follow from their orders again."""
    for task in tasks:
        uid, _, word = task.key.partition(":")
        connection = Connection.objects.filter(uid=uuid.UUID(uid)).first()
        if connection:
            counting.remake(connection=connection, day=dt.date.fromisoformat(word))
    return Done()


def gave_up(task: Task, why: str) -> None:
    """An errand without an answer is a person's."""
    carrying.give_up(uuid.UUID(task.key), why)


@handles("order.errand", gave_up=gave_up)
def errand(task: Task) -> Verdict:
    """Ship or cancel at the marketplace."""
    return carrying.carry(uuid.UUID(task.key))


@handles("order.search", batch=50)
def search(tasks: list[Task]) -> Verdict:
    """Let orders be found by the items that their lines turned out to be."""
    for task in tasks:
        services.find_by_item(order=uuid.UUID(task.key))
    return Done()
