"""How the work stands, for people who look after an installation."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Min

from instica.core.clock import now
from instica.work.models import Task


@dataclass(frozen=True, slots=True)
class Overview:
    """Tasks that wait and tasks that gave up; ``oldest_minutes`` is how long the oldest due one has waited."""

    queued: int
    dead: int
    oldest_minutes: float


def overview() -> Overview:
    """How much waits, how long, and what gave up."""
    queued = Task.objects.filter(state=Task.State.QUEUED)
    oldest = queued.filter(run_at__lte=now()).aggregate(oldest=Min("run_at"))["oldest"]
    waited = (now() - oldest).total_seconds() / 60 if oldest else 0.0
    return Overview(queued.count(), Task.objects.filter(state=Task.State.DEAD).count(), waited)


def dead() -> list[Task]:
    """Tasks that gave up, the newest first, at most a hundred."""
    return list(Task.objects.filter(state=Task.State.DEAD).order_by("-created_at", "-id")[:100])
