"""Keep up with shops: the timetable of order polls, one step of a walk, the inbox of events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from django.db import IntegrityError, transaction

from instica.connections.credentials import app_for, manifest_of
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.core.errors import NotFound
from instica.kit import types as kit
from instica.kit.contract import Connector, Marketplace, Webhooks
from instica.notices.services import forget, tell
from instica.orders import services as orders
from instica.sync import changes, pace, reconcile
from instica.sync.models import Cursor, Event
from instica.sync.pace import ORDERS
from instica.work import schedules
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

BEFORE_CONNECT = dt.timedelta(minutes=15)
KEEP_EVENTS = dt.timedelta(days=30)
DAY_SECONDS = 86_400
log = structlog.get_logger(__name__)


def start(*, connection: Connection) -> None:
    """Read orders from the moment of connecting on; a shop that returns goes on where it stopped."""
    manifest = manifest_of(connection.marketplace)
    if not reads_orders(manifest):
        return
    with commit():
        if not _is_live(connection):
            return
        since = connection.connected_at - BEFORE_CONNECT
        Cursor.objects.get_or_create(connection=connection, walk=ORDERS, defaults={"since": since})
        schedules.every("sync.purge", lane="house", seconds=DAY_SECONDS)
        schedules.every("limits.forget", lane="house", seconds=DAY_SECONDS)
        pace.timetable(connection, manifest)
        reconcile.start(connection=connection, manifest=manifest)
        changes.timetable(connection, manifest)


def poll(*, connection: Connection, connector: Connector) -> bool:
    """Read one page of orders, take it in and move the cursor in the same transaction; whether more pages wait."""
    cursor = Cursor.objects.get(connection=connection, walk=ORDERS)
    page = connector.orders(cursor.since, cursor.position or None)
    with commit():
        if not _is_live(connection):
            return False
        news = orders.take_in(connection=connection, orders=page.rows)
        orders.settle_known(connection=connection)
        pace.judge(connection, news=news, since=cursor.finished)
        row = Cursor.objects.select_for_update().get(pk=cursor.pk)
        if (row.since, row.position) == (cursor.since, cursor.position):
            _advance(row, page)
        if page.unreachable:
            log.warning("orders.unreadable", connection=connection.public_id, count=page.unreachable)
        if not page.next:
            Connection.objects.filter(uid=connection.uid).update(last_synced_at=now())
            forget(connection.organization, _trouble_key(connection))
            manifest = manifest_of(connection.marketplace)
            pace.timetable(connection, manifest)
            changes.timetable(connection, manifest)
    return page.next is not None


def take_one(*, connection: Connection, order: kit.RemoteOrder) -> None:
    """Take in an order that an event told of, as a round does; the rounds go on where they stand."""
    with commit():
        if _is_live(connection):
            orders.take_in(connection=connection, orders=[order])
            orders.settle_known(connection=connection)


def refused(*, connection: Connection, why: str) -> None:
    """They will not show us the orders; the next round asks again, the owner knows meanwhile."""
    with commit():
        if not _is_live(connection):
            return
        tell(
            organization=connection.organization,
            key=_trouble_key(connection),
            title=f"The orders of {connection.username} cannot be read",
            body=f"{manifest_of(connection.marketplace).name} says: {why}. Sales there are not seen meanwhile.",
            tone="danger",
            link="/marketplaces/",
            mail=True,
        )


def _is_live(connection: Connection) -> bool:
    """Whether the shop was not disconnected meanwhile, nor can be before this transaction ends."""
    rows = Connection.objects.select_for_update(no_key=True).exclude(state=State.REVOKED)
    return rows.filter(uid=connection.uid).exists()


def _trouble_key(connection: Connection) -> str:
    """The notice that the orders cannot be read."""
    return f"orders:{connection.uid}"


def _advance(row: Cursor, page: kit.Page[kit.RemoteOrder]) -> None:
    """Remember the page; at the end of a walk the newest activity seen on it becomes where the next one begins."""
    latest = [min(order.updated_at, now()) for order in page.rows]
    row.high = max([*latest, *([row.high] if row.high else [])], default=None)
    row.position = page.next or ""
    if page.next is None:
        row.since = max(row.since, row.high or row.since)
        row.high, row.finished = None, now()
    row.save()


def reads_orders(manifest: Marketplace) -> bool:
    """Whether this marketplace's orders can be read at all."""
    return bool(manifest.connector) and bool(manifest.load("connector").can("orders"))


def deliver(*, marketplace: str, headers: dict[str, str], body: bytes) -> int:
    """Store the events of a webhook delivery, and a reason to look for each; how many were new.

    Raises ``NotFound`` where there are no webhooks, and what ``Webhooks.read`` raises.
    """
    return accept(marketplace=marketplace, events=webhooks_of(marketplace).read(app_for(marketplace), headers, body))


def accept(*, marketplace: str, events: Sequence[kit.Event]) -> int:
    """The same for events that are known to be genuine."""
    return sum(_store(marketplace, event) for event in events)


def webhooks_of(marketplace: str) -> Webhooks:
    """How that marketplace's webhooks are read. Raises ``NotFound``."""
    manifest = manifest_of(marketplace)
    if not manifest.webhooks:
        raise NotFound(f"{manifest.name} sends no webhooks here.")
    made: Webhooks = manifest.load("webhooks")()
    return made


def _store(marketplace: str, event: kit.Event) -> bool:
    """Store one event, unless it is known: a delivery that was cut in two is made again, and then the rest is new."""
    live = Connection.objects.filter(marketplace=marketplace, remote_id=event.account).exclude(state=State.REVOKED)
    connection = next(iter(live.only("uid", "heard_at", "silent_since").order_by()[:1]), None)
    row = Event(
        marketplace=marketplace,
        connection=connection,
        account=event.account[:120],
        topic=event.topic[:120],
        object_id=event.object_id[:120],
        event_id=event.event_id[:120],
        kind=event.kind,
        about=event.about,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            lane = f"shop:{connection.uid}:watch" if connection else "house"
            enqueue("sync.event", str(row.uid), lane=lane, urgency=Urgency.ORDER)
            if connection:  # the last thing, since other deliveries of the shop wait for its row
                pace.heard(connection)
    except IntegrityError:
        return False
    return True


def purge() -> int:
    """Delete events after thirty days; how many."""
    with commit():
        count, _ = Event.objects.filter(received__lt=now() - KEEP_EVENTS).delete()
    return count
