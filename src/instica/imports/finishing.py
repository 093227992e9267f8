"""The end of a run."""

from __future__ import annotations

import uuid

from instica.core.clock import now
from instica.imports import beginning, deciding, details, fetch, intake, photos, releases, runs, stale, telling
from instica.imports.models import Job, Row, RowStatus, Stage
from instica.work.lanes import commit
from instica.work.queue import enqueue

UNREACHABLE = "This shop is disconnected. Connect it again, then start the import: what you decided is done then."

OVER = ("run", "stage", "completed", "waiting", "to_enrich")


def applied(uid: uuid.UUID) -> None:
    """Nothing is left for this run: what was decided meanwhile follows; else the job is done, or waits for a start."""
    with commit():
        job = intake.locked(uid)
        run = runs.of(job)
        if run is None or run.what != "apply":
            return
        if not deciding.decided(job).exists():
            _over(job)
        elif stale.is_old(job) and beginning.is_disconnected(job) and deciding.needs_shop(job):
            fetch.fail(job, UNREACHABLE)
        else:
            beginning.decisions(job)


def _over(job: Job) -> None:
    reading = job.stage == Stage.FETCHING
    left = reading or Row.objects.filter(job=job, status=RowStatus.PENDING).exists()
    job.run, job.stage = None, job.stage if reading else Stage.REVIEW if left else Stage.DONE
    job.completed = None if left else now()
    job.waiting = ""
    job.save(update_fields=["run", "stage", "completed", "waiting"])
    if not left:
        telling.done(job)
    _enrich(job)


def _enrich(job: Job) -> None:
    """Photos and details follow by themselves; they hold nothing up."""
    job.looked_up = ""
    details.begin(job)
    pictures, lookups = photos.left(job), releases.begin(job)
    job.to_enrich = job.enriched + pictures + lookups
    job.save(update_fields=["looked_up", "to_enrich", "details_at"])
    if pictures:
        enqueue("import.photos", str(job.uid), lane=f"photos:{job.connection_id}")


def undone(uid: uuid.UUID) -> None:
    """All rows were taken back or kept with a reason."""
    with commit():
        job = intake.locked(uid)
        if job.run is None or job.run["what"] != "undo":
            return
        job.run, job.stage, job.completed = None, Stage.UNDONE, now()
        job.waiting, job.to_enrich = "", job.enriched + photos.left(job)
        job.details_at, job.details_until, job.details_total = "", None, job.details_read
        job.save(update_fields=[*OVER, "details_at", "details_until", "details_total"])
        telling.undone(job)
