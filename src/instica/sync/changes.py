"""Asks shops which of their listings changed: each is an event, and so a reason to look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import structlog

from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.core.money import Money
from instica.kit.contract import Connector, Marketplace
from instica.kit.types import RemoteListing
from instica.listings import pages
from instica.listings.keeping import part_of
from instica.listings.models import Listing
from instica.sync import pace
from instica.sync.models import Cursor, Event
from instica.work import schedules
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

CHANGES = "changes"
AROUND = dt.timedelta(minutes=5)
"""Before a round began, a change may still have been told in it: connectors overlap, and clocks differ."""
TOPIC = "listing.changed"
log = structlog.get_logger(__name__)


def timetable(connection: Connection, manifest: Marketplace) -> None:
    """Ask every so often, where the marketplace tells. Part of the caller's transaction."""
    if not manifest.connector or not manifest.load("connector").can("changes"):
        return
    seconds = pace.change_seconds(connection, manifest)
    lane = f"shop:{connection.uid}:watch"
    schedules.every("listings.changes", str(connection.uid), lane=lane, seconds=seconds, urgency=Urgency.READ)


def poll(*, connection: Connection, connector: Connector) -> bool:
    """Take one page of changed listings in, and move the cursor in the same transaction; whether more pages wait."""
    cursor = _cursor(connection)
    begun = now()
    page = connector.changes(cursor.since, cursor.position or None)
    with commit():
        live = Connection.objects.select_for_update(no_key=True).exclude(state=State.REVOKED)
        if not live.filter(uid=connection.uid).exists():
            return False
        known = _as_known(connection, page.rows, cursor.since - AROUND)
        _note(connection, (listing.id for listing in page.rows if listing.id not in known))
        row = Cursor.objects.select_for_update().get(pk=cursor.pk)
        if (row.since, row.position) == (cursor.since, cursor.position):
            _advance(row, page.next, begun)
    if not page.complete:
        log.info("changes.incomplete", connection=connection.public_id)
    return page.next is not None


def _cursor(connection: Connection) -> Cursor:
    """How far we know; from the first time on what changes from now on, since an import reads the rest."""
    row, _ = Cursor.objects.get_or_create(connection=connection, walk=CHANGES, defaults={"since": now()})
    return row


def _advance(row: Cursor, position: str | None, begun: dt.datetime) -> None:
    """At the end of a walk the next one begins where this one began, by our clock: the connector overlaps."""
    row.high = row.high or begun
    row.position = position or ""
    if position is None:
        row.since, row.high, row.finished = row.high, None, now()
    row.save()


def _as_known(connection: Connection, rows: Sequence[RemoteListing], since: dt.datetime) -> set[str]:
    """Pages we read or wrote since then that still say what we know: most changes are our own, and need no look."""
    seen = Listing.objects.filter(connection=connection, remote_id__in=[row.id for row in rows], seen_at__gte=since)
    held = {page.remote_id: page for page in seen.prefetch_related("offers")}
    return {row.id for row in rows if row.id in held and _held(held[row.id]) == _told(row)}


def _held(page: Listing) -> tuple[object, ...]:
    offers = {offer.remote_id: (offer.currency, offer.price, offer.seen_quantity) for offer in page.offers.all()}
    return page.seen, page.title, offers


def _told(row: RemoteListing) -> tuple[object, ...]:
    offers = {part_of(row, offer): (*_money(offer.price), offer.quantity) for offer in row.offers}
    return row.seen, pages.text(row.title)[:600], offers


def _money(price: Money | None) -> tuple[str, int | None]:
    return (price.currency, price.minor) if price else ("", None)


def _note(connection: Connection, listings: Iterable[str]) -> None:
    """An event for each; none for one that waits to be looked at already."""
    wanted = dict.fromkeys(number[:120] for number in listings)
    waiting = Event.objects.filter(connection=connection, topic=TOPIC, handled=None, object_id__in=list(wanted))
    known = set(waiting.values_list("object_id", flat=True))
    fresh = [
        Event(
            marketplace=connection.marketplace,
            connection=connection,
            account=connection.remote_id,
            topic=TOPIC,
            object_id=number,
            about="listing",
        )
        for number in wanted
        if number not in known
    ]
    Event.objects.bulk_create(fresh, batch_size=500)
    for event in fresh:
        enqueue("sync.event", str(event.uid), lane=f"shop:{connection.uid}:watch", urgency=Urgency.READ)
