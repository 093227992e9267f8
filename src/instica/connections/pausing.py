"""Pausing a shop whose sign-in is dead, and waking its lanes when it is back."""

from __future__ import annotations

import datetime as dt

from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.notices.services import forget, tell
from instica.work import clock, lanes
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

SETTLED_AFTER = dt.timedelta(seconds=5)


def pause(connection: Connection, why: str) -> bool:
    """Mark the shop as needing its owner, and tell them once; false when it is paused or newer already."""
    name = manifest_of(connection.marketplace).name
    trouble = f"{why.rstrip('.')}. Connect {name} again; what waits then goes on by itself."
    with commit():
        standing = Connection.objects.filter(
            uid=connection.uid, state=State.CONNECTED, grant_version=connection.grant_version
        )
        if not standing.update(state=State.EXPIRED, trouble=trouble, refreshing_until=None):
            return False
        tell(
            organization=connection.organization,
            key=paused_key(connection),
            title=f"Connect {name} again",
            body=f"{connection.username}: {trouble}",
            tone="danger",
            link=f"/accounts/{connection.marketplace}/login/?reconnect={connection.public_id}",
            mail=True,
        )
    connection.state, connection.trouble = State.EXPIRED, trouble
    return True


def is_back(connection: Connection) -> bool:
    """Whether the shop was connected again since ``connection`` was read."""
    standing = Connection.objects.filter(uid=connection.uid, state=State.CONNECTED)
    return standing.filter(grant_version__gt=connection.grant_version).exists()


def resume(connection: Connection) -> None:
    """Let what waited go on. Part of the caller's transaction.

    A worker may be about to lay a lane to rest because of the old sign-in: what it writes after us is undone too.
    """
    wake(connection)
    soon = clock.now() + SETTLED_AFTER
    enqueue("connection.wake", str(connection.uid), lane="house", run_at=soon, urgency=Urgency.ORDER)
    forget(connection.organization, paused_key(connection))


def wake(connection: Connection) -> None:
    """End the rest of the shop's lanes, and have what a brake held back asked for again.

    Once more a little later: a page may just now be held by what is true no longer.
    """
    lanes.wake(f"shop:{connection.uid}:")
    lane = f"held:{connection.uid}"
    enqueue("listing.resume", str(connection.uid), lane=lane, urgency=Urgency.LEVEL)
    later = clock.now() + SETTLED_AFTER
    enqueue("listing.resume", f"{connection.uid}:later", lane=lane, urgency=Urgency.LEVEL, run_at=later)


def paused_key(connection: Connection) -> str:
    """The notice that asks for a new sign-in."""
    return f"reconnect:{connection.uid}"
