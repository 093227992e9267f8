"""No listing is revised more than 250 times a day: eBay would refuse it, so the rest waits here."""

from __future__ import annotations

from instica.core import clock
from instica.kit.errors import Throttled, TryLater
from instica.kit.ports import Budget

LIMIT = "ebay.revisions"


def take(budget: Budget, listing_id: str, count: int = 1) -> str:
    """Count revisions of one listing; why it must wait, or empty. Other listings go on meanwhile."""
    try:
        budget.admit({f"{LIMIT}:{listing_id}": count})
    except Throttled as throttled:
        if not throttled.limit.startswith(LIMIT):
            raise
        return f"This listing was revised so often today that eBay takes no more before {throttled.until:%H:%M} UTC"
    return ""


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
