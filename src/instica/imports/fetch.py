"""Reads a shop page by page, as far as it lets us, and hands on when it is read."""

from __future__ import annotations

import datetime as dt
import time
import uuid

from instica.connections.spool import ShopSpool
from instica.connections.talk import Talk, connector_for, talking
from instica.core.clock import now
from instica.core.verdicts import Again, Dead, Done, Verdict
from instica.imports import intake, telling, twins, waiting
from instica.imports.lookups import Library
from instica.imports.models import Job, Stage
from instica.kit.contract import Connector
from instica.work.lanes import commit
from instica.work.queue import Urgency, enqueue

SLICE_SECONDS = 5.0
CLOCKS_DIFFER = dt.timedelta(seconds=5)


def read(uid: uuid.UUID) -> Verdict:
    """Read on from where the cursor stands, for a slice of time."""
    job = Job.objects.select_related("organization", "connection").filter(pk=uid).first()
    if job is None:
        return Done()
    if job.stage != Stage.FETCHING:
        spooled(job).drop()
        return Done()
    baseline(job)
    connector = connector_for(job.connection, "bulk", walk=job.uid.hex)
    with talking(job.connection) as talk:
        return _pages(job, connector)
    return _interrupted(job.uid, talk)


def baseline(job: Job) -> None:
    """From now on, what is sold there comes to us as an order: this is the baseline.

    Shops tell times to the second and by their own clocks: in doubt a sale counts, since an oversale costs more.
    """
    if job.walked is None:
        with commit():
            began = now().replace(microsecond=0) - CLOCKS_DIFFER
            Job.objects.filter(pk=job.pk, walked=None).update(walked=began)
            job.refresh_from_db(fields=["walked"])


def _pages(job: Job, connector: Connector) -> Verdict:
    library = Library(job.organization, job.connection)
    cursor, end = job.cursor, time.monotonic() + SLICE_SECONDS
    while True:
        page = connector.listings(cursor or None)
        with commit():
            job = intake.locked(job.uid, library)
            if job.stage == Stage.FETCHING:
                if job.cursor != cursor:
                    return Done()
                intake.store(job=job, page=page, library=library)
                if page.next is None and page.ready_at is None:
                    finish(job)
        cursor = job.cursor
        if job.stage != Stage.FETCHING:
            spooled(job).drop()
            return Done()
        if page.ready_at:
            return Again(page.ready_at, "The shop is preparing its list", free=True)
        if time.monotonic() > end:
            return Again(now(), "Reading on", free=True)


def spooled(job: Job) -> ShopSpool:
    """The files of the job's walk; those of a walk that is over are not needed any more."""
    return ShopSpool(job.connection, job.uid.hex)


def finish(job: Job) -> None:
    """The shop is read: say so, and hand on to what waits for that. Needs the job's lock."""
    intake.vanished(job)
    twins.mark(job)
    job.fetched, job.discovered, job.stage, job.cursor = True, now(), Stage.REVIEW, ""
    job.save(update_fields=["fetched", "discovered", "stage", "cursor", "skipped", "failed"])
    if job.plan and job.plan["state"] == "building":
        enqueue("import.match", str(job.uid), lane=f"import:{job.uid}", urgency=Urgency.PERSON)
    if job.run:
        enqueue("import.apply", str(job.uid), lane=f"import:{job.uid}")


def _interrupted(uid: uuid.UUID, talk: Talk) -> Verdict:
    """Say on the job what it waits for, or that it cannot go on."""
    verdict = talk.verdict or Again(why="Interrupted")
    with commit():
        job = intake.locked(uid)
        if job.stage != Stage.FETCHING:
            return Done()
        if isinstance(verdict, Dead):
            fail(job, waiting.refusal(job, talk.failure))
        else:
            job.waiting = waiting.reason(job, talk.failure)
            job.save(update_fields=["waiting"])
    return Done() if isinstance(verdict, Dead) else verdict


def fail(job: Job, why: str) -> None:
    """Nothing can continue until somebody starts it again. Needs the job's lock."""
    job.stage, job.error, job.waiting, job.run, job.completed = Stage.FAILED, why, "", None, now()
    intake.drop_unmade_plan(job)
    spooled(job).drop()
    job.save(update_fields=["stage", "error", "waiting", "run", "completed", "previewed", "plan"])
    telling.failed(job)
