"""What is known about imports."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from instica.connections.models import Connection
from instica.core import ids
from instica.core.errors import Invalid, NotFound
from instica.imports import planning
from instica.imports import progress as standing
from instica.imports.conflicts import fields, there
from instica.imports.deciding import candidates, choices, told
from instica.imports.lookups import ours
from instica.imports.models import Job, Row, RowStatus, Stage
from instica.imports.progress import Progress
from instica.imports.rows import of
from instica.inventory.models import Item
from instica.people.models import Organization

MOST_JOBS = 50
STATUSES = ("pending", "in_progress", "completed", "failed")
WORKING = Q(run__isnull=False) | ~Q(waiting="")
STATUS = {
    "in_progress": WORKING,
    "failed": ~WORKING & Q(stage__in=[Stage.FAILED, Stage.CANCELLED]),
    "completed": ~WORKING & Q(stage__in=[Stage.DONE, Stage.UNDONE]),
    "pending": ~WORKING & Q(stage__in=[Stage.FETCHING, Stage.MATCHING, Stage.REVIEW]),
}
ISSUES = ("failed", "conflict")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a start would do: ``state`` is ``building``, ``ready`` or ``stale``; ``counts`` are rows per action."""

    state: str
    counts: Mapping[str, int]
    hash: str


def jobs(organization: Organization, marketplace: str | None = None, status: str | None = None) -> list[Job]:
    """The last jobs, newest first."""
    found = Job.objects.filter(organization=organization).select_related("connection")
    if marketplace:
        found = found.filter(marketplace=marketplace)
    if status:
        if status not in STATUS:
            raise Invalid(f"Choose one of {', '.join(STATUSES)}.", code="unknown_status")
        found = found.filter(STATUS[status])
    return list(found.order_by("-created", "-uid")[:MOST_JOBS])


def job(organization: Organization, public_id: str) -> Job:
    """One job. Raises ``NotFound``."""
    uid = ids.read(Job.prefix, public_id)
    found = Job.objects.filter(organization=organization, pk=uid).select_related("connection").first() if uid else None
    if found is None:
        raise NotFound("There is no such import.")
    return found


def rows(job: Job, statuses: Sequence[str] | None = None, action: str | None = None, search: str = "") -> QuerySet[Row]:
    """Rows in the shop's order. A planned conflict counts as ``conflict``: see ``word``."""
    found = Row.objects.filter(job=job)
    if statuses:
        wanted = Q(status__in=statuses)
        planned = Q(status=RowStatus.PENDING, action="conflict")
        wanted = wanted | planned if "conflict" in statuses else wanted & ~planned
        found = found.filter(wanted)
    if action:
        found = found.filter(action=action)
    if search:
        found = found.filter(Q(title__icontains=search) | Q(sku__icontains=search) | Q(remote_id=search))
    return found.order_by("position", "uid")


def issues(job: Job, status: str | None = None) -> QuerySet[Row]:
    """Rows that failed or are in conflict, planned conflicts included."""
    if status is not None and status not in ISSUES:
        raise Invalid(f"Choose one of {', '.join(ISSUES)}.", code="unknown_status")
    return rows(job, (status,) if status else ISSUES)


def row(job: Job, public_id: str) -> Row:
    """One row. Raises ``NotFound``."""
    uid = ids.read(Row.prefix, public_id)
    found = Row.objects.filter(job=job, pk=uid).first() if uid else None
    if found is None:
        raise NotFound("There is no such row in this import.")
    return found


def word(row: Row) -> str:
    """The row's status for people: a conflict is one as soon as the plan says so."""
    planned = row.status == RowStatus.PENDING and row.action == "conflict"
    return RowStatus.CONFLICT.value if planned else row.status


def created_item(row: Row) -> str | None:
    """The public id of the item the row became, if it did."""
    return ids.show(Item.prefix, row.item) if row.item and row.status == RowStatus.IMPORTED else None


def resolution(row: Row) -> str:
    """How the conflict was resolved: ``pending`` while it is not, empty where there was none."""
    if row.resolution:
        return row.resolution
    return "pending" if word(row) == RowStatus.CONFLICT else ""


def plan(job: Job) -> Plan:
    """The plan as it stands; without a preview it is what reading the shop found, and its hash is empty.

    Where reading stopped before its end, what was met so far is a plan that does not hold.
    """
    if job.stage == Stage.FETCHING or (job.plan and job.plan["state"] == "building"):
        return Plan("building", actions(job), "")
    if not job.fetched:
        return Plan("stale", actions(job), "")
    if job.plan is None:
        return Plan("ready", actions(job), "")
    return Plan("stale" if planning.is_stale(job) else "ready", job.plan["counts"], job.plan["hash"])


def actions(job: Job) -> dict[str, int]:
    """Open rows per action."""
    counted = Row.objects.filter(job=job, status=RowStatus.PENDING).values_list("action").annotate(Count("uid"))
    return dict(counted.order_by("action"))


def progress(job: Job) -> Progress:
    """How the job stands, in the contract's words."""
    return standing.of(job)


def conflict_types(job: Job) -> dict[str, int]:
    """Open conflicts per kind."""
    return dict(Counter(issues(job, "conflict").values_list("conflict_type", flat=True)))


def evidence(row: Row) -> dict[str, Any]:
    """A row as ``compared`` tells it."""
    return compared(row, matched(row.job, [row]))


def compared(row: Row, items: Mapping[uuid.UUID | None, Item]) -> dict[str, Any]:
    """What matched, on which field, how strongly; both sides field by field; what may be done, and what was kept.

    ``items`` are those the row was or could be matched with: see ``matched``.
    """
    item = items.get(row.item)
    kept = row.evidence or {}
    found = of(row)
    mine = ours(item) if item else {}
    theirs = fields(found.page, there(found)) | {"quantity": found.quantity}
    untold = {name for name in theirs if found.page.get("brief") and theirs[name] == ""}
    return {
        "action": row.action,
        "matched_on": kept.get("on"),
        "strength": kept.get("strength"),
        "item": item.public_id if item else None,
        "candidates": candidates(row, items),
        "choices": choices(row) if word(row) == RowStatus.CONFLICT else [],
        "lowered": kept.get("lowered"),
        "kept": row.error.removeprefix("Kept: ") if row.error.startswith("Kept: ") else None,
        "fields": [
            {
                "field": name,
                "theirs": theirs[name],
                "ours": mine.get(name),
                "same": bool(mine) and theirs[name] == mine.get(name),
                "told": name not in untold,
            }
            for name in theirs
        ],
        "url": found.page.get("url", ""),
        "images": found.page.get("images", []),
        "details": details(row),
    }


def details(row: Row) -> str | None:
    """How it stands with what the shop's list left out of a row: nothing is left out where this is ``None``.

    ``later``: it is read once the import was run; ``reading``: it is on its way; ``unread``: it could not be had.
    """
    if not (row.data or {}).get("page", {}).get("brief"):
        return None
    if row.job.details_at:
        return "reading"
    return "unread" if row.job.stage in {Stage.DONE, Stage.CANCELLED, Stage.UNDONE} else "later"


def matched(job: Job, rows: Iterable[Row]) -> dict[uuid.UUID | None, Item]:
    """The items these rows became, were or could be matched with, as far as they are there, in one query."""
    named = [ids.read(Item.prefix, one["item"]) for row in rows for one in told(row)]
    wanted = {uid for uid in (*named, *(row.item for row in rows)) if uid}
    items = Item.objects.select_related("product", "product__artist").filter(organization=job.organization_id)
    return {item.uid: item for item in items.filter(pk__in=wanted)}


def strangers(connection: Connection, refs: Sequence[str]) -> list[str]:
    """Those of a shop's pages that no import has met; none before a first import was finished, which meets them all."""
    jobs = Job.objects.filter(connection=connection)
    if not refs or not jobs.filter(stage=Stage.DONE).exists():
        return []
    met = set(Row.objects.filter(job__in=jobs, remote_id__in=refs).values_list("remote_id", flat=True))
    return [ref for ref in refs if ref not in met]
