"""What a job is doing now, as stored in ``Job.run``, and how far it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from instica.imports.models import Job

What = Literal["apply", "undo"]
COUNTERS = ("imported", "skipped", "failed", "conflicted")


@dataclass(slots=True)
class Run:
    """One run. ``at`` is the last position looked at, ``left`` how many rows it may still take, ``high`` the furthest
    progress shown, ``bound`` whether a preview must be kept to, ``settled`` how many rows it has dealt with, ``read``
    how many listings it has read again and ``read_at`` the position of the last."""

    what: What
    number: int
    filter: str = "pending"
    left: int | None = None
    skip_conflicts: bool = False
    bound: bool = False
    at: int = -1
    high: float = 0.0
    settled: int = 0
    read: int = 0
    read_at: int = -1
    since: str = ""

    def data(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


def of(job: Job) -> Run | None:
    """The run under way."""
    return Run(**job.run) if job.run else None


def counted(job: Job) -> int:
    """Rows dealt with in any way."""
    return job.imported + job.skipped + job.failed + job.conflicted


def share(job: Job) -> float:
    """How much of what was found is dealt with, in percent with one decimal."""
    return min(100.0, round(100.0 * counted(job) / job.found, 1)) if job.found else 0.0
