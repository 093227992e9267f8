"""How fast we may talk: shared rows, admitted all or nothing, corrected by what the other side says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from django.db import transaction

from instica.work import clock, turns
from instica.work.lanes import holder
from instica.work.meter import Meter
from instica.work.models import Limit

Class = Literal["stock", "bulk"]
MARGIN_SECONDS = 0.001
WAY_SECONDS = 1.0
LOOK_SECONDS = 0.05


class Exhausted(Exception):
    """Nothing left of ``limit`` before ``until``."""

    def __init__(self, limit: str, until: dt.datetime) -> None:
        super().__init__(f"{limit} is used up until {until.isoformat()}")
        self.limit = limit
        self.until = until


def declare(name: str, rate: float, per: float, burst: float) -> None:
    """Let ``rate`` units pass every ``per`` seconds and ``burst`` at once; both together at most what is published."""
    declare_all({name: (rate, per, burst)})


def declare_all(wanted: Mapping[str, tuple[float, float, float]]) -> None:
    """The same for many limits by name, each ``(rate, per, burst)``, in one look."""
    rows = Limit.objects.filter(name__in=wanted).values_list("name", "rate", "per", "burst")
    known = {name: (rate, per, burst) for name, rate, per, burst in rows}
    fresh = [
        Limit(name=name, rate=rate, per=per, burst=burst)
        for name, (rate, per, burst) in sorted(wanted.items())
        if known.get(name) != (rate, per, burst)
    ]
    if fresh:
        Limit.objects.bulk_create(
            fresh, update_conflicts=True, unique_fields=["name"], update_fields=["rate", "per", "burst"]
        )


def admit(costs: Mapping[str, float], lane_class: Class, spent: Mapping[str, float] | None = None) -> None:
    """Take ``costs`` from the limits, all or nothing, in one short transaction. Raises ``Exhausted``.

    ``spent`` is what the run took before, and must take again once it was refused: it is told to come back when all of
    that fits, and until then ``bulk`` stands back, or the two would take each other's units for ever.

    Both classes draw on the whole rate. ``bulk`` leaves the last fifth of a burst to ``stock``, and stands back while
    ``stock`` waits: until that came back and passed, or did not within a moment of the time it was told. Refused bulk
    work gets a turn, so that lanes go one after the other.
    """
    with transaction.atomic():
        rows = _locked(costs)
        now = clock.now().timestamp()
        opening = {row.name: _opens_at(row, costs[row.name], lane_class, now) for row in rows}
        closed = max(rows, key=lambda row: opening[row.name], default=None)
        if closed is None or opening[closed.name] <= now:
            _spend(rows, costs, lane_class, now)
            return
        again = min((spent or {}).get(closed.name, 0), int(closed.burst) - 1)
        until = opening[closed.name] + MARGIN_SECONDS + again * closed.per / closed.rate
        if lane_class == "bulk":
            turns.book(closed, _lane(), now, until)
        else:
            closed.bulk_after = max(closed.bulk_after, until + WAY_SECONDS)
            closed.save(update_fields=["bulk_after"])
    raise Exhausted(closed.name, dt.datetime.fromtimestamp(until, dt.UTC))


def learn(
    name: str,
    *,
    remaining: float | None = None,
    until: dt.datetime | None = None,
    pace: tuple[float, float] | None = None,
) -> None:
    """What they told us. ``remaining`` and ``until`` only tighten; time loosens. ``pace``: rate and burst from now."""
    with transaction.atomic():
        (row,) = _locked({name: 0})
        if pace is not None:
            row.told_rate, row.told_burst = pace
        if remaining is not None:
            row.meter = _whole(row).tightened(clock.now().timestamp(), remaining)
        if until is not None and not remaining:
            row.closed_until = max(row.closed_until, until.timestamp())
        row.save(update_fields=["meter", "closed_until", "told_rate", "told_burst"])


def forget(prefix: str, seconds: float) -> int:
    """Drop the rows of that name that were unused for so long; how many. Whoever asks for one begins it anew."""
    before = clock.now().timestamp() - seconds
    used = Limit.objects.filter(name__startswith=prefix, meter__gt=0)
    deleted, _ = used.filter(meter__lt=before, bulk_after__lt=before, closed_until__lt=before).delete()
    return deleted


def left(name: str) -> float:
    """How many units may pass at this moment."""
    row = Limit.objects.get(name=name)
    now = clock.now().timestamp()
    return 0.0 if row.closed_until > now else max(0.0, _whole(row).left(now))


def _locked(costs: Mapping[str, float]) -> list[Limit]:
    """The rows in the order of their names, so that no two callers wait for each other in a circle."""
    rows = list(Limit.objects.select_for_update().filter(name__in=costs).order_by("name"))
    if missing := costs.keys() - {row.name for row in rows}:
        raise LookupError(f"Undeclared limits: {', '.join(sorted(missing))}")
    now = clock.now().timestamp()
    for row in rows:
        if row.meter > (fullest := _whole(row).fullest(now)) + WAY_SECONDS:
            row.meter = fullest
            row.save(update_fields=["meter"])
        if costs[row.name] > (burst := _whole(row).burst):
            raise ValueError(f"{costs[row.name]} units of {row.name} at once, more than its burst of {burst}")
    return rows


def _opens_at(row: Limit, cost: float, lane_class: Class, now: float) -> float:
    whole = _whole(row)
    if lane_class == "stock":
        return max(row.closed_until, whole.opens_at(cost))
    turn = turns.moment(row, _lane(), now, whole.interval * cost)
    behind = now + max(whole.interval * cost, LOOK_SECONDS) if row.bulk_after > now else now
    return max(row.closed_until, whole.for_bulk(cost).opens_at(cost), turn, min(row.bulk_after, behind))


def _spend(rows: list[Limit], costs: Mapping[str, float], lane_class: Class, now: float) -> None:
    for row in rows:
        row.meter = _whole(row).spent(now, costs[row.name])
        row.bulk_after = 0 if lane_class == "stock" else row.bulk_after
    Limit.objects.bulk_update(rows, ["meter", "bulk_after"])
    if lane_class == "bulk":
        turns.leave(rows, _lane())


def _whole(row: Limit) -> Meter:
    return Meter(row.meter, row.per / (row.told_rate or row.rate), row.told_burst or row.burst)


def _lane() -> str:
    held = holder()
    return held.lane if held else ""
