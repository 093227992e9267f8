"""What holds once nothing is left to do about a page: the exposure is over, whose wish it was is history."""

from __future__ import annotations

import datetime as dt

from instica.core.clock import now
from instica.listings import asking
from instica.listings.models import Exposure, Seen, Wanted
from instica.listings.standing import Standing
from instica.listings.states import AT_REST, FORCED, empty, too_high

PATIENCE = dt.timedelta(minutes=5)
"""When what a sale demands is tried again although they said no: a person was told, and buyers can still buy it."""
TRY_AGAIN = dt.timedelta(hours=1)
"""When a page is read again that offers too much for another reason, and that they refused to lower."""


def exposes(row: Standing) -> bool:
    """Whether buyers can, or soon may, buy there what we do not have."""
    if row.listing.doubted:
        return any(level.target is not None for level in row.levels)
    on_sale = row.listing.seen == Seen.LIVE or row.is_flying
    return on_sale and (empty(row.levels) or any(map(too_high, row.levels)))


def go_on(row: Standing, cause: str) -> None:
    """Ask for what follows; nothing may."""
    if row.step.next not in AT_REST:
        asking.ask(row, cause)
        return
    at_rest(row)
    if row.step.state != "refused" or not exposes(row):
        return
    if row.listing.exposed_since:
        asking.ask_later(row, cause, now() + PATIENCE)
    else:
        asking.look(row.listing.connection_id, row.listing.remote_id, at=now() + TRY_AGAIN)


def try_again(row: Standing) -> None:
    """What offers too much is not left at a refusal: with every sale and every reading it is tried anew."""
    page = row.listing
    if page.problem and page.problem.get("step") in FORCED and exposes(row):
        page.problem = None
        page.save(update_fields=["problem"])


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
