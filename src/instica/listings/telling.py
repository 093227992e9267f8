"""The one place where a change of a listing is announced: to the log, the activity, and the owner where it matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from instica.connections.credentials import manifest_of
from instica.listings.models import Listing
from instica.listings.standing import Standing
from instica.notices.services import forget, tell

log = structlog.get_logger(__name__)
WRITES = frozenset({"publish", "show", "revise", "set_levels", "withdraw"})


def picture(row: Standing) -> dict[str, Any]:
    """How a page stands, as the activity keeps it."""
    return {
        "state": row.step.state,
        "seen": row.listing.seen,
        "listing_id": row.listing.remote_id,
        "offers": [{"quantity": offer.seen_quantity, "price": offer.price} for offer in row.offers],
    }


def changed(row: Standing, step: str, before: Mapping[str, Any], cause: str, outcome: str = "done") -> None:
    """A step was taken at a page, or refused; part of the transaction that writes it down."""
    page = row.listing
    after = picture(row)
    log.info(
        "listing.step",
        listing=page.public_id,
        step=step,
        outcome=outcome,
        cause=cause,
        state=after["state"],
        exposure_ms=page.exposure_ms,
    )
    if page.problem is None:
        forget(page.organization, _key(page))


def refused(row: Standing, step: str) -> None:
    """They said no, and somebody should know; at once where the page offers what is sold."""
    page = row.listing
    place = manifest_of(page.connection.marketplace).name
    exposed = page.exposed_since is not None
    what = "is still on sale there although it is sold" if exposed else f"could not be changed ({step})"
    tell(
        organization=page.organization,
        key=_key(page),
        title=f"{place} refused: {page.title}",
        body=f"{page.title} {what}. {place} says: {(page.problem or {}).get('message', '')}",
        tone="danger" if exposed else "warning",
        link=page.url,
        mail=exposed,
    )


def lost(row: Standing) -> None:
    """Nobody can tell whether a publish happened: a person must look."""
    page = row.listing
    place = manifest_of(page.connection.marketplace).name
    tell(
        organization=page.organization,
        key=_key(page),
        title=f"Is it on {place}? {page.title}",
        body=f"{place} gave no answer when {page.title} was put up, and it cannot be found there. Look in the shop,"
        " then say on the item's page whether it is there.",
        tone="warning",
        mail=True,
    )


def _key(page: Listing) -> str:
    return f"listing:{page.pk}"
