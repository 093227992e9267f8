"""Limits: never faster than published, fair between lanes, corrected by what the other side says."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from instica.work import lanes, limits
from instica.work.limits import Exhausted, Pace, admit, declare, give_back, learn
from instica.work.meter import WAY_SECONDS, Meter
from instica.work.models import Limit, Turn
from instica.work.window import Window

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> time_machine.Traveller:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def passes(name: str, lane_class: limits.Class = "stock", lane: str = "") -> bool:
    """Whether one unit is admitted now, from a handler that serves ``lane``."""
    with lanes.holding(lanes.Held(lane, uuid.uuid4())):
        try:
            admit({name: 1}, lane_class)
        except Exhausted:
            return False
    return True


@given(
    rate=st.integers(1, 90),
    burst=st.integers(1, 40),
    per=st.sampled_from([1.0, 10.0, 60.0, 86_400.0]),
    gaps=st.lists(st.floats(0, 1.5), min_size=1, max_size=300),
    costs=st.lists(st.integers(1, 3), min_size=1, max_size=7),
)
def test_no_window_ever_sees_more_than_its_most(
    rate: int, burst: int, per: float, gaps: list[float], costs: list[int]
) -> None:
    meter, now, passed = Meter(0, per / rate, burst), 1.8e9, []
    for number, gap in enumerate(gaps):
        now += gap * per / rate
        cost = min(costs[number % len(costs)], burst)
        if meter.opens_at(cost) <= now:
            meter = meter.spent(now, cost)
            passed.append((now, cost))
    for start, _ in passed:
        assert sum(cost for at, cost in passed if start <= at < start + per) <= meter.most(per)


@given(
    burst=st.integers(1, 40),
    per=st.sampled_from([1.0, 60.0, 86_400.0]),
    gaps=st.lists(st.floats(0, 0.4), min_size=1, max_size=300),
    costs=st.lists(st.integers(1, 3), min_size=1, max_size=7),
)
def test_nor_does_a_sliding_one_however_fast_they_come(
    burst: int, per: float, gaps: list[float], costs: list[int]
) -> None:
    window, now, passed = Window({}, per, burst), 1.8e9, []
    for number, gap in enumerate(gaps):
        now += gap * per
        cost = min(costs[number % len(costs)], burst)
        assert (window.opens_at(cost) <= now) == (cost <= window.left(now))
        if window.opens_at(cost) <= now:
            window = window.spent(now, cost)
            passed.append((now, cost))
    for start, _ in passed:
        assert sum(cost for at, cost in passed if start <= at < start + per) <= burst


@given(
    remaining=st.floats(0, 50),
    used=st.floats(0, 100),
)
def test_what_they_say_only_tightens(remaining: float, used: float) -> None:
    meter = Meter(1.8e9 + used, 1, 50)
    told = meter.tightened(1.8e9, remaining)
    assert told.left(1.8e9) <= meter.left(1.8e9) + 1e-6
    assert told.left(1.8e9) <= remaining + 1e-6


@pytest.mark.django_db
def test_burst_then_rate(clock: time_machine.Traveller) -> None:
    declare("discogs:address", Pace(50, 60, 3))
    assert [passes("discogs:address") for _ in range(4)] == [True, True, True, False]
    with pytest.raises(Exhausted) as refused:
        admit({"discogs:address": 1}, "stock")
    assert refused.value.limit == "discogs:address"
    assert refused.value.until == NOON + dt.timedelta(seconds=1.201)
    clock.move_to(refused.value.until)
    assert [passes("discogs:address") for _ in range(2)] == [True, False]


@pytest.mark.django_db
def test_several_limits_are_all_or_nothing(clock: time_machine.Traveller) -> None:
    declare("wide", Pace(100, 1, 100))
    declare("narrow", Pace(1, 60, 1))
    admit({"wide": 10, "narrow": 1}, "stock")
    before = Limit.objects.get(name="wide").meter
    with pytest.raises(Exhausted) as refused:
        admit({"wide": 10, "narrow": 1}, "stock")
    assert refused.value.limit == "narrow"
    assert Limit.objects.get(name="wide").meter == before
    assert limits.left("wide") == pytest.approx(90)


@pytest.mark.django_db
def test_bulk_uses_the_whole_rate_and_leaves_the_last_of_the_burst(clock: time_machine.Traveller) -> None:
    declare("shared", Pace(10, 10, 5))
    assert [passes("shared", "bulk") for _ in range(5)] == [True] * 4 + [False]
    assert passes("shared", "stock")
    Turn.objects.all().delete()
    passed = 0
    for _ in range(1000):
        clock.shift(0.1)
        passed += passes("shared", "bulk")
    assert 98 <= passed <= 101
    assert passes("shared", "stock")


@pytest.mark.django_db
def test_bulk_stands_back_while_stock_waits_and_goes_on_when_nobody_comes(clock: time_machine.Traveller) -> None:
    declare("narrow", Pace(5, 1, 1))
    assert passes("narrow", "bulk", "import")
    with pytest.raises(Exhausted) as refused:
        admit({"narrow": 1}, "stock")
    clock.move_to(refused.value.until)
    assert not passes("narrow", "bulk", "import")
    assert passes("narrow", "stock")
    clock.shift(0.25)
    assert passes("narrow", "bulk", "import")
    assert not passes("narrow", "stock")
    clock.shift(0.9)
    assert not passes("narrow", "bulk", "import")
    clock.shift(WAY_SECONDS)
    assert passes("narrow", "bulk", "import")


@pytest.mark.django_db
def test_the_pace_they_tell_takes_the_place_of_the_declared_one(clock: time_machine.Traveller) -> None:
    declare("app", Pace(4, 1, 1))
    learn("app", pace=(40, 2))
    declare("app", Pace(4, 1, 1))
    assert [passes("app") for _ in range(3)] == [True, True, False]
    clock.shift(0.026)
    assert passes("app")
    learn("app", pace=(1, 1))
    clock.shift(0.5)
    assert [passes("app") for _ in range(2)] == [True, False]


@pytest.mark.django_db
def test_lanes_go_one_after_the_other(clock: time_machine.Traveller) -> None:
    declare("shared", Pace(10, 10, 1))
    sleeping = dict.fromkeys(["greedy", "b", "c"], NOON)
    passed = Counter(dict.fromkeys(sleeping, 0))
    while NOON + dt.timedelta(seconds=100) > dt.datetime.now(dt.UTC):
        for lane in sorted(sleeping, key=lambda each: each != "greedy"):
            while sleeping[lane] <= dt.datetime.now(dt.UTC):
                with lanes.holding(lanes.Held(lane, uuid.uuid4())):
                    try:
                        admit({"shared": 1}, "bulk")
                        passed[lane] += 1
                    except Exhausted as refused:
                        sleeping[lane] = refused.until
        clock.shift(0.05)
    assert passed.total() >= 75
    assert max(passed.values()) - min(passed.values()) <= 2


@pytest.mark.django_db
def test_a_lane_that_never_returns_blocks_nobody(clock: time_machine.Traveller) -> None:
    declare("shared", Pace(10, 10, 1))
    assert passes("shared", "bulk", "a")
    assert not passes("shared", "bulk", "gone")
    clock.shift(5)
    assert passes("shared", "bulk", "a")
    clock.shift(20)
    assert passes("shared", "bulk", "a")
    assert Turn.objects.filter(lane="a").count() == 0


@pytest.mark.django_db
def test_headers_tighten_and_time_loosens(clock: time_machine.Traveller) -> None:
    declare("told", Pace(60, 60, 10))
    learn("told", remaining=2)
    assert limits.left("told") == pytest.approx(2)
    learn("told", remaining=9)
    assert limits.left("told") == pytest.approx(2)
    learn("told", until=NOON + dt.timedelta(seconds=30))
    learn("told", until=NOON + dt.timedelta(seconds=5))
    with pytest.raises(Exhausted) as refused:
        admit({"told": 1}, "stock")
    assert refused.value.until == NOON + dt.timedelta(seconds=30.001)
    clock.shift(30)
    assert limits.left("told") == pytest.approx(10)


@pytest.mark.django_db
def test_undeclared_and_impossible_are_errors(clock: time_machine.Traveller) -> None:
    declare("small", Pace(1, 1, 2))
    with pytest.raises(LookupError, match="Undeclared limits: typo"):
        admit({"typo": 1, "small": 1}, "stock")
    with pytest.raises(ValueError, match="more than its burst"):
        admit({"small": 3}, "stock")
    assert limits.left("small") == 2


@pytest.mark.django_db
def test_declaring_again_changes_the_pace_and_forgets_nothing(clock: time_machine.Traveller) -> None:
    declare("pace", Pace(1, 60, 1))
    admit({"pace": 1}, "stock")
    declare("pace", Pace(60, 60, 1))
    assert not passes("pace")
    assert Limit.objects.get().rate == 60


@pytest.mark.django_db
def test_a_sliding_limit_lets_all_through_at_once_and_nothing_more_that_day(clock: time_machine.Traveller) -> None:
    declare("day", Pace(10, 86_400, 10, sliding=True))
    assert [passes("day", "bulk") for _ in range(7)] == [True] * 6 + [False]
    clock.shift(dt.timedelta(hours=2))
    assert [passes("day") for _ in range(5)] == [True] * 4 + [False]
    with pytest.raises(Exhausted) as refused:
        admit({"day": 1}, "stock")
    assert refused.value.until == NOON + dt.timedelta(hours=25, milliseconds=1)
    clock.move_to(refused.value.until)
    assert limits.left("day") == 6


@pytest.mark.django_db
def test_what_others_used_of_a_sliding_limit_counts_from_when_we_hear_of_it(clock: time_machine.Traveller) -> None:
    declare("day", Pace(10, 86_400, 10, sliding=True))
    admit({"day": 2}, "stock")
    learn("day", remaining=9)
    assert limits.left("day") == 8
    clock.shift(dt.timedelta(hours=5))
    learn("day", remaining=3)
    assert limits.left("day") == 3
    clock.shift(dt.timedelta(hours=20))
    assert limits.left("day") == 5
    learn("day", pace=(20, 20))
    assert limits.left("day") == 15


@pytest.mark.django_db
@pytest.mark.parametrize("pace", [Pace(60, 60, 10), Pace(10, 60, 10, sliding=True)])
def test_what_a_call_did_not_cost_returns(pace: Pace, clock: time_machine.Traveller) -> None:
    declare("points", pace)
    admit({"points": 8}, "stock")
    give_back("points", 5)
    assert limits.left("points") == pytest.approx(7)
    learn("points", remaining=6)
    assert limits.left("points") == pytest.approx(6)


@pytest.mark.django_db
def test_a_clock_set_back_leaves_a_sliding_limit_as_full_as_it_was(clock: time_machine.Traveller) -> None:
    declare("day", Pace(10, 86_400, 10, sliding=True))
    admit({"day": 4}, "stock")
    clock.shift(-dt.timedelta(days=30))
    admit({"day": 1}, "stock")
    assert limits.left("day") == 5
    clock.shift(dt.timedelta(hours=25))
    assert limits.left("day") == 10
