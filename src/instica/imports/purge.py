"""Raw rows go a week after their import was done; conflicts and failures stay as long as they wait for a person."""

from __future__ import annotations

import datetime as dt

from instica.connections import spool
from instica.core.clock import now
from instica.imports.models import Job, Row, RowStatus, Stage
from instica.work.lanes import commit

KEPT_FOR = dt.timedelta(days=7)
OVER = (Stage.DONE, Stage.CANCELLED, Stage.UNDONE)
SETTLED = (RowStatus.IMPORTED, RowStatus.SKIPPED)
PIECE = 5_000


def old_rows() -> int:
    """Drop them; how many that were."""
    jobs = Job.objects.filter(stage__in=OVER, run__isnull=True, completed__lt=now() - KEPT_FOR)
    dropped = 0
    for job in jobs.filter(rows__status__in=SETTLED).distinct():
        while uids := list(Row.objects.filter(job=job, status__in=SETTLED).values_list("uid", flat=True)[:PIECE]):
            with commit():
                dropped += Row.objects.filter(uid__in=uids).delete()[0]
    return dropped


def spooled_files() -> None:
    """Drop the files of walks that are over, should anybody have left them."""
    there = spool.walks()
    going_on = {uid.hex for uid in Job.objects.filter(stage=Stage.FETCHING).values_list("uid", flat=True)}
    for walk in there.keys() - going_on:
        spool.sweep(there[walk])
