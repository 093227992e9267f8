"""Whether a write to a shop may go now: the one place that says no, asked before every write of the loop.

To add a reason, write a function of a ``Write`` that answers the words a person reads ("" lets it pass) and put it
into ``CHECKS``; it runs in the transaction that decides, so it may read rows and must call nobody. A page that is held
keeps the reason in ``Listing.held`` and its task ends, so that a person's command is not stuck behind it in the lane.
Whoever lifts a reason calls ``connections.pausing.wake(connection)``: it asks again for every page that was held.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from instica.connections import brakes, guard
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.listings.models import Listing, Seen
from instica.listings.standing import Standing
from instica.listings.states import empty
from instica.work.models import Task
from instica.work.urgency import Urgency


@dataclass(frozen=True, slots=True)
class Write:
    """A step about to be sent to a page. ``forced``: a sale demands it. ``asked``: a person did, for chosen items.

    ``ends``: it takes the page off sale without anybody having asked for that.
    """

    connection: Connection
    page: uuid.UUID
    step: str
    forced: bool
    asked: bool
    ends: bool


Check = Callable[[Write], str]


def held(row: Standing, step: str) -> str:
    """Why that step of a page must not go now, in words; "" when it may. Looking writes nothing.

    Nothing but a stopped hub or a shop that is gone holds what a sale forces; what a person commands passes
    everything that only guards against mistakes of ours.
    """
    page = row.listing
    if step == "look" and page.connection.state != State.REVOKED:
        return ""
    write = Write(
        connection=page.connection,
        page=page.pk,
        step=step,
        forced=page.exposed_since is not None,
        asked=bool(page.asked_by),
        ends=not page.asked_by and page.seen == Seen.LIVE and empty(row.levels),
    )
    return next((why for check in CHECKS if (why := check(write))), "")


def disconnected(write: Write) -> str:
    """Nothing can be written there."""
    return "This shop is disconnected." if write.connection.state == State.REVOKED else ""


def by_hand(write: Write) -> str:
    """Some marketplaces let no program do it."""
    manifest = manifest_of(write.connection.marketplace)
    needed = "publish" if write.step == "find" else write.step
    if manifest.connector and manifest.load("connector").can(needed):
        return ""
    return f"{manifest.name} lets no program do this: do it there by hand."


def braked(write: Write) -> str:
    """A person stopped everything, paused the shop, or has not said yes to it yet (D23).

    What a person commands passes all but the switch that stops everything, as what a sale forces does.
    """
    return brakes.on(write.connection, forced=write.forced or write.asked)


def guarded(write: Write) -> str:
    """Very many pages of the shop would be ended by themselves at once: its owner is asked first (D23)."""
    if write.forced or not write.ends:
        return ""
    return guard.hold(
        write.connection,
        write.page,
        live=lambda: Listing.objects.filter(connection=write.connection, seen=Seen.LIVE).count(),
        waiting=lambda: _waiting(write),
    )


def _waiting(write: Write) -> int:
    """Other pages whose end or lowering waits in the shop's lane and that no sale forces."""
    lane = f"shop:{write.connection.pk}:write"
    queued = Task.objects.filter(lane=lane, state=Task.State.QUEUED, urgency=Urgency.END)
    pages = {uuid.UUID(key) for key in queued.values_list("key", flat=True)} - {write.page}
    exposed = Listing.objects.filter(connection=write.connection, exposed_since__isnull=False)
    return len(pages - set(exposed.values_list("pk", flat=True)))


CHECKS: tuple[Check, ...] = (disconnected, by_hand, braked, guarded)
