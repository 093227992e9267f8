"""Whether a write to a shop may go now: the one place that says no, asked before every write of the loop.

To add a reason, write a function of a ``Write`` that answers the words a person reads ("" lets it pass) and put it
into ``CHECKS``; it runs in the transaction that decides, so it may read rows and must call nobody. A page that is held
keeps the reason in ``Listing.held`` and its task ends; whoever lifts the reason calls
``listings.services.resume(connection=…)``, which asks again for every page that was held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from instica.connections.models import Connection, State
from instica.listings.models import Desk


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


def paused(write: Write) -> str:
    """A person paused the shop: only what a sale forces, or what a person does, goes on."""
    if write.forced or write.asked:
        return ""
    is_paused = Desk.objects.filter(connection=write.connection.pk, paused_at__isnull=False).exists()
    return "This shop is paused." if is_paused else ""


def unconfirmed(write: Write) -> str:
    """A new shop's automatic changes wait for its owner's first yes (D23)."""
    if write.forced or write.asked or write.connection.confirmed_at:
        return ""
    return "This shop is new here: say yes once to changes by themselves."


CHECKS: tuple[Check, ...] = (disconnected, paused, unconfirmed)
