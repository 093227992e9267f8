"""The activity log: every change we send to a shop, with what it was before, what after, and why. Kept for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from instica.connections.models import Activity, Connection
from instica.core.cursors import Cursor
from instica.people.models import Organization, User

LONGEST_CAUSE = 300
LONGEST_REQUEST = 120
BATCH = 1000


def record(
    *,
    connection: Connection,
    action: str,
    subject: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    cause: str,
    request_id: str = "",
    actor: User | None = None,
    outcome: str = "done",
) -> Activity:
    """Write down one change of a shop; part of the caller's transaction, so that it is there exactly if its reason is.

    ``action`` is the connector's word: ``publish``, ``revise``, ``set_levels``, ``withdraw``, ``ship`` … ``subject``
    is our id of the thing: ``lst_…``, ``ord_…``. ``before`` and ``after`` hold only the fields concerned, as the API
    writes them (``"quantity": 2``, null for unlimited, ``"price": "12.00"``). ``cause`` reads well after "because",
    such as "order ord_… was sold on Discogs". ``request_id`` is the marketplace's where it gives one, else ours.
    """
    return Activity.objects.create(
        organization_id=connection.organization_id,
        connection=connection,
        action=action,
        subject=subject,
        before=dict(before),
        after=dict(after),
        cause=_line(cause, LONGEST_CAUSE),
        request_id=_line(request_id, LONGEST_REQUEST),
        actor=actor,
        outcome=outcome,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the log; what is empty does not narrow it. The period is from ``since`` until before ``until``."""

    connection: Connection | None = None
    subjects: Collection[str] = ()
    outcomes: Collection[str] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def found(organization: Organization, wanted: Wanted = Wanted()) -> QuerySet[Activity]:
    """That part of an organization's log, the newest first."""
    rows = Activity.objects.filter(organization=organization).select_related("connection", "actor")
    if wanted.connection:
        rows = rows.filter(connection=wanted.connection)
    if wanted.subjects:
        rows = rows.filter(subject__in=wanted.subjects)
    if wanted.outcomes:
        rows = rows.filter(outcome__in=wanted.outcomes)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows.order_by("-at", "-uid")


def older(rows: QuerySet[Activity], than: Cursor | None) -> QuerySet[Activity]:
    """The rows that follow a place in the log."""
    return rows if than is None else rows.filter(Q(at__lt=than.at) | Q(at=than.at, uid__lt=than.uid))


def walk(rows: QuerySet[Activity]) -> Iterator[Activity]:
    """All rows, the newest first, read in short steps, so that a slow reader keeps no transaction open."""
    place: Cursor | None = None
    while batch := list(older(rows, place)[:BATCH]):
        yield from batch
        place = Cursor(batch[-1].at, batch[-1].uid)


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\x00", " ").split())[:longest]
