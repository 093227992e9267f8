"""What other programs are told about imports."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from instica.imports import progress
from instica.imports.models import Job
from instica.notices.webhooks import emit


def over(job: Job, what: str) -> None:
    """An import is ``completed``, ``failed`` or ``undone``; part of the transaction that says so on the job."""
    emit(
        organization=job.organization_id,
        kind=f"import.{what}",
        subject=job.public_id,
        data=lambda: _facts(job),
    )


def _facts(job: Job) -> dict[str, Any]:
    return {
        "uid": job.public_id,
        "platform": job.marketplace,
        "seller_account_uid": job.connection.public_id,
        "status": progress.status(job),
        "found": job.found,
        "imported": job.imported,
        "skipped": job.skipped,
        "failed": job.failed,
        "conflicted": job.conflicted,
        "link": f"{settings.SITE_URL}/api/v1/marketplace/import/jobs/{job.public_id}/",
    }
