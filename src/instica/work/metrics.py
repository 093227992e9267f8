"""What the workers count."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from instica.work.queries import overview

TASKS = Counter(
    "instica_tasks", "Tasks by kind and what came of the run: done, again, asleep, dead.", ["kind", "outcome"]
)
SECONDS = Histogram("instica_task_seconds", "How long handlers ran.", ["kind"])
WAITING = Gauge("instica_tasks_waiting", "Tasks that are queued, in all processes together.")
OLDEST = Gauge("instica_tasks_oldest_seconds", "How long the oldest due task has waited.")
DEAD = Gauge("instica_tasks_dead", "Tasks that gave up and wait for a person.")


def gauge() -> None:
    """Bring what is read from the rows up to date."""
    seen = overview()
    WAITING.set(seen.queued)
    OLDEST.set(seen.oldest_minutes * 60)
    DEAD.set(seen.dead)
