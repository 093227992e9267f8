"""Reads listings once more, each by itself: what could not be taken in may be mended, what is old may have changed."""

from __future__ import annotations

import json
import time
import uuid

from instica.connections.talk import Talk, connector_for, talking
from instica.core.clock import now
from instica.core.verdicts import Again, Done, Verdict
from instica.imports import deciding, intake, runs, stale, waiting
from instica.imports import found as reading
from instica.imports.models import Job, Row, RowStatus
from instica.imports.runs import Run
from instica.kit.contract import Connector
from instica.kit.errors import Gone, Refused
from instica.kit.types import Ref, RemoteListing
from instica.work.lanes import commit
from instica.work.queue import Urgency, enqueue

MOST = 500
SLICE_SECONDS = 5.0
GONE = "No longer in the shop"
HIDDEN = "It was read long ago, and the shop does not show it now. Import the shop anew."
PASSED = "status action resolution decision conflict_details error error_code processed".split()
COUNTERS: dict[str, str] = {"failed": "failed", "conflict": "conflicted", "skipped": "skipped"}


def read(uid: uuid.UUID) -> Verdict:
    """Read the rows of this run again, then hand on to importing them.

    Beyond ``MOST`` failed ones the old word stands; what was read long ago is never relied on.
    """
    job = Job.objects.select_related("organization", "connection").get(pk=uid)
    if _run(job) is None:
        return Done()
    connector = connector_for(job.connection, "bulk")
    with talking(job.connection) as talk:
        return _rows(job, connector)
    return _interrupted(uid, talk)


def _run(job: Job) -> Run | None:
    run = runs.of(job)
    again = run and run.what == "apply" and (run.filter == RowStatus.FAILED or stale.is_old(job))
    return run if again else None


def _rows(job: Job, connector: Connector) -> Verdict:
    end = time.monotonic() + SLICE_SECONDS
    while row := _next(job):
        _keep(job.uid, row, _listing(connector, row))
        job.refresh_from_db(fields=["run"])
        if time.monotonic() > end:
            return Again(now(), "Reading on", free=True)
    enqueue("import.apply", str(job.uid), lane=f"import:{job.uid}", urgency=Urgency.PERSON)
    return Done()


def _next(job: Job) -> Row | None:
    run = _run(job)
    if run is None or (run.read >= MOST and not stale.is_old(job)) or run.read == run.left:
        return None
    rows = deciding.decided(job) if run.filter == "decided" else Row.objects.filter(job=job, status=run.filter)
    return rows.filter(position__gt=run.read_at).order_by("position").first()


def _listing(connector: Connector, row: Row) -> RemoteListing | None:
    """The listing as it is now. What they will not show by itself stays as it was read."""
    try:
        return connector.listing(Ref(row.remote_id))
    except Refused:
        return None


def _keep(uid: uuid.UUID, row: Row, listing: RemoteListing | None) -> None:
    offers = reading.read(listing) if listing else ()
    fresh = next(((one, text) for one, text in offers if (one.remote_id, one.part) == (row.remote_id, row.part)), None)
    with commit():
        job = intake.locked(uid)
        run = _run(job)
        if run is None:
            return
        same = Row.objects.filter(pk=row.pk, status=row.status).exists()
        if same and fresh is None and stale.is_old(job):
            _pass_over(job, row, GONE if listing else HIDDEN)
        elif same and fresh:
            one, text = fresh
            Row.objects.filter(pk=row.pk).update(
                sku=one.sku, title=one.title, currency=one.currency, price=one.price, data=json.loads(text)
            )
        run.read, run.read_at = run.read + 1, row.position
        job.run, job.waiting = run.data(), ""
        job.save(update_fields=["run", "waiting"])


def _pass_over(job: Job, row: Row, why: str) -> None:
    """It is not imported: passed over, or failed where those passed over are what is imported."""
    row.decision, row.error, row.error_code, row.processed = None, "", "", now()
    counter = COUNTERS[row.status]
    setattr(job, counter, getattr(job, counter) - 1)
    if row.status == RowStatus.SKIPPED:
        row.status, row.action, row.error, row.error_code = RowStatus.FAILED, "fail", why, "marketplace_error"
        job.failed += 1
    else:
        row.resolution = "skipped" if row.status == RowStatus.CONFLICT else row.resolution
        row.status, row.action, row.conflict_details = RowStatus.SKIPPED, "skip", why
        job.skipped += 1
    row.save(update_fields=PASSED)
    job.save(update_fields=["failed", "skipped", "conflicted"])


def _interrupted(uid: uuid.UUID, talk: Talk) -> Verdict:
    """Say on the job what it waits for. A listing that is gone is passed over, and the next one read."""
    with commit():
        job = intake.locked(uid)
        run, row = _run(job), _next(job)
        if run is None or talk.verdict is None:
            return Done()
        if isinstance(talk.failure, Gone) and row:
            _pass_over(job, row, GONE)
            run.read, run.read_at = run.read + 1, row.position
            job.run = run.data()
            job.save(update_fields=["run"])
            return Again(now(), GONE, free=True)
        job.waiting = waiting.reason(job, talk.failure)
        job.save(update_fields=["waiting"])
    return talk.verdict
