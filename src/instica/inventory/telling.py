"""Tells whoever shows an item that what it shows has changed; part of the transaction that changes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from instica.work.queue import Urgency, enqueue


def edited(organization: uuid.UUID, items: Iterable[uuid.UUID]) -> None:
    """The title, description, price, photos or status of these items are new."""
    for item in sorted(items):
        enqueue("item.changed", str(item), lane=f"items:{organization}", urgency=Urgency.LEVEL)
