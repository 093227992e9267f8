"""After the clock was set back: nothing waits for a moment that only the wrong clock knew."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from instica.core.clock import now
from instica.work import lanes, limits, schedules, setback
from instica.work.limits import Exhausted
from instica.work.models import Lane, Schedule, Task
from instica.work.queue import Urgency, enqueue

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def test_what_was_put_off_by_a_clock_ahead_is_due_again() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        schedules.every("test.round", lane="house", seconds=60)
        enqueue("test.later", "1", lane="house", run_at=NOON + DAY)
        enqueue("test.again", "2", lane="shop:1:write")
        assert setback.mend() == 0
        clock.shift(DAY)
        schedules.tick()
        held = lanes.take("shop:1:write")
        assert held
        lanes.rest(held, now() + dt.timedelta(minutes=5), Urgency.END)
        Task.objects.filter(key="2").update(run_at=now() + dt.timedelta(minutes=5))
        clock.shift(-DAY)
        assert Task.objects.filter(run_at__lte=now()).count() == 0
        assert setback.mend() == 4
        assert sorted(Task.objects.filter(run_at__lte=now()).values_list("kind", flat=True)) == [
            "test.again",
            "test.round",
        ]
        assert Lane.objects.values_list("token", "leased_until", "rest_until", "served_at").get() == (
            *(None, None, None),
            NOON,
        )
        assert Schedule.objects.get().next_at == NOON
        assert setback.mend() == 0


def test_a_limit_is_never_used_up_for_longer_than_it_takes_to_fill() -> None:
    with time_machine.travel(NOON + DAY, tick=False) as clock:
        limits.declare("test.calls", limits.Pace(60, 60, 5))
        limits.admit({"test.calls": 5}, "stock")
        clock.shift(-DAY)
        with pytest.raises(Exhausted) as refused:
            limits.admit({"test.calls": 1}, "stock")
        assert refused.value.until < NOON + dt.timedelta(seconds=2)
        clock.move_to(refused.value.until)
        limits.admit({"test.calls": 1}, "stock")
