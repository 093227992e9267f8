"""How a run begins: what is written down, and which background work it asks for. All of it needs the job's lock."""

from __future__ import annotations

from instica.connections.models import State
from instica.core.clock import now
from instica.core.errors import Invalid
from instica.imports import deciding, intake, stale
from instica.imports.models import Job, Row, RowStatus, Stage
from instica.imports.runs import Run, What
from instica.work.queue import Urgency, enqueue


def begin(job: Job, what: What, status_filter: str, *, limit: int | None = None, skip_conflicts: bool = False) -> None:
    """Write down that a run over the rows of that status is on."""
    job.runs += 1
    bound = status_filter == "pending" and job.previewed and job.plan is not None and job.plan["state"] == "ready"
    run = Run(what, job.runs, status_filter, limit, skip_conflicts, bound=bound, since=now().isoformat())
    job.run, job.error, job.waiting, job.completed = run.data(), "", "", None
    job.started = job.started or now()
    job.save(update_fields=["runs", "run", "error", "waiting", "completed", "started"])


def go_on(job: Job, what: str) -> None:
    """Import those rows; what was read too long ago, or could not be taken in, is read again first."""
    old = stale.is_old(job) and what != "passed"
    if old and is_disconnected(job):
        raise Invalid("This shop is disconnected. Connect it again.", code="marketplace_not_connected")
    if old and what == "pending":
        read_again(job)
    elif old or (what == "failed" and not is_disconnected(job)):
        enqueue("import.reread", str(job.uid), lane=f"shop:{job.connection_id}:read", urgency=Urgency.PERSON)
    else:
        enqueue("import.apply", str(job.uid), lane=f"import:{job.uid}", urgency=Urgency.PERSON)


def decisions(job: Job) -> None:
    """Do what was decided about rows in conflict; what is only passed over need not be read again."""
    begin(job, "apply", "decided")
    go_on(job, "decided" if deciding.needs_shop(job) else "passed")


def is_disconnected(job: Job) -> bool:
    """Whether nothing of that shop can be read any more."""
    return job.connection.state == State.REVOKED


def read_shop(job: Job) -> None:
    """Read the shop, from the start."""
    job.stage, job.cursor, job.error = Stage.FETCHING, "", ""
    job.save(update_fields=["stage", "cursor", "error"])
    enqueue("import.fetch", str(job.uid), lane=f"shop:{job.connection_id}:read")


def reopen(job: Job) -> str:
    """What a cancelled reading passed over is open again: the shop is read anew. The status it has then."""
    passed = Row.objects.filter(job=job, status=RowStatus.SKIPPED, resolution="")
    job.skipped -= passed.update(status=RowStatus.PENDING, processed=None)
    job.save(update_fields=["skipped"])
    return RowStatus.PENDING.value


def read_again(job: Job) -> None:
    """What was read is too old, or not all of it: read the shop anew, then go on with the run where one is on."""
    intake.forget_plan(job)
    job.fetched, job.walked, job.complete, job.previewed, job.plan = False, None, True, False, None
    job.forgotten = None
    job.run = job.run and {**job.run, "bound": False}
    job.save(update_fields=["fetched", "walked", "complete", "previewed", "plan", "run", "forgotten"])
    read_shop(job)
