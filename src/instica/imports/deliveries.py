"""Takes in the pages that the browser extension delivers: each once, by whom it says, in the order they came (D12)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet, Sum

from instica.connections import claiming
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.core.errors import Conflict, Unprocessable
from instica.core.verdicts import Again, Done, Verdict
from instica.imports import fetch, intake, services, sights
from instica.imports.lookups import Library
from instica.imports.models import Delivery, Job, Look, Stage
from instica.kit.types import Page, RemoteListing
from instica.listings.models import Listing
from instica.people.models import Organization, User
from instica.work.lanes import commit
from instica.work.queue import Urgency, enqueue

QUIET_FOR = dt.timedelta(hours=24)
FEWER = "{name} shows {expected} designs; the extension could read {found}. Let it read the shop again."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as it was delivered: whose it says it is, its rows as they came, and whether it is the last."""

    key: str
    pack: str
    account: str
    rows: Sequence[Any]
    last: bool = False
    expected: int | None = None

    @property
    def mark(self) -> str:
        """A hash of all of it."""
        parts = [self.key, self.pack, self.account, list(self.rows), self.last, self.expected]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is answered: rows of this page that can be taken in, rows of all pages so far, whether it came before."""

    accepted: int
    received: int
    duplicate: bool = False


def reading(connection: Connection) -> Job | None:
    """The import of that shop that waits for pages."""
    jobs = Job.objects.filter(connection=connection, stage=Stage.FETCHING)
    return jobs.order_by("-created", "-uid").first()


def is_delivered(uid: uuid.UUID) -> bool:
    """Whether that import's shop comes in pages from the browser extension."""
    slug = Job.objects.filter(pk=uid).values_list("marketplace", flat=True).first()
    return slug is not None and by_extension(slug)


def by_extension(marketplace: str) -> bool:
    """Whether the browser extension reads there."""
    return manifest_of(marketplace).connection == "extension"


def begin(*, organization: Organization, connection: Connection, user: User | None) -> tuple[Job, bool]:
    """The import that waits for pages, and whether it is new; two who ask at once get one."""
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=connection.pk)
        known = reading(connection)
        if known is not None:
            return known, False
        job = services.create(organization=organization, connection=connection, user=user)
        job = services.preview(job=job)
        wait(job)
        return job, True


def deliver(*, job: Job, sheet: Sheet) -> Receipt:
    """Keep a page for taking in. The same page again changes nothing.

    Raises ``Conflict`` for another account's or when nothing is being read, ``Unprocessable`` for a key that came with
    other content.
    """
    job = Job.objects.select_related("organization", "connection").get(pk=job.pk)
    _same_account(job.connection, sheet.account)
    found = connector_for(job.connection, "bulk").read_page({"page_key": sheet.key, "rows": list(sheet.rows)})
    accepted = sum(not listing.faults for listing in found)
    with transaction.atomic():
        job = intake.locked(job.uid)
        known = _known(job, sheet)
        if known is not None:
            return Receipt(known.accepted, _received(job), duplicate=True)
        _is_reading(job)
        _keep(job, sheet, accepted)
        enqueue("import.fetch", str(job.uid), lane=f"shop:{job.connection_id}:read", urgency=Urgency.PERSON)
        return Receipt(accepted, _received(job))


def delivered(job: Job) -> QuerySet[Delivery]:
    """What came of the reading under way."""
    return Delivery.objects.filter(job=job, reading=job.walked) if job.walked else Delivery.objects.none()


def _same_account(connection: Connection, account: str) -> None:
    if claiming.account_id(account) != connection.remote_id:
        detail = f"This shop belongs to {connection.username}; the page was seen as {account or 'nobody'}."
        raise Conflict(f"{detail} Nothing was taken in.", code="account_mismatch")


def _known(job: Job, sheet: Sheet) -> Delivery | None:
    known = delivered(job).filter(key=sheet.key).first()
    if known is not None and known.mark != sheet.mark:
        raise Unprocessable("This page_key came with other content before.", code="key_reused")
    return known


def _is_reading(job: Job) -> None:
    over = job.stage != Stage.FETCHING or delivered(job).filter(last=True).exists()
    if over or job.connection.state == State.REVOKED:
        raise Conflict("This import does not wait for pages. Begin a new one.", code="not_reading")


def _keep(job: Job, sheet: Sheet, accepted: int) -> None:
    fetch.baseline(job)
    assert job.walked is not None
    before = delivered(job).aggregate(most=Max("number"))["most"]
    Delivery.objects.create(
        job=job,
        reading=job.walked,
        key=sheet.key,
        number=0 if before is None else before + 1,
        mark=sheet.mark,
        pack=sheet.pack,
        count=len(sheet.rows),
        accepted=accepted,
        expected=sheet.expected,
        last=sheet.last,
        rows=list(sheet.rows),
    )


def _received(job: Job) -> int:
    return delivered(job).aggregate(all=Sum("count"))["all"] or 0


def read(uid: uuid.UUID) -> Verdict:
    """Take in what was delivered; where nothing was yet, the job says what it waits for."""
    job = Job.objects.select_related("organization", "connection").filter(pk=uid).first()
    if job is None or job.stage != Stage.FETCHING:
        return Done()
    fetch.baseline(job)
    with commit():
        wait(intake.locked(job.uid))
    return _take_in(job)


def _take_in(job: Job) -> Verdict:
    """Store what waits, page by page in the order it came, each with the cursor that says so.

    Pages come one by one, so the whole inventory is not looked through for each where a plan is to be made at the end.
    """
    planned = job.plan is not None and job.plan["state"] == "building"
    library = Library(job.organization, job.connection, strangers=not planned)
    connector = connector_for(job.connection, "bulk")
    while waits := delivered(job).filter(rows__isnull=False).order_by("number").first():
        found = remembered(job, connector.read_page({"page_key": waits.key, "rows": waits.rows}))
        with commit():
            job = intake.locked(job.uid, library)
            fresh = Delivery.objects.filter(pk=waits.pk, rows__isnull=False)
            if job.stage != Stage.FETCHING or not fresh.update(rows=None):
                return Done()
            intake.store(job=job, page=Page(tuple(found), next=waits.key, total=waits.expected), library=library)
            if waits.last:
                _end(job)
                return Done()
            _say(job)
    return Done()


def remembered(job: Job, found: Sequence[RemoteListing]) -> list[RemoteListing]:
    """The same; a page of many designs tells no descriptions, and those that were read before stand."""
    silent = [listing.id for listing in found if not listing.description]
    pages = Listing.objects.filter(connection=job.connection_id, remote_id__in=silent)
    known = {number: str(page.get("description", "")) for number, page in pages.values_list("remote_id", "content")}
    return [replace(one, description=one.description or known.get(one.id, "")) for one in found]


def _say(job: Job) -> None:
    """It waits for the next page."""
    so_far = sights.so_far(job.found, job.expected)
    job.waiting = sights.WORDS[Look.READING].format(so_far=so_far)
    job.save(update_fields=["waiting"])


def _end(job: Job) -> None:
    """The shop is read; where the pages held less than the site said, that is no success."""
    name = manifest_of(job.marketplace).name
    if not job.found:
        job.notes = [*job.notes, f"The extension read to the end and met no design on {name}."]
        job.save(update_fields=["notes"])
    if job.expected is not None and job.found < job.expected:
        job.complete, job.unreachable = False, job.expected - job.found
        job.notes = [*job.notes, FEWER.format(name=name, expected=job.expected, found=job.found)]
        job.save(update_fields=["complete", "unreachable", "notes"])
    fetch.finish(job)


def wait(job: Job) -> None:
    """A job that waits for its first page says so, and after a day without one again. Needs the job's lock."""
    if job.stage == Stage.FETCHING and not job.waiting:
        job.waiting = sights.waiting(job.connection)
        job.save(update_fields=["waiting"])
        enqueue("import.quiet", str(job.uid), lane="house", run_at=now() + QUIET_FOR)


def look(uid: uuid.UUID) -> Verdict:
    """Whether pages still come; says so on the job where none came for a day."""
    with commit():
        job = Job.objects.select_for_update(of=("self",)).select_related("connection").filter(pk=uid).first()
        if job is None or job.stage != Stage.FETCHING:
            return Done()
        last = Delivery.objects.filter(job=job).aggregate(at=Max("at"))["at"] or job.created
        if now() - last < QUIET_FOR:
            return Again(last + QUIET_FOR, "Pages come", free=True)
        job.waiting = sights.quiet(job.connection)
        job.save(update_fields=["waiting"])
        return Again(now() + QUIET_FOR, "No page came", free=True)
