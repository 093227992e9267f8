"""Whose work a shop's lane is, so that one marketplace's outage or one tenant's bulk leaves workers to others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from instica.connections.models import Connection
from instica.work.shares import grouped


@grouped("shop")
def groups(lane: str) -> Sequence[str]:
    """The marketplace and the organization behind ``shop:<connection>:…``; nothing for a shop we do not know."""
    try:
        uid = uuid.UUID(lane.split(":")[1])
    except (IndexError, ValueError):
        return ()
    row = Connection.objects.filter(pk=uid).values_list("marketplace", "organization").first()
    return (f"marketplace:{row[0]}", f"organization:{row[1]}") if row else ()
