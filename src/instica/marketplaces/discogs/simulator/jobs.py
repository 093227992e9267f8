"""Bulk jobs: exports and uploads, done at once or after so many polls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from instica.marketplaces.discogs.simulator.answers import number


@dataclass(slots=True)
class Job:
    """One export or upload. ``polls`` is how often it must still be asked for before it is done."""

    id: int
    filename: str
    created: dt.datetime
    polls: int
    status: str = ""
    finished: dt.datetime | None = None
    type: str = ""
    results: str = ""
    content: Any = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Not finished, in whatever way."""
        return not self.status


class Jobs:
    """One seller's jobs of one kind."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.jobs: dict[int, Job] = {}

    def add(self, filename: str, created: dt.datetime, polls: int) -> Job:
        """A new job, running."""
        job = Job(self.first + len(self.jobs), filename, created, polls)
        self.jobs[job.id] = job
        return job

    def get(self, job_id: str) -> Job | None:
        """The job of that id."""
        return self.jobs.get(number(job_id))

    def running(self) -> bool:
        """Whether one is at work."""
        return any(job.running for job in self.jobs.values())

    def newest_first(self) -> list[Job]:
        """All of them."""
        return sorted(self.jobs.values(), key=lambda job: job.id, reverse=True)
