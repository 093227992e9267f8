"""Reads about sync: how fresh what we know of a shop is."""

from __future__ import annotations

from instica.connections.models import Connection
from instica.sync.models import Cursor
from instica.work.models import Schedule


def order_cursor(connection: Connection) -> Cursor | None:
    """How far the orders of a shop have been read; ``None`` before the first poll or where orders cannot be read."""
    return Cursor.objects.filter(connection=connection, walk="orders").first()


def poll_interval(connection: Connection) -> int | None:
    """Seconds between two looks at a shop's orders, ``None`` when nobody looks."""
    row = Schedule.objects.filter(kind="orders.poll", key=str(connection.uid)).first()
    return row.seconds if row else None
