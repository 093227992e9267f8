"""Whether a write to a shop may go now: the one place that says no, asked before every write of the loop.

To add a reason, write a function of a ``Write`` that answers the words a person reads ("" lets it pass) and put it
into ``CHECKS``; it runs in the transaction that decides, so it may read rows and must call nobody. A page that is held
keeps the reason in ``Listing.held`` and its task ends, so that a person's command is not stuck behind it in the lane.
Whoever lifts a reason calls ``connections.pausing.wake(connection)``: it asks again for every page that was held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from instica.connections import brakes
from instica.connections.models import Connection, State


@dataclass(frozen=True, slots=True)
class Write:
    """A step about to be sent. ``forced``: a sale demands it. ``asked``: a person asked for it on this very item."""

    connection: Connection
    step: str
    forced: bool
    asked: bool


Check = Callable[[Write], str]


def held(connection: Connection, step: str, forced: bool, asked: bool = False) -> str:
    """Why that step must not go now, in words; "" when it may.

    Nothing but a stopped hub or a shop that is gone holds what a sale forces; a person's command on one item passes
    everything that only guards against mistakes of ours.
    """
    write = Write(connection, step, forced, asked)
    return next((why for check in CHECKS if (why := check(write))), "")


def disconnected(write: Write) -> str:
    """Nothing can be written there."""
    return "This shop is disconnected." if write.connection.state == State.REVOKED else ""


def braked(write: Write) -> str:
    """A person pulled a brake: everything is stopped, the shop is paused, or its owner has not said yes yet (D23)."""
    return brakes.on(write.connection, forced=write.forced or write.asked)


CHECKS: tuple[Check, ...] = (disconnected, braked)
