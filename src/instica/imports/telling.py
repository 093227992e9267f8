"""What the bell says about imports: only what a person has to look at."""

from __future__ import annotations

from instica.imports import announcing
from instica.imports.models import Job
from instica.imports.progress import issues
from instica.notices.queries import latest
from instica.notices.services import forget, tell


def done(job: Job) -> None:
    """An import came to its end; where rows are left over, somebody should look at them. Said once while it is so."""
    announcing.over(job, "completed")
    left = issues(job.failed, job.conflicted)
    body = f"{job.imported} imported; {left} left for you to look at."
    if left and latest(job.organization, _key(job)) == body:
        return
    forget(job.organization, _key(job))
    if left:
        _tell(job, f"The import from {_shop(job)} is done, but for a few", body, danger=False)


def failed(job: Job) -> None:
    """An import could not go on."""
    announcing.over(job, "failed")
    _tell(job, f"The import from {_shop(job)} stopped", job.error, danger=True)


def undone(job: Job) -> None:
    """An import was taken back; what had to be kept is told."""
    announcing.over(job, "undone")
    forget(job.organization, _key(job))
    if job.imported:
        body = f"Kept: {job.imported} rows, because they were sold, moved or edited since. Each says why."
        _tell(job, f"The import from {_shop(job)} was taken back, but not all of it", body, danger=False)


def _tell(job: Job, title: str, body: str, *, danger: bool) -> None:
    tell(
        organization=job.organization,
        key=_key(job),
        title=title,
        body=body,
        tone="danger" if danger else "warning",
        link=f"/imports/{job.public_id}/",
    )


def _key(job: Job) -> str:
    return f"import:{job.uid.hex}"


def _shop(job: Job) -> str:
    return job.connection.name or job.connection.username
