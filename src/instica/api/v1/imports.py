"""Import jobs: create, preview, start, follow (S4)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from instica import marketplaces
from instica.api.bodies import Body, Nothing
from instica.api.document import IF_MATCH, Query
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.v1 import import_shapes as shapes
from instica.api.v1.import_shapes import JobList, JobShape
from instica.connections import queries as connections
from instica.connections.models import Connection
from instica.core.errors import Fault, Invalid, NotFound
from instica.imports import queries, services
from instica.imports.models import Job as JobRow

STATUSES = ("pending", "in_progress", "completed", "failed")
MOST = 10**9
StatusFilter = Literal["pending", "failed", "conflict", "skipped"]
SLUGS = tuple(marketplaces.every())


class ImportCreate(Body):
    """Which shop to import."""

    seller_account_uid: str = Field(description="The connected shop.", examples=["sa_01h455vb4pex5vsknk084sn02q"])
    marketplace: str = Field(description="The marketplace it is on.", json_schema_extra={"enum": list(SLUGS)})


class ImportPreview(Body):
    """Which job to plan, and for which of its rows."""

    job_uid: str = Field(examples=["job_01h455vb4pex5vsknk084sn02q"])
    status_filter: StatusFilter | None = Field(None, description="Only rows in this status; `pending` unless told.")
    limit: int | None = Field(None, ge=1, description="At most so many rows; the rest stay for another start.")
    skip_conflicts: bool = Field(False, description="Means something to a start only.")


class ImportStart(ImportPreview):
    """Which job to start, and how."""

    skip_conflicts: bool = Field(False, description="Skip what is in conflict instead of leaving it to be decided.")


class Jobs(Endpoint):
    """The latest jobs."""

    @operation(
        "import_jobs_list",
        "List the last 50 import jobs",
        scope="imports",
        tag="import",
        answer=JobList,
        query=[
            Query("marketplace", "Only jobs of this marketplace.", choices=SLUGS),
            Query("status", "Only jobs in this status.", choices=STATUSES),
        ],
    )
    def get(self, call: Call) -> object:
        """A bare array, newest first."""
        marketplace, status = call.word("marketplace", SLUGS), call.word("status", STATUSES)
        rows = queries.jobs(call.organization, marketplace=marketplace or None, status=status or None)
        return [shapes.job(row) for row in rows]


class Job(Endpoint):
    """One job."""

    @operation("import_jobs_read", "Follow an import job", scope="imports", tag="import", answer=JobShape)
    def get(self, call: Call, uid: str) -> object:
        """Its counters and progress."""
        return shapes.job(queries.job(call.organization, uid))


class CreateJob(Endpoint):
    """A new job."""

    @operation(
        "import_jobs_create",
        "Create an import job",
        scope="imports",
        tag="import",
        starts_import=True,
        status=201,
        answer=JobShape,
        body=ImportCreate,
        refuses=[402],
        description="Reading the shop begins at once in the background; nothing is imported before start.",
    )
    def post(self, call: Call) -> object:
        """Begins to read the shop."""
        connection = named_shop(call, call.read(ImportCreate))
        return shapes.job(services.create(organization=call.organization, connection=connection, user=call.user))


class QuickImport(Endpoint):
    """Create and start in one."""

    @operation(
        "import_quick",
        "Import a marketplace's shop: create and start in one",
        scope="imports",
        tag="import",
        starts_import=True,
        status=201,
        answer=JobShape,
        body=Nothing,
        refuses=[402],
    )
    def post(self, call: Call, platform: str) -> object:
        """Takes the shop connected last."""
        if marketplaces.get(platform) is None:
            raise NotFound("There is no such platform.")
        call.read(Nothing)
        return shapes.job(services.quick(organization=call.organization, marketplace=platform, user=call.user))


class PreviewJob(Endpoint):
    """What a start would do."""

    @operation(
        "import_preview",
        "Plan an import without writing anything",
        scope="imports",
        tag="import",
        starts_import=True,
        status=202,
        answer=JobShape,
        body=ImportPreview,
        description="The plan is at `…/jobs/{uid}/plan/`, its rows at `…/jobs/{uid}/items/`.",
    )
    def post(self, call: Call) -> object:
        """Builds the plan in the background."""
        job = named_job(call)
        body = call.read(ImportPreview)
        job = services.preview(job=job, status_filter=body.status_filter or "pending", limit=capped(body.limit))
        return shapes.job(job)


class StartJob(Endpoint):
    """Begin processing."""

    @operation(
        "import_start",
        "Start an import",
        scope="imports",
        tag="import",
        starts_import=True,
        status=202,
        answer=JobShape,
        body=ImportStart,
        refuses=[402, 412],
        headers=[IF_MATCH],
    )
    def post(self, call: Call) -> object:
        """Processes rows in the background; with If-Match only if the plan still says the same."""
        job = named_job(call)
        body = call.read(ImportStart)
        started = services.start(
            job=job,
            status_filter=body.status_filter or "pending",
            limit=capped(body.limit),
            skip_conflicts=body.skip_conflicts,
            plan_hash=if_match(call),
        )
        return shapes.job(started)


def named_shop(call: Call, body: ImportCreate) -> Connection:
    """The organization's own shop that the body names. Raises ``Invalid`` at its field."""
    if body.marketplace not in SLUGS:
        choices = ", ".join(SLUGS)
        fault = Fault(f"Unknown marketplace. Choose from: {choices}.", "#/marketplace")
        raise Invalid(fault.detail, code="validation_error", faults=[fault])
    try:
        connection = connections.get(call.organization, body.seller_account_uid)
    except NotFound:
        connection = None
    if connection is None or connection.marketplace != body.marketplace:
        fault = Fault(f"You have no shop with this uid on {body.marketplace}.", "#/seller_account_uid")
        raise Invalid(fault.detail, code="validation_error", faults=[fault])
    return connection


def named_job(call: Call) -> JobRow:
    """The job that the body names; looked up before the rest of the body is judged. Raises ``NotFound``."""
    document = call.document()
    uid = document.get("job_uid") if isinstance(document, dict) else None
    if not isinstance(uid, str):
        call.read(ImportPreview)
    return queries.job(call.organization, str(uid))


def capped(limit: int | None) -> int | None:
    """A limit no larger than any import."""
    return None if limit is None else min(limit, MOST)


def if_match(call: Call) -> str | None:
    """The plan's hash the caller decided on, if he says so."""
    tag = call.request.META.get("HTTP_IF_MATCH", "").strip().removeprefix("W/").strip('"')
    return None if tag in ("", "*") else tag
