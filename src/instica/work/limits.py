"""How fast we may talk: shared rows, admitted all or nothing, corrected by what the other side says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from django.db import transaction

from instica.work import clock, turns
from instica.work.lanes import holder
from instica.work.meter import WAY_SECONDS, Meter
from instica.work.models import Limit
from instica.work.window import Window

Class = Literal["stock", "bulk"]
MARGIN_SECONDS = 0.001
LOOK_SECONDS = 0.05
PACE = ["rate", "per", "burst", "sliding"]
COUNTED = ["meter", "slots"]


class Exhausted(Exception):
    """Nothing left of ``limit`` before ``until``."""

    def __init__(self, limit: str, until: dt.datetime) -> None:
        super().__init__(f"{limit} is used up until {until.isoformat()}")
        self.limit = limit
        self.until = until


@dataclass(frozen=True, slots=True)
class Pace:
    """``rate`` units every ``per`` seconds and ``burst`` at once, together at most what is published.

    Where it is ``sliding``, ``burst`` units in any window of ``per`` seconds, as fast as they come.
    """

    rate: float
    per: float
    burst: float
    sliding: bool = False


def declare(name: str, pace: Pace) -> None:
    """Let units pass at that pace."""
    declare_all({name: pace})


def declare_all(wanted: Mapping[str, Pace]) -> None:
    """The same for many limits by name, in one look."""
    rows = Limit.objects.filter(name__in=wanted).values_list("name", *PACE)
    known = {name: Pace(*pace) for name, *pace in rows}
    fresh = [Limit(name=name, **asdict(pace)) for name, pace in sorted(wanted.items()) if known.get(name) != pace]
    if fresh:
        Limit.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["name"], update_fields=PACE)


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
    if until is None and _is_known(name, remaining, pace):
        return
    with transaction.atomic():
        (row,) = _locked({name: 0})
        if pace is not None:
            row.told_rate, row.told_burst = pace
        if remaining is not None:
            _keep(row, _whole(row).tightened(clock.now().timestamp(), remaining))
        if until is not None and not remaining:
            row.closed_until = max(row.closed_until, until.timestamp())
        row.save(update_fields=[*COUNTED, "closed_until", "told_rate", "told_burst"])


def _is_known(name: str, remaining: float | None, pace: tuple[float, float] | None) -> bool:
    """Whether the row says no more than that already, as it does after nearly every call: then nobody waits for it."""
    row = Limit.objects.filter(name=name).first()
    if row is None or (pace and pace != (row.told_rate, row.told_burst)):
        return False
    return remaining is None or _whole(row).left(clock.now().timestamp()) <= remaining


def give_back(name: str, units: float) -> None:
    """Units that were taken and, as they say, not used."""
    with transaction.atomic():
        (row,) = _locked({name: 0})
        _keep(row, _whole(row).returned(units))
        row.save(update_fields=COUNTED)


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
        whole = _whole(row)
        if (kept := whole.set_back(now)) != whole:
            _keep(row, kept)
            row.save(update_fields=COUNTED)
        if costs[row.name] > (burst := whole.burst):
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
        _keep(row, _whole(row).spent(now, costs[row.name]))
        row.bulk_after = 0 if lane_class == "stock" else row.bulk_after
        row.save(update_fields=[*COUNTED, "bulk_after"])
    if lane_class == "bulk":
        turns.leave(rows, _lane())


def _whole(row: Limit) -> Meter | Window:
    if row.sliding:
        slots = {int(number): float(units) for number, units in row.slots.items()}
        return Window(slots, row.per, row.told_burst or row.burst)
    return Meter(row.meter, row.per / (row.told_rate or row.rate), row.told_burst or row.burst)


def _keep(row: Limit, counted: Meter | Window) -> None:
    if isinstance(counted, Window):
        row.slots = {str(number): units for number, units in counted.slots.items()}
    else:
        row.meter = counted.free_at


def _lane() -> str:
    held = holder()
    return held.lane if held else ""
