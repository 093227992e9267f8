"""Background doors of imports."""

from __future__ import annotations

import time
import uuid

from instica.core.clock import now
from instica.core.verdicts import Again, Done, Verdict
from instica.imports import (
    deliveries,
    details,
    fetch,
    finishing,
    intake,
    photos,
    planning,
    purge,
    releases,
    reread,
    undo,
)
from instica.imports.apply import Applying
from instica.imports.calm import calm
from instica.imports.models import Stage
from instica.imports.waiting import told_when_full
from instica.work.handlers import Task, handles

SLICE_SECONDS = 5.0


def gave_up(task: Task, why: str) -> None:
    """It failed too often: the job says so, and starting it again goes on."""
    job = intake.locked(uuid.UUID(task.key))
    if job.stage not in {Stage.CANCELLED, Stage.UNDONE, Stage.DONE}:
        fetch.fail(job, f"Something went wrong inside, again and again. Start it again to go on; tell us {task.uid}.")


@handles("import.fetch", gave_up=gave_up)
def read_shop(task: Task) -> Verdict:
    """Read the shop."""
    with calm(), told_when_full(uuid.UUID(task.key)):
        read = deliveries.read if deliveries.is_delivered(uuid.UUID(task.key)) else fetch.read
        return read(uuid.UUID(task.key))


@handles("import.quiet")
def look_whether_pages_come(task: Task) -> Verdict:
    """Look whether the browser extension still delivers pages; where none came for a day, the job says so."""
    return deliveries.look(uuid.UUID(task.key))


@handles("import.reread", gave_up=gave_up)
def read_failed(task: Task) -> Verdict:
    """Read again, one by one, what could not be taken in."""
    with told_when_full(uuid.UUID(task.key)):
        return reread.read(uuid.UUID(task.key))


@handles("import.match", gave_up=gave_up)
def plan(task: Task) -> Verdict:
    """Build the plan a preview asked for."""
    with told_when_full(uuid.UUID(task.key)):
        return planning.build(uuid.UUID(task.key))


@handles("import.apply", gave_up=gave_up)
def apply_rows(task: Task) -> Verdict:
    """Import row by row, for a slice of time."""
    applying, end = Applying(uuid.UUID(task.key)), time.monotonic() + SLICE_SECONDS
    with calm(), told_when_full(applying.uid):
        while applying.batch():
            if time.monotonic() > end:
                return Again(now(), "Importing on", free=True)
        finishing.applied(applying.uid)
    return Done()


@handles("import.undo", gave_up=gave_up)
def take_back(task: Task) -> Verdict:
    """Undo row by row, for a slice of time."""
    job, end = uuid.UUID(task.key), time.monotonic() + SLICE_SECONDS
    with told_when_full(job):
        while undo.batch(job):
            if time.monotonic() > end:
                return Again(now(), "Undoing on", free=True)
        finishing.undone(job)
    return Done()


@handles("import.photos")
def copy_photos(task: Task) -> Verdict:
    """Copy photos to this hub, a few at a time."""
    return photos.copy_some(uuid.UUID(task.key))


def looked_up_no_more(task: Task, why: str) -> None:
    """It failed too often: the import is as good as before, without the rest of the details."""
    releases.stop(uuid.UUID(task.key))


@handles("import.releases", gave_up=looked_up_no_more)
def look_up(task: Task) -> Verdict:
    """Look up one release of what an import made: its picture, barcode and year, where the shop's list told none."""
    return releases.look_up(uuid.UUID(task.key), task.attempts)


def read_no_more(task: Task, why: str) -> None:
    """It failed too often: the import is as good as before, without the rest of the details."""
    details.stop(uuid.UUID(task.key))


@handles("import.details", gave_up=read_no_more)
def read_whole(task: Task) -> Verdict:
    """Read whole what the shop's list showed in brief, a few pages at a time."""
    return details.read(uuid.UUID(task.key), task.attempts)


@handles("import.purge")
def forget_rows(task: Task) -> Verdict:
    """Drop what imports need no more: raw rows, and files of walks that are over."""
    purge.old_rows()
    purge.old_deliveries()
    purge.unused_rows()
    purge.spooled_files()
    return Done()
