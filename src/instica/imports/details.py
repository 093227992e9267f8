"""Reads whole, after the import, what the shop's list showed in brief: texts, grades, specifics, further pictures.

Conflicts come first, since a person waits for them. It may go on for days: it waits where a limit is used up, and
whoever kills it loses the step that is under way.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from instica.connections.models import State
from instica.connections.talk import Talk, connector_for, talking
from instica.core.clock import now
from instica.core.verdicts import Again, Done, Sleep, Verdict
from instica.imports import filling, intake, releases
from instica.imports.models import Job, Row, RowStatus
from instica.inventory import services as inventory
from instica.kit.errors import Gone, Refused, Throttled
from instica.kit.types import Ref, RemoteListing
from instica.marketplaces import get as manifest
from instica.work.lanes import commit
from instica.work.queue import enqueue

AFTER = dt.timedelta(seconds=5)
ROWS = 50
TRIES = 7
ORDER = (RowStatus.CONFLICT.value, RowStatus.IMPORTED.value)


class Brief(NamedTuple):
    """A page to read: where its row stands, its id, and what the row said of it."""

    position: int
    remote_id: str
    said: dict[str, str] | None


class Place(NamedTuple):
    """How far it is: among the rows of that status, all up to that position."""

    status: str
    position: int = -1

    @classmethod
    def of(cls, job: Job) -> Place:
        """As the job keeps it."""
        status, _, position = job.details_at.partition(":")
        return cls(status, int(position))

    def __str__(self) -> str:
        return f"{self.status}:{self.position}"


def begin(job: Job) -> None:
    """Have them follow, where this shop's list leaves something out. Needs the job's lock; the caller saves."""
    if can_read(job) and job.imported + job.conflicted:
        job.details_at = str(Place(ORDER[0]))
        _ask(job, now() + AFTER)


def can_read(job: Job) -> bool:
    """Whether that marketplace's pages may be brief."""
    place = manifest(job.marketplace)
    return place is not None and bool(place.connector) and bool(place.load("connector").can("details"))


def rows(job: Job) -> QuerySet[Row]:
    """The rows whose page was read in brief."""
    return Row.objects.filter(job=job, status__in=ORDER, data__page__brief=True)


def read(uid: uuid.UUID, attempts: int) -> Verdict:
    """Read the next few whole, and fill in what they say."""
    job = Job.objects.select_related("connection").get(pk=uid)
    if not job.details_at:
        return Done()
    if releases.over(job) or job.connection.state == State.REVOKED:
        stop(uid)
        return Done()
    at = Place.of(job)
    if at == Place(ORDER[0]):
        _count(uid)
    pages = _next(job, at)
    if not pages:
        _turn(job, at)
        return Done()
    with talking(job.connection) as talk:
        found = connector_for(job.connection, "bulk").details(
            [Ref(page.remote_id, extra=page.said or {}) for page in pages]
        )
    if talk.verdict:
        if later := _later(uid, talk, attempts):
            return later
        found = [None]
    _keep(job, pages[: len(found)], found)
    return Done()


def _next(job: Job, at: Place) -> list[Brief]:
    """The next pages, each once."""
    some = rows(job).filter(status=at.status, position__gt=at.position).order_by("position")
    pages: dict[str, Brief] = {}
    for row in some.values_list("position", "remote_id", "data__page__details")[:ROWS]:
        pages.setdefault(row[1], Brief(*row))
    return list(pages.values())


def _later(uid: uuid.UUID, talk: Talk, attempts: int) -> Verdict | None:
    """When to ask again. Never in the way of the lane's other work; what cannot be had is passed over."""
    if isinstance(talk.failure, Throttled):
        with commit():
            Job.objects.filter(pk=uid).update(details_until=talk.failure.until)
        return Again(talk.failure.until, str(talk.failure), free=True)
    if isinstance(talk.failure, (Gone, Refused)):
        return None
    return talk.verdict if isinstance(talk.verdict, Sleep) or attempts < TRIES else None


def _keep(job: Job, pages: Sequence[Brief], found: Sequence[RemoteListing | None]) -> None:
    """Fill in what was read and move on, unless somebody else did that; the next step is a task of its own."""
    with commit():
        row = intake.locked(job.uid)
        if row.details_at != job.details_at or releases.over(row):
            return
        inventory.tally(row.organization)
        pictures = sum(
            filling.fill(row, page.remote_id, whole) for page, whole in zip(pages, found, strict=True) if whole
        )
        row.details_at = str(Place(Place.of(job).status, pages[-1].position))
        row.details_read += len(pages)
        row.details_until = None
        row.to_enrich += pictures
        row.save(update_fields=["details_at", "details_read", "details_until", "to_enrich"])
        if pictures:
            enqueue("import.photos", str(row.uid), lane=f"photos:{row.connection_id}")
        _ask(row)


def _turn(job: Job, at: Place) -> None:
    """All of that status are read: the next one, or the end."""
    after = ORDER[ORDER.index(at.status) + 1 :]
    with commit():
        row = intake.locked(job.uid)
        if row.details_at != job.details_at:
            return
        row.details_at = str(Place(after[0])) if after else ""
        row.details_total = row.details_total if after else row.details_read
        row.save(update_fields=["details_at", "details_total"])
        if after:
            _ask(row)


def _ask(job: Job, at: dt.datetime | None = None) -> None:
    enqueue("import.details", str(job.uid), lane=f"shop:{job.connection_id}:read", run_at=at)


def _count(uid: uuid.UUID) -> None:
    """Say how much follows: counted here, so that the import itself need not wait for it."""
    with commit():
        row = intake.locked(uid)
        row.details_total = row.details_read + rows(row).values("remote_id").distinct().count()
        row.save(update_fields=["details_total"])


def stop(uid: uuid.UUID) -> None:
    """Read no more: what was not read is not waited for."""
    with commit():
        row = intake.locked(uid)
        row.details_at, row.details_until, row.details_total = "", None, row.details_read
        row.save(update_fields=["details_at", "details_until", "details_total"])
