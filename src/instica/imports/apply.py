"""Does what was decided: batches of rows, each in one transaction; a failing batch is repeated row by row."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence

import structlog
from django.db import OperationalError

from instica.catalog.bulk import Change, document, key, many, moment
from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import deciding, intake, linking, runs, settle, twins
from instica.imports.conflicts import judge
from instica.imports.creating import Creation, New
from instica.imports.found import completed
from instica.imports.linking import Place
from instica.imports.lookups import Batch, Library
from instica.imports.match import Known, candidates
from instica.imports.models import Job, Row, RowStatus
from instica.imports.rows import ROWS, Open, after, load
from instica.imports.runs import Run
from instica.imports.skus import free_sku
from instica.imports.verdicts import Outcome, outcome
from instica.inventory import services as inventory
from instica.inventory.models import Item
from instica.listings import services as listings
from instica.orders import locks
from instica.work.lanes import LostLease, commit

BATCH = 200
Join = tuple[Place, Outcome]
COUNTER: dict[str, str] = {
    RowStatus.IMPORTED.value: "imported",
    RowStatus.SKIPPED.value: "skipped",
    RowStatus.FAILED.value: "failed",
    RowStatus.CONFLICT.value: "conflicted",
}
CREATED = Change("UPDATE imports_row SET status = %s, item = uid, created_item = %s, processed = %s WHERE uid AMONG %s")
PASSED = Change("UPDATE imports_row SET status = %s, processed = %s WHERE uid AMONG %s")
RUN_SO_FAR = Change(
    "UPDATE imports_job SET imported = %s, skipped = %s, failed = %s, conflicted = %s, run = %s, waiting = %s"
    " WHERE uid = %s"
)
log = structlog.get_logger(__name__)


class Applying:
    """One run over one job; ``batch`` until it says there is no more."""

    def __init__(self, job: uuid.UUID) -> None:
        self.uid = job
        self.library: Library | None = None

    def batch(self) -> bool:
        """Deal with the next rows; false when the run has none left."""
        try:
            with commit():
                job, run = self._locked()
                rows = self._next(job, run) if run else []
                if run and rows:
                    self._deal(job, run, rows)
                return bool(rows)
        except (LostLease, OperationalError):
            raise
        except Exception:
            log.exception("import.batch_failed", job=str(self.uid))
        self.library = None
        return self._one_by_one()

    def _one_by_one(self) -> bool:
        """The same rows each by itself, so that one bad row costs nothing but itself."""
        with commit():
            job, run = self._locked()
            rows = self._next(job, run) if run else []
        for row in rows:
            try:
                with commit():
                    job, run = self._locked()
                    still = load(Row.objects.filter(pk=row.uid, status=row.status))
                    if run and still:
                        self._deal(job, run, still)
            except (LostLease, OperationalError):
                raise
            except Exception as error:
                self.library = None
                self._failed(row, error)
        return bool(rows)

    def _failed(self, row: Open, error: Exception) -> None:
        log.error("import.row_failed", job=str(self.uid), row=str(row.uid), exc_info=error)
        with commit():
            job, run = self._locked()
            if run:
                why = "It could not be stored. Retry; if it stays, report it."
                done = Outcome("nothing", RowStatus.FAILED, "fail", code="internal_error", error=why)
                record(job, run, [(row, done)], now())

    def _locked(self) -> tuple[Job, Run | None]:
        job = intake.locked(self.uid, self.library)
        run = runs.of(job)
        return job, run if run and run.what == "apply" else None

    def _next(self, job: Job, run: Run) -> list[Open]:
        if run.filter == "decided":
            return load(deciding.decided(job).order_by("position")[:BATCH])
        return after(job, run.filter, run.at, BATCH if run.left is None else min(BATCH, run.left))

    def _deal(self, job: Job, run: Run, rows: Sequence[Open]) -> None:
        if self.library is None:
            self.library = Library(job.organization, job.connection)
        done = process(job, run, rows, self.library)
        record(job, run, done, now())


def process(job: Job, run: Run, rows: Sequence[Open], library: Library) -> list[tuple[Open, Outcome]]:
    """Judge each row again and do what follows. Needs the job's lock and a transaction."""
    inventory.tally(job.organization)
    at = now()
    batch = library.batch([row.found for row in rows])
    stands = twins.by_sku(job, _linkable(rows, batch))
    decide = run.filter != RowStatus.SKIPPED
    new: list[New] = []
    joins: list[Join] = []
    done: list[tuple[Open, Outcome]] = []
    for row in rows:
        known = batch.standings.get((row.found.remote_id, row.found.part))
        twin = twins.other(stands, row.found.sku, row.found.remote_id, row.found.part) if stands else ""
        verdict = judge(row.found, known, candidates(row.found, batch.books), twin)
        has = known.item if known else None
        result = outcome(row, verdict, has, bound=run.bound, skip_conflicts=run.skip_conflicts, decide=decide)
        if result.deed == "create":
            new.append(_new(job, row, batch))
            result.item = row.uid
        elif result.deed != "nothing":
            joins.append(_join(row, result, batch))
        done.append((row, result))
    _joined(job, run, joins, at)
    made = Creation(job, run.number, at).write(new)
    library.made_until(at)
    for row, result in done:
        if row.uid in made.by_row:
            result.before = {"made": made.by_row[row.uid]}
        if row.uid in made.before:
            result.before = {**(result.before or {}), **made.before[row.uid]}
    inventory.count(job.organization, items=len(new), products=made.products)
    settle.waiting(job.connection, [row for row, result in done if result.deed in {"create", "link"}])
    return done


def _linkable(rows: Sequence[Open], batch: Batch) -> set[str]:
    """The SKUs by which something may be linked."""
    sold = {place for place, known in batch.standings.items() if known.item}
    wanted = [row.found for row in rows if row.found.sku in batch.books.by_sku]
    return {one.sku for one in wanted if (one.remote_id, one.part) not in sold}


def _new(job: Job, row: Open, batch: Batch) -> New:
    """What becomes an item; from now on its SKU is known and in this shop."""
    found = row.found
    page, sku = batch.pages.get(found.remote_id), found.sku
    standing = batch.standings.get((found.remote_id, found.part))
    found = completed(found, standing.page) if standing else found
    if row.decision and sku:
        sku = free_sku(job.organization, sku, batch.books.by_sku)
    batch.pages.setdefault(found.remote_id, row.uid)
    if sku:
        known = Known(row.uid, found.title, found.page.get("condition_item", ""), sku, here=found.remote_id)
        assert isinstance(batch.books.by_sku, dict)
        batch.books.by_sku[sku] = [*batch.books.by_sku.get(sku, ()), known]
    return New(row.uid, row.key, found, page, standing, sku)


def _join(row: Open, result: Outcome, batch: Batch) -> Join:
    """What joins an item we have; from now on that item is in this shop."""
    found = row.found
    known = batch.standings.get((found.remote_id, found.part))
    place = Place(row.uid, completed(found, known.page) if known else found, batch.pages.get(found.remote_id), known)
    if result.deed == "link" and result.item:
        batch.pages.setdefault(found.remote_id, row.uid)
        batch.books.strangers.gone.add(result.item)
        if isinstance(batch.books.by_sku, dict) and found.sku in batch.books.by_sku:
            items = batch.books.by_sku[found.sku]
            batch.books.by_sku[found.sku] = [
                item._replace(here=found.remote_id) if item.uid == result.item else item for item in items
            ]
    return place, result


def _joined(job: Job, run: Run, joins: Sequence[Join], at: dt.datetime) -> None:
    """Do it, with all items locked first and in one order, as orders lock them."""
    old = [place.standing.item for place, _ in joins if place.standing]
    items = locks.items([*old, *(result.item for _, result in joins)]) if joins else {}
    for place, result in joins:
        item = items.get(result.item) if result.item else None
        if result.deed == "update":
            result.before = linking.update(place=place, take=result.take, at=at)
        elif item is None or item.organization_id != job.organization_id:
            result.deed, result.status, result.resolution = "nothing", RowStatus.CONFLICT, "pending"
            result.details, result.item = "The item it should be linked to is gone", None
        else:
            _link(job, run, place, result, item.uid, at)
    listings.restate(uid for uid in items if items[uid].organization_id == job.organization_id)
    for _, result in joins:
        if result.before and (left := result.before.get("left")):
            left["after"] = Item.objects.get(pk=left["item"]).updated.isoformat()


def _link(job: Job, run: Run, place: Place, result: Outcome, item: uuid.UUID, at: dt.datetime) -> None:
    result.before = linking.link(job=job, number=run.number, place=place, item=item, take=result.take, at=at)
    if lowered := result.before.pop("lowered", None):
        result.evidence = {**(result.evidence or {}), "lowered": lowered}


def record(job: Job, run: Run, done: Sequence[tuple[Open, Outcome]], at: dt.datetime) -> None:
    """Write what became of the run's rows, the counters, and how far the run is."""
    _written(job, done, at)
    run.at = max(run.at, *(row.position for row, _ in done)) if done[0][0].status == run.filter else run.at
    run.left = None if run.left is None else run.left - len(done)
    run.settled += len(done)
    run.high = max(run.high, runs.share(job))
    if job.run is not None:
        job.run, job.waiting = run.data(), ""
    counters = [getattr(job, name) for name in runs.COUNTERS]
    RUN_SO_FAR(*counters, None if job.run is None else document(job.run), job.waiting, key(job.uid))


def _written(job: Job, done: Sequence[tuple[Open, Outcome]], at: dt.datetime) -> None:
    """Write what became of the rows, and count it."""
    created: list[Open] = []
    passed: list[Open] = []
    others: list[tuple[Open, Outcome]] = []
    for row, result in done:
        if not _plain(row, result):
            others.append((row, result))
        else:
            (created if result.action == "create" else passed).append(row)
    _mark_created(created, at)
    if passed:
        PASSED(RowStatus.SKIPPED.value, moment(at), many([row.key for row in passed]))
    _write(others, at)
    change = Counter([result.status for _, result in done])
    change.subtract([row.status for row, _ in done])
    for status, by in change.items():
        if name := COUNTER.get(status):
            setattr(job, name, getattr(job, name) + by)


def _plain(row: Open, result: Outcome) -> bool:
    """Whether nothing but the row's status and time change: the usual case, written by one statement."""
    return (
        row.status == RowStatus.PENDING
        and row.action == result.action
        and result.action in {"create", "same", "skip"}
        and result.before is None
        and row.decision is None
    )


def _mark_created(rows: Sequence[Open], at: dt.datetime) -> None:
    if rows:
        CREATED(RowStatus.IMPORTED.value, True, moment(at), many([row.key for row in rows]))


def _write(done: Iterable[tuple[Open, Outcome]], at: dt.datetime) -> None:
    ROWS.update(
        "status action item created_item conflict_type conflict_details error_code error resolution decision"
        " evidence before processed",
        [
            (
                *(result.status, result.action, key(result.item), result.deed == "create", result.conflict),
                *(result.details[:300], result.code, result.error, result.resolution, None),
                None if result.evidence is None else document(result.evidence),
                None if result.before is None else document(result.before),
                *(moment(at), key(row.uid)),
            )
            for row, result in done
        ],
    )


def single(*, job: Job, row: Row) -> None:
    """Apply the decision on one conflict now, beside whatever run there is: its cursor and its limit are its own.

    Needs the job's lock and a transaction.
    """
    library = Library(job.organization, Connection.objects.get(pk=job.connection_id), strangers=False)
    rows = load(Row.objects.filter(pk=row.pk))
    done = process(job, Run("apply", job.runs, filter=RowStatus.CONFLICT), rows, library)
    _written(job, done, now())
    job.save(update_fields=runs.COUNTERS)
