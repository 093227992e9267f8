"""How far each shop is in step: when it was last read, what waits for it and why. Reads only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from instica.connections import brakes
from instica.connections import queries as connections
from instica.connections.models import Connection, State, Stop
from instica.core.clock import now
from instica.listings import queries as listings
from instica.people.models import Organization
from instica.sync.models import Cursor
from instica.sync.pace import ORDERS
from instica.sync.queries import poll_intervals
from instica.sync.reconcile import KIND, PAGES
from instica.work.models import Lane, Task
from instica.work.urgency import Urgency

LANES = ("write", "watch", "read")
KINDS: Mapping[int, str] = {
    Urgency.END: "stock",
    Urgency.LEVEL: "stock",
    Urgency.ORDER: "orders",
    Urgency.PERSON: "asked",
    Urgency.REVISE: "content",
    Urgency.PUBLISH: "content",
    Urgency.READ: "reading",
}
"""What waits, as a person counts it, by its urgency."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A lane that does nothing until then, and why; what is more urgent than that goes on all the same."""

    lane: str
    until: dt.datetime
    why: str


@dataclass(frozen=True, slots=True)
class Walk:
    """All pages of a shop are being compared: so many of those we know were read; why it waits, where it does."""

    read: int
    known: int
    why: str


@dataclass(frozen=True, slots=True)
class ShopStanding:
    """One shop. ``held`` is why nothing is written by itself; ``waiting`` counts due tasks, ``failed`` dead ones."""

    connection: Connection
    held: str
    orders_read: dt.datetime | None
    pages_read: dt.datetime | None
    poll_seconds: int | None
    waiting: Mapping[str, int]
    failed: int
    rests: tuple[Rest, ...]
    walk: Walk | None

    @property
    def lag_seconds(self) -> int | None:
        """How old our knowledge of its orders is, at most."""
        return int((now() - self.orders_read).total_seconds()) if self.orders_read else None


def stopped(organization: Organization) -> Stop | None:
    """Since when nothing is written anywhere, and who stopped it."""
    return Stop.objects.select_related("by").filter(organization=organization).first()


def shops(organization: Organization) -> list[ShopStanding]:
    """Every shop that is not disconnected, in seven queries however many there are, and one more each for its brakes
    and for a walk over its pages that goes on.

    Shops that a browser reads are in step with nothing: they are not among them.
    """
    in_browsers = connections.by_extension(organization).values("pk")
    rows = [shop for shop in connections.live(organization).exclude(pk__in=in_browsers) if shop.state != State.REVOKED]
    cursors = {(cursor.connection_id, cursor.walk): cursor for cursor in _cursors(rows)}
    read = {place: cursor.finished for place, cursor in cursors.items()}
    walks = _walks(rows, cursors)
    intervals = poll_intervals(rows)
    waiting, failed = _tasks(rows)
    rests = _rests(rows)
    return [
        ShopStanding(
            connection=row,
            held=brakes.on(row, forced=False),
            orders_read=read.get((row.uid, ORDERS)),
            pages_read=read.get((row.uid, PAGES)),
            poll_seconds=intervals.get(row.uid),
            waiting=waiting[row.uid],
            failed=failed[row.uid],
            rests=tuple(rests[row.uid]),
            walk=walks.get(row.uid),
        )
        for row in rows
    ]


def _cursors(rows: Iterable[Connection]) -> Iterable[Cursor]:
    return Cursor.objects.filter(connection__in=[row.uid for row in rows])


def _walks(rows: Sequence[Connection], cursors: Mapping[tuple[uuid.UUID, str], Cursor]) -> dict[uuid.UUID, Walk]:
    """Which shops' pages are being compared; one that has not begun has read nothing yet."""
    shops, found = {str(row.uid): row for row in rows}, {}
    tasks = Task.objects.filter(lane__in=lanes_of(rows), kind=KIND, key__in=shops, state=Task.State.QUEUED)
    for task in tasks.order_by("-run_at"):
        shop = shops[task.key]
        cursor = cursors.get((shop.uid, PAGES))
        since = cursor.since if cursor and cursor.position else now()
        found[shop.uid] = Walk(*listings.seen_since(shop, since), task.why)
    return found


def lanes_of(rows: Iterable[Connection]) -> dict[str, uuid.UUID]:
    """Whose each lane is."""
    return {f"shop:{row.uid}:{lane}": row.uid for row in rows for lane in LANES}


def _tasks(rows: Sequence[Connection]) -> tuple[dict[uuid.UUID, Counter[str]], Counter[uuid.UUID]]:
    """Due tasks of every shop by kind, and how many gave up."""
    whose, due = lanes_of(rows), now()
    waiting: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    failed: Counter[uuid.UUID] = Counter()
    tasks = Task.objects.filter(lane__in=whose).order_by()
    queued = tasks.filter(state=Task.State.QUEUED, run_at__lte=due).values_list("lane", "urgency")
    for lane, urgency, count in queued.annotate(count=Count("id")):
        waiting[whose[lane]][KINDS[urgency]] += count
    for lane, count in tasks.filter(state=Task.State.DEAD).values_list("lane").annotate(count=Count("id")):
        failed[whose[lane]] += count
    return waiting, failed


def _rests(rows: Sequence[Connection]) -> dict[uuid.UUID, list[Rest]]:
    whose = lanes_of(rows)
    found: dict[uuid.UUID, list[Rest]] = defaultdict(list)
    for lane in Lane.objects.filter(name__in=whose, rest_until__gt=now()).order_by("name"):
        assert lane.rest_until is not None
        found[whose[lane.name]].append(Rest(lane.name.rpartition(":")[2], lane.rest_until, lane.rest_why))
    return found
