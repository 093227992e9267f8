"""Reads about sync: how often we look at a shop."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from instica.connections.models import Connection
from instica.work.models import Schedule


def poll_intervals(connections: Iterable[Connection]) -> dict[uuid.UUID, int]:
    """Seconds between two looks at each shop's orders, in one query; shops that nobody looks at are absent."""
    rows = Schedule.objects.filter(kind="orders.poll", key__in=[str(each.uid) for each in connections])
    return {uuid.UUID(key): seconds for key, seconds in rows.values_list("key", "seconds")}
