"""Raw rows go a week after their import was done, and what was read a month after anybody did anything with it.

Conflicts and failures stay as long as they wait for a person.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Exists, OuterRef, Q

from instica.connections import spool
from instica.core.clock import now
from instica.imports import intake
from instica.imports.models import Delivery, Job, Row, RowStatus, Stage
from instica.work.lanes import commit

KEPT_FOR = dt.timedelta(days=7)
UNUSED_FOR = dt.timedelta(days=30)
RESTING = (Stage.REVIEW, Stage.FAILED)
MOMENTS = ("created", "started", "discovered", "planned", "completed")
OVER = (Stage.DONE, Stage.CANCELLED, Stage.UNDONE)
WAITING = (RowStatus.CONFLICT, RowStatus.FAILED)
SETTLED = (RowStatus.IMPORTED, RowStatus.SKIPPED)
PIECE = 5_000


def old_rows() -> int:
    """Drop them, unless their details are still being read; how many that were."""
    jobs = Job.objects.filter(stage__in=OVER, run__isnull=True, completed__lt=now() - KEPT_FOR, details_at="")
    dropped = 0
    for job in jobs.filter(rows__status__in=SETTLED).distinct():
        while uids := list(Row.objects.filter(job=job, status__in=SETTLED).values_list("uid", flat=True)[:PIECE]):
            with commit():
                dropped += Row.objects.filter(uid__in=uids).delete()[0]
    return dropped


def old_deliveries() -> int:
    """Drop the pages that browsers delivered to jobs that are over; how many that were."""
    over = Job.objects.filter(stage__in=OVER, run__isnull=True, completed__lt=now() - KEPT_FOR)
    with commit():
        return Delivery.objects.filter(job__in=over).delete()[0]


def unused_rows() -> int:
    """Forget what was read of shops where nothing was done since; the rows stay. How many that were."""
    before = now() - UNUSED_FOR
    jobs = Job.objects.filter(stage__in=RESTING, run__isnull=True, forgotten__isnull=True)
    for moment in MOMENTS:
        jobs = jobs.filter(Q(**{f"{moment}__lt": before}) | Q(**{f"{moment}__isnull": True}))
    active = Row.objects.filter(job=OuterRef("pk"), processed__gte=before)
    forgotten = 0
    for uid in jobs.filter(~Exists(active)).values_list("uid", flat=True):
        while count := _forget_some(uid, before):
            forgotten += count
    return forgotten


def _forget_some(uid: uuid.UUID, before: dt.datetime) -> int:
    """The next piece. From the first on, whoever goes on reads the shop again; nobody forgets what they read then."""
    with commit():
        job = intake.locked(uid)
        if job.run or job.stage not in RESTING or (job.discovered or job.created) >= before:
            return 0
        raw = Row.objects.filter(job=job).exclude(status__in=WAITING).exclude(data={})
        uids = list(raw.values_list("uid", flat=True)[:PIECE])
        job.fetched, job.forgotten = False, None if uids else now()
        job.save(update_fields=["fetched", "forgotten"])
        return Row.objects.filter(uid__in=uids).update(data={})


def spooled_files() -> None:
    """Drop the files of walks that are over, should anybody have left them."""
    there = spool.walks()
    going_on = {uid.hex for uid in Job.objects.filter(stage=Stage.FETCHING).values_list("uid", flat=True)}
    for walk in there.keys() - going_on:
        spool.sweep(there[walk])
