"""The API's background door: forgetting old idempotency keys."""

from __future__ import annotations

from instica.api import idempotency
from instica.core.clock import now
from instica.core.verdicts import Done, Verdict
from instica.work.handlers import Task, handles


@handles("api.forget")
def forget(task: Task) -> Verdict:
    """Drop keys past their retention; scheduled every hour."""
    idempotency.forget(now())
    return Done()
