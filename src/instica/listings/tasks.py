"""Background doors of listings."""

from __future__ import annotations

import uuid

from instica.core.verdicts import Done, Verdict
from instica.listings import services
from instica.work.handlers import Task, handles


@handles("item.changed", batch=50)
def item_changed(tasks: list[Task]) -> Verdict:
    """The stock of an item changed: its status follows."""
    services.restate(uuid.UUID(task.key) for task in tasks)
    return Done()
