"""How often a shop is asked for orders: seldom while webhooks prove themselves, at once more often when they do not."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.kit.contract import LimitSpec, Marketplace
from instica.sync.models import Cursor
from instica.work import schedules
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

ORDERS = "orders"
POLL_SHARE = 0.25
PROVEN_FOR = dt.timedelta(days=1)
A_SECOND = dt.timedelta(seconds=1)
CALM = 4
"""How many times longer a round may be while webhooks arrive."""


def ask(connection: Connection) -> None:
    """Read its orders now: something says that there are new ones."""
    with commit():
        if Cursor.objects.filter(connection=connection, walk=ORDERS).exists():
            lane = f"shop:{connection.uid}:watch"
            enqueue("orders.poll", str(connection.uid), lane=lane, urgency=Urgency.ORDER)


def ask_for(connection: Connection, order: str) -> None:
    """Read that one order now: something says that it is new or changed."""
    with commit():
        if Cursor.objects.filter(connection=connection, walk=ORDERS).exists():
            lane = f"shop:{connection.uid}:watch"
            enqueue("orders.one", f"{connection.uid}:{order}", lane=lane, urgency=Urgency.ORDER)


def timetable(connection: Connection, manifest: Marketplace) -> None:
    """Put the next rounds on the timetable. Part of the caller's transaction."""
    least, most = manifest.poll_seconds
    seconds = poll_seconds(manifest, shops_sharing(connection, manifest))
    if is_heard(connection):
        seconds = min(most, max(least, seconds * CALM))
    lane = f"shop:{connection.uid}:watch"
    schedules.every("orders.poll", str(connection.uid), lane=lane, seconds=seconds, urgency=Urgency.ORDER)


def poll_seconds(manifest: Marketplace, shops: int) -> int:
    """How often each of so many shops is asked: a quarter of the narrowest limit polls draw on, within bounds."""
    return _seconds((spec for spec in manifest.limits if spec.polls), manifest.poll_seconds, shops)


def change_seconds(connection: Connection, manifest: Marketplace) -> int:
    """How often this shop is asked which listings changed: by the limits that draws on, within its bounds."""
    drawn = [spec for spec in manifest.limits if spec.changes]
    return _seconds(drawn, manifest.change_seconds, _sharing(connection, drawn))


def _seconds(drawn: Iterable[LimitSpec], bounds: tuple[int, int], shops: int) -> int:
    least, most = bounds
    calls = min((spec.rate / spec.per for spec in drawn), default=math.inf) * POLL_SHARE
    return int(min(most, max(least, math.ceil(shops / calls) if calls else most)))


def shops_sharing(connection: Connection, manifest: Marketplace) -> int:
    """How many connected shops draw on the same limits as this one."""
    return _sharing(connection, [spec for spec in manifest.limits if spec.polls])


def _sharing(connection: Connection, drawn: Iterable[LimitSpec]) -> int:
    if all(spec.scope == "connection" for spec in drawn):
        return 1
    return max(1, Connection.objects.filter(marketplace=connection.marketplace, state=State.CONNECTED).count())


def is_heard(connection: Connection) -> bool:
    """Whether its webhooks reach us: one came within a day, and no round since found an order none had told of."""
    told = Connection.objects.filter(uid=connection.uid, heard_at__gt=now() - PROVEN_FOR, silent_since=None)
    return told.exists()


def heard(connection: Connection) -> None:
    """A webhook came: it is not silent (any more). Part of the transaction that stores it.

    Written down once a second, so that of a flood of deliveries none waits for the others.
    """
    moment, before = now(), connection.heard_at
    if connection.silent_since or before is None or not before <= moment < before + A_SECOND:
        Connection.objects.filter(uid=connection.uid).update(heard_at=moment, silent_since=None)


def judge(connection: Connection, *, news: int, since: dt.datetime | None) -> None:
    """A round found so many orders with news: where nothing was heard since the last round, webhooks are lost.

    Then the shop is asked more often, and its subscriptions are looked after at once. Part of the caller's transaction.
    """
    if not news or since is None:
        return
    unheard = Connection.objects.filter(uid=connection.uid, silent_since=None).exclude(watch={})
    if unheard.exclude(heard_at__gt=since).update(silent_since=now()):
        enqueue("connection.watch", str(connection.uid), lane=f"shop:{connection.uid}:read", urgency=Urgency.PERSON)
