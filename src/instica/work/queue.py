"""Asking for work, and what a person may do with work that gave up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from instica.core import clock
from instica.work import bell
from instica.work.models import Task
from instica.work.urgency import Urgency

__all__ = ["Urgency", "discard", "enqueue", "revive"]


def enqueue(
    kind: str,
    key: str = "",
    *,
    lane: str,
    payload: Mapping[str, Any] | None = None,
    urgency: Urgency = Urgency.READ,
    run_at: dt.datetime | None = None,
) -> None:
    """Ask for ``kind`` to be done; part of the caller's transaction, a plain INSERT that waits for nobody.

    Due tasks of the same kind and (non-empty) key in a lane become one run when they are taken, with the payload of
    the newest: a handler reads what is true now. Tasks without a key all run.
    """
    Task.objects.create(
        kind=kind, key=key, lane=lane, payload=dict(payload or {}), urgency=urgency, run_at=run_at or clock.now()
    )
    transaction.on_commit(partial(bell.ring, lane), robust=True)


def revive(*, task: uuid.UUID) -> bool:
    """Try a dead task again from the start; false when it is not dead."""
    dead = Task.objects.filter(id=task, state=Task.State.DEAD)
    return bool(dead.update(state=Task.State.QUEUED, attempts=0, run_at=clock.now(), why=""))


def discard(*, task: uuid.UUID) -> bool:
    """Forget a dead task; false when it is not dead."""
    deleted, _ = Task.objects.filter(id=task, state=Task.State.DEAD).delete()
    return bool(deleted)
