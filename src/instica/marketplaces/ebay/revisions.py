"""No listing is revised more than 250 times a day: eBay would refuse it, so the rest waits here."""

from __future__ import annotations

import datetime as dt

from instica.core import clock
from instica.kit.errors import Throttled, TryLater
from instica.kit.ports import Budget

LIMIT = "ebay.revisions"


def take(budget: Budget, listing_id: str) -> dt.datetime | None:
    """Count a revision of one listing; until when it must wait, or nothing. Other listings go on meanwhile."""
    try:
        budget.admit({f"{LIMIT}:{listing_id}": 1})
    except Throttled as throttled:
        if not throttled.limit.startswith(LIMIT):
            raise
        return throttled.until
    return None


def demand(budget: Budget, listing_id: str, count: int) -> None:
    """The same for one listing that a person waits for. Raises ``TryLater``."""
    try:
        budget.admit({f"{LIMIT}:{listing_id}": count})
    except Throttled as throttled:
        if not throttled.limit.startswith(LIMIT):
            raise
        raise TryLater(
            f"eBay takes 250 revisions of a listing a day: {throttled}", throttled.until - clock.now()
        ) from None
