"""A rolling look at every page of a shop: what differs is shown, what is gone is looked for, what is new is said."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.core.errors import Conflict
from instica.core.verdicts import Again, Done, Verdict
from instica.imports import queries as imports
from instica.kit import types as kit
from instica.kit.contract import Connector, Marketplace
from instica.kit.errors import Gone
from instica.listings import asking, observing, pages, unchanged
from instica.listings import queries as listings
from instica.listings.models import Listing, Offer, Seen
from instica.notices.services import forget, tell
from instica.sync import pace
from instica.sync.models import Cursor
from instica.work import clock, schedules
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

PAGES, KIND = "pages", "sync.reconcile"
ROUND = dt.timedelta(hours=6)
LOOK_AGAIN = dt.timedelta(minutes=15)
SEARCHED = 500
"""How many pages a walk did not meet are looked for after one walk; the next ones follow."""


def start(*, connection: Connection, manifest: Marketplace) -> None:
    """Walk over the shop's pages again and again, in the time its terms allow. Part of the caller's transaction."""
    if not manifest.load("connector").can("listings"):
        return
    seconds = int(min(ROUND, (manifest.fresh_for or ROUND * 2) / 2).total_seconds())
    Cursor.objects.get_or_create(connection=connection, walk=PAGES, defaults={"since": now()})
    schedules.every(KIND, str(connection.uid), lane=f"shop:{connection.uid}:read", seconds=seconds)


def compare(*, connection: Connection) -> None:
    """A person wants all its pages compared now; a walk that is under way goes on. Raises ``Conflict``."""
    manifest = manifest_of(connection.marketplace)
    if connection.state != State.CONNECTED:
        raise Conflict(f"Connect {connection.username} on {manifest.name} again first.", code="not_connected")
    if not manifest.load("connector").can("listings"):
        raise Conflict(f"{manifest.name} shows its pages to no program.", code="not_possible")
    with commit():
        start(connection=connection, manifest=manifest)
        lane = f"shop:{connection.uid}:read"
        enqueue(KIND, str(connection.uid), lane=lane, urgency=Urgency.PERSON)


def step(*, connection: Connection, connector: Connector) -> Verdict:
    """Read one page of the walk and compare it; the next one is asked for, so that more urgent work goes between."""
    cursor, asked_at = Cursor.objects.get(connection=connection, walk=PAGES), now()
    if not cursor.position:
        Cursor.objects.filter(pk=cursor.pk, position="").update(since=asked_at, strangers=0)
        cursor.refresh_from_db()
    page = connector.listings(cursor.position or None)
    if page.ready_at:
        return _wait(cursor, page)
    strangers = _compare(connection, page, asked_at)
    with commit():
        row = Cursor.objects.select_for_update().get(pk=cursor.pk)
        if (row.since, row.position) == (cursor.since, cursor.position):
            _advance(connection, row, page, strangers)
    return Done()


def _wait(cursor: Cursor, page: kit.Page[kit.RemoteListing]) -> Verdict:
    """Not yet: what they prepare is asked for again when they say so."""
    with commit():
        Cursor.objects.filter(pk=cursor.pk, position=cursor.position).update(position=page.next or "")
    return Again(page.ready_at, "The marketplace prepares its list", free=True)


def _compare(connection: Connection, page: kit.Page[kit.RemoteListing], asked_at: dt.datetime) -> int:
    """Every row against ours; how many belong to nobody."""
    known = observing.known(connection.uid, [row.id for row in page.rows])
    sound = {known[row.id]: row for row in page.rows if row.id in known and not row.faults}
    same = unchanged.confirm(read=sound, asked_at=asked_at)
    for uid, row in sound.items():
        if uid not in same and observing.observe(page=uid, remote=row, asked_at=asked_at, whole=not row.brief):
            _ask_why(connection, row.id)
    unknown = [row.id for row in page.rows if row.id not in known and row.seen == Seen.LIVE.value]
    return len(imports.strangers(connection, unknown))


def look(connection: Connection, ref: str, *, at: dt.datetime | None = None, urgency: Urgency = Urgency.READ) -> None:
    """Ask for a look at one page."""
    with commit():
        asking.look(connection.uid, ref, at=at, urgency=urgency)


def _advance(connection: Connection, row: Cursor, page: kit.Page[kit.RemoteListing], strangers: int) -> None:
    row.position, row.strangers = page.next or "", row.strangers + strangers
    if page.next:
        enqueue(KIND, str(connection.uid), lane=f"shop:{connection.uid}:read")
    else:
        row.finished = now()
        _tell_strangers(connection, row.strangers)
        if page.complete:
            _search(connection, row.since)
    row.save()


def _search(connection: Connection, since: dt.datetime) -> None:
    """Look for pages that should be there and that the walk did not meet: each for itself, absence proves nothing."""
    ours = Exists(Offer.objects.filter(listing=OuterRef("pk"), item__isnull=False))
    mine = Listing.objects.filter(ours, connection=connection).exclude(remote_id="")
    missed = mine.filter(seen__in=listings.THERE, seen_at__lt=since)
    for ref in missed.order_by("seen_at").values_list("remote_id", flat=True)[:SEARCHED]:
        look(connection, ref)


def _tell_strangers(connection: Connection, count: int) -> None:
    """Pages that somebody made there: an import takes them in."""
    key = f"strangers:{connection.uid}"
    if not count:
        forget(connection.organization, key)
        return
    name = manifest_of(connection.marketplace).name
    tell(
        organization=connection.organization,
        key=key,
        title=f"Listings on {name} that are not in your inventory",
        body=f"{count} listing{'' if count == 1 else 's'} of {connection.username} on {name} belong"
        f"{'s' if count == 1 else ''} to no item here. Import the shop to take them in: you see a plan first.",
        tone="info",
        link="/imports/",
    )


def one(*, connection: Connection, connector: Connector, ref: str) -> None:
    """Look at one page: an event told of it, a walk missed it, or a drop waits for its order."""
    known = observing.known(connection.uid, [ref])
    if ref not in known:
        return
    asked_at, content = now(), Listing.objects.filter(pk=known[ref]).values_list("content", flat=True).first()
    try:
        remote = connector.listing(kit.Ref(ref, extra=pages.details(content or {})))
    except Gone:
        observing.gone(page=known[ref])
        pace.ask(connection)
        return
    if observing.observe(page=known[ref], remote=remote, asked_at=asked_at, whole=True):
        _ask_why(connection, ref)


def _ask_why(connection: Connection, ref: str) -> None:
    """Pieces went: their order is asked for at once, and the page looked at again when it should be here."""
    pace.ask(connection)
    look(connection, ref, at=clock.now() + LOOK_AGAIN)
