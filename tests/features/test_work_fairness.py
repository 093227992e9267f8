"""Shares, schedules and the check that every kind has its handler."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import time_machine
from django.apps import apps

from instica.core.verdicts import Done, Verdict
from instica.work import checks, handlers, schedules, shares
from instica.work.engines.threads import run_until_idle
from instica.work.handlers import Task, handles
from instica.work.models import Schedule
from instica.work.models import Task as Row
from instica.work.queue import Urgency
from instica.work.shares import Shares

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def registries() -> Iterator[None]:
    """What a test registers is gone after it."""
    kinds, groupings = dict(handlers._handlers), dict(shares._groupings)
    yield
    handlers._handlers.clear()
    handlers._handlers.update(kinds)
    shares._groupings.clear()
    shares._groupings.update(groupings)


def test_bulk_holds_half_of_the_workers_and_gives_them_back() -> None:
    four = Shares(4)
    work = [Urgency.READ, Urgency.PUBLISH, Urgency.REVISE, Urgency.PERSON]
    with ExitStack() as held:
        places = [held.enter_context(four.place(f"lane {urgency}", urgency)) for urgency in work]
        assert places == [True, True, False, True]
    with four.place("c", Urgency.REVISE) as later:
        assert later


def test_one_marketplace_leaves_a_worker_to_the_others() -> None:
    @shares.grouped("shop")
    def marketplace(lane: str) -> list[str]:
        return ["discogs" if lane.startswith("shop:d") else "etsy"]

    two = Shares(2)
    with ExitStack() as held:
        places = [held.enter_context(two.place(f"shop:{shop}:write", Urgency.END)) for shop in ("d1", "d2", "e1")]
        assert places == [True, False, True]


def test_webhooks_hold_a_quarter() -> None:
    eight = Shares(8)
    with ExitStack() as held:
        lanes = [f"endpoint:{number}" for number in range(3)]
        places = [held.enter_context(eight.place(lane, Urgency.READ)) for lane in (*lanes, "import:1")]
        assert places == [True, True, False, True]


def test_a_single_worker_does_everything() -> None:
    with Shares(1).place("a", Urgency.READ) as free:
        assert free


@pytest.mark.django_db
def test_a_schedule_comes_again_and_skips_what_was_missed() -> None:
    ran = []

    @handles("test.poll")
    def poll(task: Task) -> Verdict:
        ran.append((task.key, task.lane, task.urgency))
        return Done()

    with time_machine.travel(NOON, tick=False) as clock:
        schedules.every("test.poll", "a", lane="shop:a:watch", seconds=60, urgency=Urgency.ORDER)
        assert run_until_idle() == 1
        clock.shift(59)
        assert run_until_idle() == 0
        clock.shift(3600)
        assert run_until_idle() == 1
        assert Schedule.objects.get().next_at == NOON + dt.timedelta(seconds=3660)
        assert schedules.cancel("test.poll", "a")
        assert not schedules.cancel("test.poll", "a")
        clock.shift(3600)
        assert run_until_idle() == 0
    assert ran == [("a", "shop:a:watch", Urgency.ORDER)] * 2


@pytest.mark.django_db
def test_a_changed_timetable_comes_sooner_and_a_waiting_task_is_not_doubled() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        schedules.every("test.poll", lane="house", seconds=3600)
        assert schedules.tick() == 1
        schedules.every("test.poll", lane="house", seconds=60)
        assert Schedule.objects.get().next_at == NOON + dt.timedelta(seconds=60)
        clock.shift(60)
        assert schedules.tick() == 0
        assert Row.objects.count() == 1
        assert Schedule.objects.get().next_at == NOON + dt.timedelta(seconds=120)


@pytest.mark.django_db
def test_two_tickers_enqueue_once() -> None:
    schedules.every("test.poll", lane="house", seconds=60)
    seen = Schedule.objects.get()
    assert schedules.tick() == 1
    Row.objects.all().delete()
    assert not schedules._advance(seen, seen.next_at)
    assert Row.objects.count() == 0


def test_a_kind_with_two_handlers_or_none_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @handles("test.twice")
    def one(_: Task) -> Verdict:
        return Done()

    handles("test.twice")(one)
    (tmp_path / "services.py").write_text('KIND = "test.none"\nqueue.enqueue(KIND, "a", lane="b")\nevery(kind, 1)\n')
    config = apps.get_app_config("work")
    monkeypatch.setattr(config, "path", str(tmp_path))
    errors = {error.id: error.msg for error in checks.one_handler_a_kind([config]) if "test." in error.msg}
    here = f"{__name__}.{one.__qualname__}"
    assert errors == {
        "work.E001": f"Nobody handles 'test.none', asked for in {tmp_path}/services.py.",
        "work.E002": f"'test.twice' is handled by {here} and {here}.",
    }
