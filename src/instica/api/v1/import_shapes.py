"""How an import job and its rows look from outside: exactly the documented keys, in their order (S5, S6, D1)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from instica.api.paging import Page
from instica.core.clock import iso
from instica.core.money import two_places
from instica.imports import queries
from instica.imports.models import Job, Row

JOB: dict[str, Any] = {
    "id": "job_01h455vb4pex5vsknk084sn02q",
    "marketplace": "discogs",
    "status": "in_progress",
    "total_listings_found": 150,
    "items_imported": 82,
    "items_skipped": 0,
    "items_failed": 3,
    "items_conflicted": 2,
    "has_issues": True,
    "issue_summary": "3 failed, 2 conflicts",
    "progress_percentage": 58.0,
    "error_message": None,
    "created_at": "2026-02-15T09:00:00Z",
    "started_at": "2026-02-15T09:00:05Z",
    "completed_at": None,
}
ITEM: dict[str, Any] = {
    "id": "item_01h455vb4pex5vsknk084sn02q",
    "external_listing_id": "394857201",
    "external_sku": "PCS-7088-001",
    "status": "conflict",
    "listing_title": "Abbey Road - VG+",
    "listing_price": "34.99",
    "conflict_type": "duplicate_sku",
    "conflict_details": "SKU matches existing item inv_01h455vb4pex5vsknk084sn02q",
    "error_message": None,
    "error_code": None,
    "resolution": "pending",
    "created_inventory_item_uid": None,
    "processed_at": "2026-02-15T09:05:00Z",
}


class JobShape(BaseModel):
    """An import job."""

    model_config = ConfigDict(title="ImportJob", json_schema_extra={"examples": [JOB]})

    id: str
    marketplace: str
    status: str = Field(json_schema_extra={"enum": ["pending", "in_progress", "completed", "failed"]})
    total_listings_found: int
    items_imported: int
    items_skipped: int
    items_failed: int
    items_conflicted: int
    has_issues: bool
    issue_summary: str
    progress_percentage: float = Field(ge=0, le=100)
    error_message: str | None
    created_at: str
    started_at: str | None
    completed_at: str | None


class JobList(RootModel[list[JobShape]]):
    """The last 50 jobs, newest first."""


class ImportItemShape(BaseModel):
    """A listing found by an import, and what became of it."""

    model_config = ConfigDict(title="ImportItem", json_schema_extra={"examples": [ITEM]})

    id: str
    external_listing_id: str
    external_sku: str
    status: str = Field(description="`imported`, `failed`, `conflict` or `skipped`; `pending` until it was its turn.")
    listing_title: str
    listing_price: str | None
    conflict_type: str | None
    conflict_details: str | None
    error_message: str | None
    error_code: str | None
    resolution: str = Field(description="How its conflict was resolved; empty when there was none.")
    created_inventory_item_uid: str | None
    processed_at: str | None


class ImportItemPage(Page[ImportItemShape]):
    """A page of the listings of an import."""


class ImportItemDetail(ImportItemShape):
    """A listing of an import with the evidence behind what would be, or was, done with it."""

    action: str | None = Field(description="`create`, `link`, `update`, `same`, `conflict`, `skip` or `fail`.")
    evidence: dict[str, Any] = Field(description="What matched, on which field, how strongly, both sides by field.")


class ImportPlanShape(BaseModel):
    """What starting the job would do."""

    model_config = ConfigDict(title="ImportPlan")

    state: str = Field(json_schema_extra={"enum": ["building", "ready", "stale"]})
    counts: dict[str, int] = Field(description="Listings per action.")
    hash: str = Field(description="Send it as If-Match with start, and start refuses (412) if the plan changed.")


class ImportFollowsShape(BaseModel):
    """What follows an import by itself and holds nothing up."""

    model_config = ConfigDict(title="ImportFollows")

    state: str = Field(json_schema_extra={"enum": ["none", "reading", "waiting", "done"]})
    listings_read: int = Field(description="Listings read whole that the shop's list showed in brief.")
    listings_total: int
    resumes_at: str | None = Field(
        description="When it goes on by itself, while a limit of the marketplace is used up."
    )
    photos_and_releases_fetched: int
    photos_and_releases_total: int


def follows(row: Job) -> dict[str, Any]:
    """How far what follows the import is."""
    progress = queries.progress(row)
    details = progress.details
    state = ("waiting" if details.until else "reading") if details.reading else "done" if details.total else "none"
    return {
        "state": state,
        "listings_read": details.read,
        "listings_total": details.total,
        "resumes_at": iso(details.until),
        "photos_and_releases_fetched": progress.enriched,
        "photos_and_releases_total": progress.to_enrich,
    }


def job(row: Job) -> dict[str, Any]:
    """The job as it is now."""
    progress = queries.progress(row)
    return {
        "id": row.public_id,
        "marketplace": row.marketplace,
        "status": progress.status,
        "total_listings_found": row.found,
        "items_imported": row.imported,
        "items_skipped": row.skipped,
        "items_failed": row.failed,
        "items_conflicted": row.conflicted,
        "has_issues": progress.has_issues,
        "issue_summary": progress.issue_summary,
        "progress_percentage": float(progress.percentage),
        "error_message": progress.error_message or None,
        "created_at": iso(row.created),
        "started_at": iso(row.started),
        "completed_at": iso(row.completed),
    }


def item(row: Row) -> dict[str, Any]:
    """A row as it is now."""
    return {
        "id": row.public_id,
        "external_listing_id": row.remote_id,
        "external_sku": row.sku,
        "status": queries.word(row),
        "listing_title": row.title,
        "listing_price": None if row.price is None else two_places(row.price, row.currency),
        "conflict_type": row.conflict_type or None,
        "conflict_details": row.conflict_details or None,
        "error_message": row.error or None,
        "error_code": row.error_code or None,
        "resolution": queries.resolution(row),
        "created_inventory_item_uid": queries.created_item(row),
        "processed_at": iso(row.processed),
    }
