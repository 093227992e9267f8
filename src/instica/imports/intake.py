"""Takes a page of a shop in: stores each offer as a row, already compared with what we have."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from instica.catalog.bulk import document, fresh, key, moment
from instica.core.clock import now
from instica.imports import found as reading
from instica.imports import twins
from instica.imports.conflicts import Verdict, judge
from instica.imports.found import Found
from instica.imports.lookups import Library
from instica.imports.match import candidates
from instica.imports.models import Job, Row, RowStatus
from instica.imports.rows import ROWS
from instica.imports.twins import Stand
from instica.kit.types import Page, RemoteListing

PLANNED = "remote_id part sku title currency price data action item conflict_type conflict_details evidence processed"
PENDING = RowStatus.PENDING.value


def store(*, job: Job, page: Page[RemoteListing], library: Library) -> None:
    """Store the page's rows and move the cursor. Needs the job's lock and the transaction that holds it."""
    offers = {(one.remote_id, one.part): (one, text) for listing in page.rows for one, text in reading.read(listing)}
    if offers:
        _rows(job, offers, library)
    job.cursor = page.next or ""
    job.complete = job.complete and (page.complete or page.ready_at is not None)
    job.unreachable += page.unreachable
    job.notes = [*job.notes, *(note for note in page.notes if note not in job.notes)]
    job.expected = job.expected if page.total is None else page.total
    job.waiting = ""
    job.save(update_fields=["cursor", "complete", "unreachable", "notes", "expected", "waiting", "found"])


def _rows(job: Job, offers: dict[tuple[str, str], tuple[Found, str]], library: Library) -> None:
    ids_there = {remote_id for remote_id, _ in offers}
    rows = Row.objects.filter(job=job, remote_id__among=ids_there)
    columns = rows.values_list("remote_id", "part", "uid", "position", "status")
    had = {(remote_id, part): (uid, position, status) for remote_id, part, uid, position, status in columns}
    at = now()
    plan = Planner(job, library, at)
    plan.look([found for found, _ in offers.values()])
    owner, new, again = key(job.uid), [], []
    for place, (found, text) in offers.items():
        known = had.get(place)
        if known is None:
            position = job.found
            job.found += 1
            new.append(_new(owner, position, found, text, plan.verdict(found, position), at))
        elif known[2] == PENDING:
            again.append((*_columns(found, text, plan.verdict(found, known[1]), at), key(known[0])))
    ROWS.insert(new)
    ROWS.update(PLANNED, again)


def _columns(found: Found, text: str, verdict: Verdict, at: dt.datetime) -> tuple[Any, ...]:
    evidence = None if verdict.evidence is None else document(verdict.evidence)
    return (
        *(found.remote_id, found.part, found.sku, found.title, found.currency, found.price, text, verdict.action),
        *(key(verdict.item), verdict.conflict, verdict.details[:300], evidence),
        moment(at) if verdict.action == "conflict" else None,
    )


def _new(job: Any, position: int, found: Found, text: str, verdict: Verdict, at: dt.datetime) -> tuple[Any, ...]:
    evidence = None if verdict.evidence is None else document(verdict.evidence)
    planned = moment(at) if verdict.action == "conflict" else None
    return (
        *(fresh(), job, position, found.remote_id, found.part, found.sku, found.title, found.currency),
        *(found.price, text, PENDING, verdict.action, evidence, verdict.conflict),
        *(verdict.details[:300], verdict.code, "", None, "", key(verdict.item), False, None, planned),
    )


class Planner:
    """Judges offers of one job in their order, knowing which SKUs came before."""

    def __init__(self, job: Job, library: Library, at: dt.datetime) -> None:
        self.job = job
        self.library = library
        self.at = at
        self.stands: dict[str, list[Stand]] = {}

    def look(self, founds: list[Found]) -> None:
        """Bring what these must be compared with."""
        self.batch = self.library.batch(founds)
        self.stands = twins.by_sku(self.job, {one.sku for one in founds if one.sku})

    def verdict(self, found: Found, position: int) -> Verdict:
        """What should become of one of them."""
        known = self.batch.standings.get((found.remote_id, found.part))
        stands: Sequence[Stand] = self.stands.get(found.sku, ()) if found.sku else ()
        other = twins.other(self.stands, found.sku, found.remote_id, found.part) if stands else ""
        came_before = bool(other) and stands[0].position < position
        verdict = judge(found, known, candidates(found, self.batch.books), other, came_before=came_before)
        if found.sku and not stands and verdict.action not in twins.NO_TWIN:
            self.stands[found.sku] = [Stand(position, found.remote_id, found.part)]
        return verdict


def forget_plan(job: Job) -> None:
    """Before reading a shop anew: no row is confirmed yet."""
    Row.objects.filter(job=job, status=RowStatus.PENDING).update(action="")


def drop_unmade_plan(job: Job) -> None:
    """A plan that is still being built when the job stops comes to nothing. The caller saves the job."""
    if job.plan and job.plan["state"] == "building":
        job.previewed, job.plan = False, None


def vanished(job: Job) -> int:
    """After reading it anew: rows that were not met again are passed over, or failed where that proves nothing."""
    gone = Row.objects.filter(job=job, status=RowStatus.PENDING, action="")
    if job.complete:
        count = gone.update(
            status=RowStatus.SKIPPED, action="skip", conflict_details="No longer in the shop", processed=now()
        )
        job.skipped += count
    else:
        count = gone.update(
            status=RowStatus.FAILED,
            action="fail",
            error_code="marketplace_error",
            error="It was not met when the shop was read again",
            processed=now(),
        )
        job.failed += count
    return count


def locked(uid: uuid.UUID, library: Library | None = None) -> Job:
    """The job, locked, with what it belongs to: read with it, or as the library of the same run knows it."""
    jobs = Job.objects.select_for_update(of=("self",))
    if library is None:
        return jobs.select_related("organization", "connection").get(pk=uid)
    job = jobs.get(pk=uid)
    job.organization, job.connection = library.organization, library.connection
    return job
