"""Verbs of imports: start reading a shop, preview, import, decide, retry, cancel, undo."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from instica.connections import queries as connections
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.core.errors import Conflict, Fault, Invalid, NotFound, Stale
from instica.imports import announcing, apply, beginning, deciding, fetch, intake, planning, stale
from instica.imports.models import Job, Row, RowStatus, Stage
from instica.imports.progress import CANCELLED
from instica.imports.verdicts import CHANGED
from instica.inventory import queries as inventory
from instica.marketplaces import get as manifest
from instica.people import plans
from instica.people.models import Organization, User
from instica.work.queue import Urgency, enqueue
from instica.work.schedules import every

FILTERS = ("pending", "failed", "conflict", "skipped")


def create(*, organization: Organization, connection: Connection, user: User | None) -> Job:
    """A job for that shop; reading it begins at once in the background."""
    if connection.organization_id != organization.uid:
        raise NotFound("There is no such seller account.")
    if connection.state == State.REVOKED:
        raise Invalid("This shop is disconnected. Connect it again.", code="marketplace_not_connected")
    _allowed(organization)
    every("import.purge", lane="house", seconds=3600)
    with transaction.atomic():
        job = Job.objects.create(
            organization=organization, connection=connection, marketplace=connection.marketplace, created_by=user
        )
        beginning.read_shop(job)
    return job


def quick(*, organization: Organization, marketplace: str, user: User | None) -> Job:
    """Create and start, for the shop connected there most recently."""
    place = manifest(marketplace)
    if place is None:
        raise NotFound("There is no such marketplace.")
    if place.connection == "extension":
        raise Invalid(f"{place.name} is read by the browser extension.", code="use_extension")
    connection = connections.newest_valid(organization, marketplace)
    if connection is None:
        raise Invalid(connections.none_there(place), code="marketplace_not_connected")
    with transaction.atomic():
        job = create(organization=organization, connection=connection, user=user)
        return start(job=job)


def preview(*, job: Job, status_filter: str = "pending", limit: int | None = None) -> Job:
    """Build the plan of what a start would do. Nothing but import rows is written.

    Where the shop could not be read to its end, it is read again first, as a start would.
    """
    _check(status_filter, limit)
    with transaction.atomic():
        job = intake.locked(job.uid)
        _idle(job)
        _some(job, status_filter)
        if not job.fetched and job.stage != Stage.FETCHING:
            _not_cancelled(job)
            beginning.read_again(job)
        job.runs += 1
        job.previewed = True
        job.plan = {"state": "building", "number": job.runs, "filter": status_filter, "limit": limit}
        job.save(update_fields=["runs", "previewed", "plan"])
        if job.fetched:
            enqueue("import.match", str(job.uid), lane=f"import:{job.uid}", urgency=Urgency.PERSON)
    return job


def start(
    *,
    job: Job,
    status_filter: str = "pending",
    limit: int | None = None,
    skip_conflicts: bool = False,
    plan_hash: str | None = None,
) -> Job:
    """Import the rows of that status; those left keep the job startable. Two who start at once get one run."""
    _check(status_filter, limit)
    with transaction.atomic():
        job = intake.locked(job.uid)
        _idle(job)
        only_decisions = status_filter == "pending" and deciding.are_all_there_is(job)
        if not only_decisions:
            _some(job, status_filter)
        _allowed(job.organization)
        _same_plan(job, plan_hash, status_filter, limit)
        if only_decisions:
            beginning.decisions(job)
            return job
        if status_filter == "skipped" and not job.fetched and job.stage != Stage.FETCHING:
            status_filter = beginning.reopen(job)
        beginning.begin(job, "apply", status_filter, limit=limit, skip_conflicts=skip_conflicts)
        if job.fetched:
            beginning.go_on(job, status_filter)
        elif job.stage != Stage.FETCHING:
            beginning.read_again(job)
    return job


def resolve(
    *, row: Row, resolution: str | None = None, item: str | None = None, fields: dict[str, str] | None = None
) -> Row:
    """Decide one conflict. Before the start it is kept for it; afterwards it is done at once."""
    with transaction.atomic():
        job = intake.locked(row.job_id)
        _not_undone(job)
        row = Row.objects.get(pk=row.pk)
        _in_conflict(job, row)
        row.decision = deciding.decision(job, row, resolution, item, fields)
        if row.decision["resolution"] == "create_new":
            _allowed(job.organization)
        row.processed = now()
        row.save(update_fields=["decision", "processed"])
        if row.status == RowStatus.CONFLICT:
            _decided(job, row)
    return row


def _decided(job: Job, row: Row) -> None:
    """Do it now; what was read too long ago is read again first, in the background."""
    if row.decision != deciding.SKIP and stale.is_old(job):
        _idle(job)
        beginning.decisions(job)
    else:
        apply.single(job=job, row=row)
        row.refresh_from_db()


def resolve_all(*, job: Job, conflict_type: str, resolution: str) -> Job:
    """Decide every conflict of a kind that is undecided; where the decision cannot be made it stays so. Done later."""
    deciding.check_words(conflict_type, resolution)
    with transaction.atomic():
        job = intake.locked(job.uid)
        _not_undone(job)
        open_rows = deciding.conflicts(job).filter(conflict_type=conflict_type, decision__isnull=True)
        if resolution == "create_new":
            _allowed(job.organization)
            open_rows = open_rows.exclude(conflict_type=CHANGED, evidence__on="ref")
        if resolution in {"link_existing", "overwrite"}:
            open_rows = open_rows.filter(item__isnull=False)
        if not open_rows.exists():
            raise Conflict(
                "No conflict of that kind can be decided like that. Decide those that are left one by one.",
                code="nothing_to_resolve",
            )
        if resolution != "skip" and stale.is_old(job):
            _idle(job)
        found_by_run = open_rows.filter(status=RowStatus.CONFLICT).exists()
        open_rows.update(decision={"resolution": resolution}, processed=now())
        if job.run is None and found_by_run:
            beginning.decisions(job)
    return job


def skip_all_conflicts(*, job: Job) -> Job:
    """Pass over every conflict that is left undecided."""
    with transaction.atomic():
        job = intake.locked(job.uid)
        _not_undone(job)
        planned = deciding.conflicts(job).filter(status=RowStatus.PENDING, decision__isnull=True)
        planned.update(decision=deciding.SKIP, processed=now())
        done = Row.objects.filter(job=job, status=RowStatus.CONFLICT)
        count = done.update(status=RowStatus.SKIPPED, resolution="skipped", decision=None, processed=now())
        job.conflicted -= count
        job.skipped += count
        job.save(update_fields=["conflicted", "skipped"])
    return job


def retry_failed(*, job: Job) -> Job:
    """Try every failed row again."""
    return start(job=job, status_filter="failed")


def cancel(*, job: Job) -> Job:
    """Stop reading or importing; what was imported stays, open rows are passed over, decisions not done are open."""
    with transaction.atomic():
        job = intake.locked(job.uid)
        if job.stage in {Stage.DONE, Stage.CANCELLED, Stage.UNDONE} and not job.run:
            raise Conflict("This import is over; there is nothing to cancel.", code="not_running")
        _not_undone(job)
        open_rows = Row.objects.filter(job=job, status=RowStatus.PENDING)
        job.skipped += open_rows.update(status=RowStatus.SKIPPED, decision=None, processed=now())
        deciding.decided(job).update(decision=None)
        job.stage, job.run, job.waiting, job.error, job.completed = Stage.CANCELLED, None, "", CANCELLED, now()
        intake.drop_unmade_plan(job)
        fetch.spooled(job).drop()
        job.save(update_fields=["skipped", "stage", "run", "waiting", "error", "completed", "previewed", "plan"])
        announcing.over(job, "failed")
    return job


def undo(*, job: Job) -> Job:
    """Take back what this job did, row by row; what was sold, moved or edited since is kept and named."""
    with transaction.atomic():
        job = intake.locked(job.uid)
        _idle(job)
        if not Row.objects.filter(job=job, status=RowStatus.IMPORTED).exists():
            raise Conflict("Nothing of this import can be undone: no row of it is imported.", code="nothing_to_undo")
        beginning.begin(job, "undo", RowStatus.IMPORTED)
        enqueue("import.undo", str(job.uid), lane=f"import:{job.uid}", urgency=Urgency.PERSON)
    return job


def _check(status_filter: Any, limit: Any) -> None:
    faults = []
    if status_filter not in FILTERS:
        faults.append(Fault(f"Choose one of {', '.join(FILTERS)}.", "#/status_filter"))
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        faults.append(Fault("A whole number from 1.", "#/limit"))
    if faults:
        raise Invalid("The request holds values that cannot be used.", faults=faults)


def _idle(job: Job) -> None:
    if job.run:
        raise Conflict("This import is running. Wait until it is done, or cancel it.", code="already_running")


def _some(job: Job, status_filter: str) -> None:
    """There is, or may come, a row of that status."""
    reading = job.stage == Stage.FETCHING or (job.stage == Stage.FAILED and not job.fetched)
    if status_filter == "pending" and (reading or (job.found == 0 and job.stage == Stage.REVIEW)):
        return
    if not Row.objects.filter(job=job, status=status_filter).exists():
        raise Conflict(
            f"No row of this import is {status_filter}. Choose another status, or import the shop anew.",
            code="nothing_to_do",
        )


def _same_plan(job: Job, plan_hash: str | None, status_filter: str, limit: int | None) -> None:
    if plan_hash is None or not job.previewed or job.plan is None:
        return
    if job.plan["state"] != "ready":
        raise Stale("The plan is still being built. Look at it once it is ready, then start.", code="plan_building")
    if (job.plan["filter"], job.plan["limit"]) != (status_filter, limit):
        raise Stale("The plan is of other rows. Preview those you want to start.", code="plan_stale")
    if job.plan["hash"] != plan_hash or planning.is_stale(job):
        raise Stale("The plan changed since. Preview again.", code="plan_stale")


def _allowed(organization: Organization) -> None:
    """The plan lets the organization have more items. Raises ``PaymentRequired``."""
    plans.check(organization, "inventory_items", used=inventory.tally(organization).items)


def _not_undone(job: Job) -> None:
    if job.run and job.run["what"] == "undo":
        raise Conflict("This import is being undone. Wait until that is done.", code="being_undone")


def _not_cancelled(job: Job) -> None:
    if job.stage == Stage.CANCELLED:
        raise Conflict(
            "Reading this shop was cancelled before its end, so there is nothing to plan. "
            "Start the skipped rows to read it again, or import the shop anew.",
            code="not_read",
        )


def _in_conflict(job: Job, row: Row) -> None:
    planned = row.status == RowStatus.PENDING and row.action == "conflict" and job.fetched
    if not planned and row.status != RowStatus.CONFLICT:
        raise Conflict("This row is not in conflict, so there is nothing to decide.", code="not_in_conflict")
