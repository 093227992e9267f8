"""Asks for the next step of a page: in its shop's write lane, as urgent as the step is. A plain INSERT."""

from __future__ import annotations

import datetime as dt

from instica.listings.standing import Standing
from instica.listings.states import AT_REST, Step, empty, too_high
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

USUAL = {
    "withdraw": Urgency.REVISE,
    "set_levels": Urgency.LEVEL,
    "find": Urgency.PERSON,
    "revise": Urgency.REVISE,
    "publish": Urgency.PUBLISH,
    "show": Urgency.PUBLISH,
    "replace": Urgency.PUBLISH,
}


def ask(row: Standing, cause: str = "", *, at: dt.datetime | None = None) -> None:
    """Ask for it, if there is anything to do: now, or where it is not let through before, at that time."""
    step = row.step
    if step.next not in AT_REST:
        _enqueue(row, step, cause, urgency_of(row, step), at)


def _enqueue(row: Standing, step: Step, cause: str, urgency: Urgency, at: dt.datetime | None) -> None:
    page = row.listing
    lane = f"shop:{page.connection_id}:write"
    kind = "offer.level" if step.next == "set_levels" and lowers(row) else "listing.step"
    payload = {"cause": cause} if cause else None
    if kind == "offer.level":
        enqueue("offer.level", str(page.pk), lane=lane, urgency=urgency, payload=payload, run_at=at)
    else:
        enqueue("listing.step", str(page.pk), lane=lane, urgency=urgency, payload=payload, run_at=at)


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
