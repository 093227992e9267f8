"""What holds once nothing is left to do about a page: the exposure is over, whose wish it was is history."""

from __future__ import annotations

from instica.core.clock import now
from instica.listings.models import Exposure, Seen, Wanted
from instica.listings.standing import Standing
from instica.listings.states import empty, too_high


def exposes(row: Standing) -> bool:
    """Whether buyers can, or soon may, buy there what we do not have."""
    on_sale = row.listing.seen == Seen.LIVE or row.is_flying
    return on_sale and (empty(row.levels) or any(map(too_high, row.levels)))


def confirmed(row: Standing) -> None:
    """The marketplace confirmed that it offers no more than there is: how long that took stays known."""
    page = row.listing
    if page.exposed_since is None or exposes(row) or row.is_flying:
        return
    page.exposure_ms = int((now() - page.exposed_since).total_seconds() * 1000)
    Exposure.objects.create(
        organization_id=page.organization_id,
        connection_id=page.connection_id,
        listing=page,
        since=page.exposed_since,
        milliseconds=page.exposure_ms,
    )
    page.exposed_since = None
    page.save(update_fields=["exposure_ms", "exposed_since"])


def at_rest(row: Standing) -> None:
    """Nothing is left to do. A publish nobody wants any more, and that left nothing there, is forgotten."""
    confirmed(row)
    page = row.listing
    if page.asked_by or page.held:
        page.asked_by = page.held = ""
        page.save(update_fields=["asked_by", "held"])
    if page.wanted == Wanted.ENDED and row.attempt and not row.is_flying and not page.remote_id:
        row.attempt.delete()
        row.attempt = None
