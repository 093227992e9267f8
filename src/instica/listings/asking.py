"""Asks for the next step of a page: in its shop's write lane, as urgent as the step is. A plain INSERT."""

from __future__ import annotations

import datetime as dt
import uuid

from instica import marketplaces
from instica.listings.standing import Standing
from instica.listings.states import AT_REST, Step, empty, too_high
from instica.work import clock
from instica.work.models import Task
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

USUAL = {
    "withdraw": Urgency.REVISE,
    "set_levels": Urgency.LEVEL,
    "find": Urgency.PERSON,
    "look": Urgency.END,
    "revise": Urgency.REVISE,
    "publish": Urgency.PUBLISH,
    "show": Urgency.PUBLISH,
    "replace": Urgency.PUBLISH,
}


def ask(row: Standing, cause: str = "", *, at: dt.datetime | None = None, alone: bool = False) -> None:
    """Ask for it, if there is anything to do: now, or where it is not let through before, at that time.

    ``alone``: not together with other pages of the shop.
    """
    step = row.step
    if step.next not in AT_REST:
        kind = "listing.step" if alone else _kind(row, step)
        _enqueue(row, kind, cause, urgency_of(row, step), at)


def _kind(row: Standing, step: Step) -> str:
    """What goes together with other pages of the shop is a kind of its own."""
    if step.next == "set_levels" and lowers(row):
        return "offer.level"
    together = step.next == "publish" and _takes_many(row.listing.connection.marketplace)
    return "listing.publish" if together else "listing.step"


def _takes_many(slug: str) -> bool:
    manifest = marketplaces.get(slug)
    return manifest is not None and bool(manifest.connector) and bool(manifest.load("connector").can("publish_many"))


def ask_later(row: Standing, cause: str, at: dt.datetime) -> None:
    """Ask once more, and only once, for what they refused and a sale demands."""
    lane, key = f"shop:{row.listing.connection_id}:write", str(row.listing.pk)
    payload = {"cause": cause, "again": True}
    if not _waits(lane, "listing.step", key):
        enqueue("listing.step", key, lane=lane, urgency=Urgency.END, payload=payload, run_at=at)


def _enqueue(row: Standing, kind: str, cause: str, urgency: Urgency, at: dt.datetime | None) -> None:
    page = row.listing
    lane = f"shop:{page.connection_id}:write"
    payload = {"cause": cause} if cause else None
    if kind == "offer.level":
        enqueue("offer.level", str(page.pk), lane=lane, urgency=urgency, payload=payload, run_at=at)
    elif kind == "listing.publish":
        enqueue("listing.publish", str(page.pk), lane=lane, urgency=urgency, payload=payload, run_at=at)
    else:
        enqueue("listing.step", str(page.pk), lane=lane, urgency=urgency, payload=payload, run_at=at)


def look(connection: uuid.UUID, ref: str, *, at: dt.datetime | None = None, urgency: Urgency = Urgency.READ) -> None:
    """Have a page read: now, or then, and for then once, however many want it."""
    lane, key = f"shop:{connection}:{'watch' if urgency < Urgency.READ else 'read'}", f"{connection}:{ref}"
    if ref and (at is None or not _waits(lane, "sync.look", key)):
        enqueue("sync.look", key, lane=lane, urgency=urgency, run_at=at)


def _waits(lane: str, kind: str, key: str) -> bool:
    """Whether that is asked for at a later time already."""
    same = Task.objects.filter(lane=lane, kind=kind, key=key, state=Task.State.QUEUED)
    return same.filter(run_at__gt=clock.now()).exists()


def lowers(row: Standing) -> bool:
    """Whether the levels to set are all lower than what is shown, so that many pages can be told at once."""
    return row.listing.seen == "live" and all(
        level.shown == level.target or (level.shown is not None and level.target is not None and too_high(level))
        for level in row.levels
    )


def urgency_of(row: Standing, step: Step) -> Urgency:
    """What must come off sale goes first; what a person waits for before what nobody waits for."""
    page, levels = row.listing, row.levels
    if (page.seen == "live" or row.is_flying) and (empty(levels) or any(map(too_high, levels))):
        return Urgency.END
    if page.asked_by == "person":
        return min(Urgency.PERSON, USUAL[step.next])
    return USUAL[step.next]
