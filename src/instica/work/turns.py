"""The line before a limit that is used up: who was refused gets a moment of its own, newcomers stand behind.

A turn promises an order, not a unit: the limit itself decides when the lane comes back.
"""

from __future__ import annotations

from collections.abc import Iterable

from instica.work.models import Limit, Turn

GRACE_SECONDS = 10.0


def moment(limit: Limit, lane: str, now: float, step: float) -> float:
    """When the lane may pass: at its own turn, and without one behind all who have one."""
    line = list(Turn.objects.filter(limit=limit, at__gt=now - GRACE_SECONDS).order_by("at"))
    mine = next((turn for turn in line if turn.lane == lane), None)
    if mine:
        return mine.at
    return line[-1].at + step if line else now


def book(limit: Limit, lane: str, now: float, at: float) -> None:
    """Remember the lane's turn and forget those nobody came for."""
    Turn.objects.filter(limit=limit, at__lte=now - GRACE_SECONDS).delete()
    Turn.objects.update_or_create(limit=limit, lane=lane, defaults={"at": at})


def leave(limits: Iterable[Limit], lane: str) -> None:
    """The lane passed; its next unit needs a new turn."""
    Turn.objects.filter(limit__in=list(limits), lane=lane).delete()
