"""The rows of an import: issues, evidence, decisions, and verbs that touch many rows (S4.7 to S4.10, D4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpResponse
from pydantic import Field
from pydantic_core import to_json

from instica.api.bodies import Body, Nothing
from instica.api.document import Query, paging
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.paging import paged
from instica.api.v1 import import_shapes as shapes
from instica.api.v1.import_shapes import (
    ImportFollowsShape,
    ImportItemDetail,
    ImportItemPage,
    ImportItemShape,
    ImportPlanShape,
    JobShape,
)
from instica.imports import queries, services
from instica.imports.models import Job, RowStatus

SIZE = 20
ISSUES = (RowStatus.FAILED.value, RowStatus.CONFLICT.value)
ACTIONS = ("create", "link", "update", "same", "conflict", "skip", "fail")
Conflict = Literal[
    "duplicate_sku",
    "duplicate_barcode",
    "possible_duplicate",
    "ambiguous_match",
    "already_linked",
    "changed_both_sides",
    "changed_since_preview",
]
Resolution = Literal["link_existing", "create_new", "overwrite", "skip"]


class ImportResolve(Body):
    """How to resolve a conflict; without a body it is linked where exactly one item matched."""

    resolution: Resolution | None = None
    inventory_item_uid: str | None = Field(None, description="Which item, where several are possible.")
    fields: dict[str, Literal["theirs", "ours"]] | None = Field(None, description="Whose value wins, by field.")


class ImportResolveAll(Body):
    """How to resolve all conflicts of a kind."""

    conflict_type: Conflict
    resolution: Resolution


def page(call: Call, job: Job, statuses: Sequence[str], **more: str) -> dict[str, object]:
    """A page of the job's rows in the order of the shop."""
    rows = queries.rows(job, statuses=statuses or None, **{name: value for name, value in more.items() if value})

    def shown(start: int, stop: int) -> list[dict[str, Any]]:
        return [shapes.item(row) for row in rows[start:stop]]

    return paged(call.request, rows.count(), shown, default=SIZE)


class Issues(Endpoint):
    """What failed or is in conflict."""

    @operation(
        "import_issues_list",
        "List what failed or is in conflict",
        scope="imports",
        tag="import",
        answer=ImportItemPage,
        query=[Query("status", "Only one of the two.", choices=ISSUES), *paging(SIZE)],
    )
    def get(self, call: Call, uid: str) -> object:
        """In the order of the shop."""
        job = queries.job(call.organization, uid)
        status = call.word("status", ISSUES)
        return page(call, job, [status] if status else ISSUES)


class Items(Endpoint):
    """All rows."""

    @operation(
        "import_items_list",
        "List everything the import found",
        scope="imports",
        tag="import",
        answer=ImportItemPage,
        query=[
            Query("status", "Only rows in these, repeated or comma-separated: " + ", ".join(RowStatus.values) + "."),
            Query("action", "Only rows the plan does this with.", choices=ACTIONS),
            Query("search", "Words of title, SKU or listing id."),
            *paging(SIZE),
        ],
    )
    def get(self, call: Call, uid: str) -> object:
        """In the order of the shop."""
        job = queries.job(call.organization, uid)
        statuses = call.words("status", RowStatus.values)
        return page(call, job, statuses, action=call.word("action", ACTIONS), search=call.text("search"))


class ImportItem(Endpoint):
    """One row."""

    @operation(
        "import_items_read", "Read one listing and its evidence", scope="imports", tag="import", answer=ImportItemDetail
    )
    def get(self, call: Call, uid: str, item_uid: str) -> object:
        """What matched, on which field, how strongly, both sides field by field."""
        row = queries.row(queries.job(call.organization, uid), item_uid)
        return shapes.item(row) | {"action": row.action or None, "evidence": queries.evidence(row)}


class Plan(Endpoint):
    """What a start would do."""

    @operation("import_plan_read", "Read the plan", scope="imports", tag="import", answer=ImportPlanShape)
    def get(self, call: Call, uid: str) -> object:
        """Its ETag is its hash, to be sent as If-Match with start."""
        plan = queries.plan(queries.job(call.organization, uid))
        body = {"state": plan.state, "counts": dict(plan.counts), "hash": plan.hash}
        response = HttpResponse(to_json(body), content_type="application/json")
        if plan.hash:
            response["ETag"] = f'"{plan.hash}"'
        return response


class Follows(Endpoint):
    """What follows by itself."""

    @operation(
        "import_follows_read",
        "Read how far details and photos are",
        scope="imports",
        tag="import",
        answer=ImportFollowsShape,
        description="Grades, texts and pictures that the shop's list left out are read after the import, page by page.",
    )
    def get(self, call: Call, uid: str) -> object:
        """Its own progress: the import is done without it."""
        return shapes.follows(queries.job(call.organization, uid))


class ResolveItem(Endpoint):
    """Decide one conflict."""

    @operation(
        "import_items_resolve",
        "Resolve a conflict",
        scope="imports",
        tag="import",
        answer=ImportItemShape,
        body=ImportResolve,
        refuses=[402],
    )
    def post(self, call: Call, uid: str, item_uid: str) -> object:
        """Answers the row; applied at start, or at once after it; what was read over a day ago is read again first."""
        row = queries.row(queries.job(call.organization, uid), item_uid)
        body = call.read(ImportResolve)
        sides: dict[str, str] | None = None if body.fields is None else {**body.fields}
        resolved = services.resolve(row=row, resolution=body.resolution, item=body.inventory_item_uid, fields=sides)
        return shapes.item(resolved)


class ResolveEvery(Endpoint):
    """Decide all conflicts of a kind."""

    @operation(
        "import_resolve_all",
        "Resolve all conflicts of a kind",
        scope="imports",
        tag="import",
        answer=JobShape,
        body=ImportResolveAll,
        refuses=[402],
    )
    def post(self, call: Call, uid: str) -> object:
        """Answers the job."""
        job = queries.job(call.organization, uid)
        body = call.read(ImportResolveAll)
        resolved = services.resolve_all(job=job, conflict_type=body.conflict_type, resolution=body.resolution)
        return shapes.job(resolved)


class RetryFailed(Endpoint):
    """Try what failed again."""

    @operation(
        "import_retry_failed",
        "Retry every failed listing",
        scope="imports",
        tag="import",
        starts_import=True,
        status=202,
        answer=JobShape,
        body=Nothing,
        refuses=[402],
    )
    def post(self, call: Call, uid: str) -> object:
        """In the background."""
        job = queries.job(call.organization, uid)
        call.read(Nothing)
        return shapes.job(services.retry_failed(job=job))


class SkipConflicts(Endpoint):
    """Skip what is left in conflict."""

    @operation(
        "import_skip_all_conflicts",
        "Skip all remaining conflicts",
        scope="imports",
        tag="import",
        answer=JobShape,
        body=Nothing,
    )
    def post(self, call: Call, uid: str) -> object:
        """Answers the job."""
        job = queries.job(call.organization, uid)
        call.read(Nothing)
        return shapes.job(services.skip_all_conflicts(job=job))


class Cancel(Endpoint):
    """Stop a job."""

    @operation("import_cancel", "Cancel an import", scope="imports", tag="import", answer=JobShape, body=Nothing)
    def post(self, call: Call, uid: str) -> object:
        """What was imported stays; open rows are skipped."""
        job = queries.job(call.organization, uid)
        call.read(Nothing)
        return shapes.job(services.cancel(job=job))


class Undo(Endpoint):
    """Take an import back."""

    @operation(
        "import_undo",
        "Undo an import",
        scope="imports",
        tag="import",
        starts_import=True,
        status=202,
        answer=JobShape,
        body=Nothing,
    )
    def post(self, call: Call, uid: str) -> object:
        """In the background; what was sold or edited since is kept and named."""
        job = queries.job(call.organization, uid)
        call.read(Nothing)
        return shapes.job(services.undo(job=job))
