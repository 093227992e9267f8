"""What an item's status is, from its stock and whether anybody can buy it now (D15)."""

from __future__ import annotations

from instica.inventory.models import Status

AVAILABLE = frozenset({Status.RECEIVED, Status.READY, Status.LISTED})


def status(current: str, quantity: int | None, *, live: bool, sold: bool = False) -> str:
    """Sold when a sale took the last; listed while a live offer stands; ready when stock is left; else as it was."""
    if quantity is not None and quantity <= 0:
        return Status.SOLD if sold or current == Status.SOLD else _unlisted(current)
    if live:
        return Status.LISTED
    return Status.READY if current in {Status.LISTED, Status.SOLD} else current


def available(current: str, quantity: int | None) -> bool:
    """Whether it can be offered: in stock, and received, ready or listed (P4)."""
    return current in AVAILABLE and (quantity is None or quantity > 0)


def _unlisted(current: str) -> str:
    return Status.READY if current == Status.LISTED else current
