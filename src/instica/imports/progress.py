"""How a job stands, in the contract's words (S5, D2, D9, D10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from instica.core.clock import now
from instica.imports import runs
from instica.imports.models import Job, Stage
from instica.marketplaces import get as manifest

CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """The computed part of a job. ``rate`` is rows a second of this run; ``seconds_left`` is ``None`` when unknown.

    ``enriched`` of ``to_enrich`` photos and details have followed: their own progress, which delays nothing.
    """

    status: str
    stage: str
    percentage: float
    has_issues: bool
    issue_summary: str
    error_message: str | None
    rate: float
    seconds_left: int | None
    enriched: int
    to_enrich: int
    details: Details


@dataclass(frozen=True, slots=True)
class Details:
    """Pages the shop's list showed in brief, ``read`` whole of ``total``; ``until`` is when a limit lets it go on."""

    reading: bool
    read: int
    total: int
    until: dt.datetime | None


def of(job: Job) -> Progress:
    """How it stands now."""
    rate = speed(job)
    return Progress(
        status=status(job),
        stage=job.stage,
        percentage=percentage(job),
        has_issues=job.failed + job.conflicted > 0,
        issue_summary=issues(job.failed, job.conflicted),
        error_message=trouble(job),
        rate=rate,
        seconds_left=round((job.found - runs.counted(job)) / rate) if rate and job.fetched else None,
        enriched=job.enriched,
        to_enrich=job.to_enrich,
        details=Details(bool(job.details_at), job.details_read, job.details_total, job.details_until),
    )


def status(job: Job) -> str:
    """One of the contract's four words."""
    if job.run or job.waiting:
        return "in_progress"
    if job.stage in {Stage.FAILED, Stage.CANCELLED}:
        return "failed"
    return "completed" if job.stage in {Stage.DONE, Stage.UNDONE} else "pending"


def percentage(job: Job) -> float:
    """Share of what was found that is dealt with; during a run it never falls. Nothing found and done is all of it."""
    if status(job) == "completed":
        return 100.0
    if not job.fetched:
        return 0.0
    run = runs.of(job)
    return max(runs.share(job), run.high if run else 0.0)


def issues(failed: int, conflicts: int) -> str:
    """What is wrong, in a few words."""
    noun = "conflict" if conflicts == 1 else "conflicts"
    if failed and conflicts:
        return f"{failed} failed, {conflicts} {noun}"
    if failed:
        return f"{failed} {'item' if failed == 1 else 'items'} failed"
    return f"{conflicts} {noun}" if conflicts else ""


def trouble(job: Job) -> str | None:
    """What it waits for, why it stopped, or what the browser extension could not read of the shop."""
    return job.error or job.waiting or shortfall(job) or None


def shortfall(job: Job) -> str:
    """How much less came from a browser than the site said it shows; empty where all came."""
    place = manifest(job.marketplace)
    if job.complete or not job.fetched or place is None or place.connection != "extension" or not job.notes:
        return ""
    return str(job.notes[-1])


def speed(job: Job) -> float:
    """Rows a second since the run began."""
    run = runs.of(job)
    if not run or not run.since or not run.settled:
        return 0.0
    seconds = (now() - dt.datetime.fromisoformat(run.since)).total_seconds()
    return round(run.settled / seconds, 1) if seconds > 0 else 0.0
