"""The plan: compares the open rows with what we have now, and tells whether a plan still holds."""

from __future__ import annotations

import uuid
from collections import Counter
from hashlib import blake2b

from django.db.models import Exists, OuterRef

from instica.catalog.bulk import document, key, moment
from instica.core.clock import now
from instica.core.verdicts import Done, Verdict
from instica.imports import intake
from instica.imports.intake import Planner
from instica.imports.lookups import Library
from instica.imports.models import Job, Row, RowStatus
from instica.imports.rows import ROWS, Open, after
from instica.imports.stale import horizon
from instica.inventory.models import Item
from instica.work.lanes import commit

BATCH = 500
JUDGED = (RowStatus.PENDING, RowStatus.CONFLICT, RowStatus.FAILED)


def build(uid: uuid.UUID) -> Verdict:
    """Judge every row the preview asked for, then write the plan down. Nothing but import rows is written."""
    job = Job.objects.select_related("organization", "connection").get(pk=uid)
    if not job.fetched or not job.plan or job.plan["state"] != "building":
        return Done()
    number, left, at, mark = job.plan["number"], job.plan["limit"], -1, blake2b(digest_size=16)
    since, counts = now(), Counter[str]()
    library = Library(job.organization, job.connection)
    while rows := _next(job, at, BATCH if left is None else min(BATCH, left)):
        at, left = rows[-1].position, None if left is None else left - len(rows)
        with commit():
            for line in _judge(intake.locked(uid), rows, library):
                counts[line.partition(" ")[0]] += 1
                mark.update(line.encode())
    with commit():
        job = intake.locked(uid)
        if job.plan and job.plan["number"] == number:
            job.plan |= {"state": "ready", "counts": dict(counts), "hash": mark.hexdigest()}
            job.planned, job.waiting = since, ""
            job.save(update_fields=["plan", "planned", "waiting"])
    return Done()


def _next(job: Job, at: int, size: int) -> list[Open]:
    assert job.plan is not None
    return after(job, job.plan["filter"], at, size)


def _judge(job: Job, rows: list[Open], library: Library) -> list[str]:
    """The plan of these rows, a line each; rows whose verdict is another than before are written."""
    at = now()
    planner = Planner(job, library, at)
    planner.look([row.found for row in rows])
    lines, changed = [], []
    for row in rows:
        verdict = planner.verdict(row.found, row.position)
        lines.append(
            f"{verdict.action} {row.found.remote_id} {row.found.part} {verdict.item} {verdict.conflict} "
            f"{row.found.print}\n"
        )
        had = (row.action, row.item, row.conflict, row.details, row.evidence)
        if had != (verdict.action, verdict.item, verdict.conflict, verdict.details[:300], verdict.evidence):
            evidence = None if verdict.evidence is None else document(verdict.evidence)
            planned = moment(at) if verdict.action == "conflict" else None
            columns = (verdict.action, key(verdict.item), verdict.conflict, verdict.details[:300], verdict.code)
            changed.append((*columns, evidence, planned, key(row.uid)))
    if job.plan and job.plan["filter"] == RowStatus.PENDING:
        ROWS.update("action item conflict_type conflict_details error_code evidence processed", changed)
    return lines


def is_stale(job: Job) -> bool:
    """Whether the plan would be another one now: the reading is old, an item it names changed, or items are new."""
    if job.planned is None or job.discovered is None or job.discovered < horizon():
        return True
    items = Item.objects.filter(organization=job.organization)
    named = Row.objects.filter(job=job, status=RowStatus.PENDING, item__isnull=False)
    if items.filter(created__gt=job.planned).exists():
        return True
    unchanged = Item.objects.filter(pk=OuterRef("item"), updated__lte=job.planned)
    return named.filter(~Exists(unchanged)).exists()
