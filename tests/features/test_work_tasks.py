"""Tasks: asked for in the caller's transaction, done once, most urgent first."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from instica.core.verdicts import Again, Dead, Done, Sleep, Verdict
from instica.work import handlers, lanes, runner
from instica.work.engines import far
from instica.work.engines.threads import run_until_idle
from instica.work.handlers import Task, handles
from instica.work.lanes import LostLease, commit, renew
from instica.work.models import Lane
from instica.work.models import Task as Row
from instica.work.queue import Urgency, discard, enqueue, revive

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db
Define = Callable[..., list[Any]]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """Kinds a test defines are gone after it."""
    before = dict(handlers._handlers)
    yield
    handlers._handlers.clear()
    handlers._handlers.update(before)


def test_runs_once_and_is_deleted() -> None:
    ran: list[Task] = []

    @handles("test.note")
    def note(task: Task) -> Verdict:
        ran.append(task)
        return Done()

    enqueue("test.note", "a", lane="house", payload={"n": 1}, urgency=Urgency.ORDER)
    assert run_until_idle() == 1
    assert [(t.kind, t.key, t.lane, t.payload, t.attempts, t.urgency) for t in ran] == [
        ("test.note", "a", "house", {"n": 1}, 0, Urgency.ORDER)
    ]
    assert Row.objects.count() == 0
    assert Lane.objects.values_list("name", "token", "leased_until").get() == ("house", None, None)


def test_a_rolled_back_reason_leaves_no_task() -> None:
    with transaction.atomic():
        enqueue("test.note", lane="house")
        transaction.set_rollback(True)
    assert Row.objects.count() == 0


def test_enqueue_touches_no_lane() -> None:
    enqueue("test.note", lane="house")
    assert Lane.objects.count() == 0


def test_same_kind_and_key_run_once_with_the_newest_payload() -> None:
    seen = []

    @handles("test.same")
    def same(task: Task) -> Verdict:
        seen.append((task.key, task.payload["n"]))
        return Done()

    for number in range(3):
        enqueue("test.same", "a", lane="house", payload={"n": number})
    enqueue("test.same", "b", lane="house", payload={"n": 9})
    enqueue("test.same", "a", lane="other", payload={"n": 7})
    assert run_until_idle() == 3
    assert sorted(seen) == [("a", 2), ("a", 7), ("b", 9)]


def test_without_a_key_every_task_runs() -> None:
    seen = []

    @handles("test.each")
    def each(task: Task) -> Verdict:
        seen.append(task.payload["n"])
        return Done()

    for number in range(3):
        enqueue("test.each", lane="mail", payload={"n": number})
    assert run_until_idle() == 3
    assert seen == [0, 1, 2]


def test_what_is_asked_for_during_a_run_runs_again() -> None:
    seen = []

    @handles("test.again")
    def again(task: Task) -> Verdict:
        seen.append(task.uid)
        if len(seen) == 1:
            enqueue("test.again", task.key, lane=task.lane)
        return Done()

    enqueue("test.again", "a", lane="house")
    assert run_until_idle() == 2
    assert len(set(seen)) == 2


def test_a_later_task_is_not_absorbed(clock: time_machine.Traveller) -> None:
    seen = []

    @handles("test.later")
    def later(task: Task) -> Verdict:
        seen.append(task.payload["n"])
        return Done()

    enqueue("test.later", "a", lane="house", payload={"n": 0})
    enqueue("test.later", "a", lane="house", payload={"n": 1})
    enqueue("test.later", "a", lane="house", payload={"n": 2}, run_at=NOON + dt.timedelta(hours=1))
    assert run_until_idle() == 1
    clock.shift(3600)
    assert run_until_idle() == 1
    assert seen == [1, 2]


def test_the_most_urgent_goes_first_even_when_it_arrives_in_between() -> None:
    seen = []

    @handles("test.order")
    def order(task: Task) -> Verdict:
        seen.append(task.urgency)
        if task.urgency == Urgency.PUBLISH:
            enqueue("test.order", lane="shop", urgency=Urgency.END)
        return Done()

    for urgency in (Urgency.READ, Urgency.PUBLISH, Urgency.READ):
        enqueue("test.order", lane="shop", urgency=urgency)
    run_until_idle()
    assert seen == [Urgency.PUBLISH, Urgency.END, Urgency.READ, Urgency.READ]


def test_a_batch_takes_different_keys_of_one_kind() -> None:
    seen: list[list[str]] = []

    @handles("test.batch", batch=3)
    def batch(tasks: list[Task]) -> Verdict:
        seen.append([task.key for task in tasks])
        return Done()

    for key in "abacad":
        enqueue("test.batch", key, lane="shop")
    assert run_until_idle() == 4
    assert seen == [["a", "b", "c"], ["d"]]
    assert Row.objects.count() == 0


def test_an_unknown_kind_stays_and_blocks_nobody() -> None:
    @handles("test.known")
    def known(_: Task) -> Verdict:
        return Done()

    enqueue("test.unknown", lane="house", urgency=Urgency.END)
    enqueue("test.known", lane="house")
    assert run_until_idle() == 1
    assert Row.objects.values_list("kind", "state").get() == ("test.unknown", "queued")


def test_failures_back_off_and_end_with_a_person(clock: time_machine.Traveller) -> None:
    told = []

    def gave_up(task: Task, why: str) -> None:
        told.append((task.key, why, Row.objects.get().state))

    @handles("test.fails", attempts=3, gave_up=gave_up)
    def fails(_: Task) -> Verdict:
        raise ZeroDivisionError("broken")

    enqueue("test.fails", "a", lane="house")
    waits = []
    for _ in range(2):
        assert run_until_idle() == 1
        row = Row.objects.get()
        waits.append(row.run_at - dt.datetime.now(dt.UTC))
        clock.move_to(row.run_at)
    assert (row.attempts, row.why, row.state) == (2, "ZeroDivisionError: broken", "queued")
    assert waits[0] <= dt.timedelta(seconds=4)
    assert waits[1] <= dt.timedelta(seconds=8)
    assert run_until_idle() == 1
    assert told == [("a", "ZeroDivisionError: broken", "dead")]
    assert Row.objects.values_list("state", "attempts").get() == ("dead", 3)
    clock.shift(86_400)
    assert run_until_idle() == 0


def test_again_at_a_moment_can_be_free(clock: time_machine.Traveller) -> None:
    @handles("test.free")
    def free(_: Task) -> Verdict:
        return Again(at=NOON + dt.timedelta(minutes=5), why="export is being made", free=True)

    enqueue("test.free", lane="house")
    assert run_until_idle() == 1
    row = Row.objects.get()
    assert (row.attempts, row.run_at, row.why) == (0, NOON + dt.timedelta(minutes=5), "export is being made")


def test_the_dead_are_kept_revived_or_discarded() -> None:
    verdicts: list[Verdict] = [Dead("no such release"), Done()]

    @handles("test.dead", gave_up=lambda _task, _why: 1 / 0)
    def dead(_: Task) -> Verdict:
        return verdicts.pop(0)

    enqueue("test.dead", lane="house")
    assert run_until_idle() == 1
    row = Row.objects.get()
    assert (row.state, row.why) == ("dead", "no such release")
    assert run_until_idle() == 0
    assert revive(task=row.id)
    assert not revive(task=row.id)
    assert not discard(task=row.id)
    assert run_until_idle() == 1
    assert Row.objects.count() == 0


def test_sleep_rests_the_lane_but_not_what_is_more_urgent(clock: time_machine.Traveller) -> None:
    seen = []

    @handles("test.sleep")
    def sleep(task: Task) -> Verdict:
        seen.append(task.urgency)
        return Sleep(NOON + dt.timedelta(minutes=1)) if task.urgency == Urgency.PUBLISH else Done()

    for urgency in (Urgency.PUBLISH, Urgency.PUBLISH, Urgency.READ):
        enqueue("test.sleep", lane="shop", urgency=urgency)
    enqueue("test.sleep", lane="another", urgency=Urgency.READ)
    assert run_until_idle() == 2
    enqueue("test.sleep", lane="shop", urgency=Urgency.END)
    assert run_until_idle() == 1
    assert seen == [Urgency.PUBLISH, Urgency.READ, Urgency.END]
    assert set(Row.objects.values_list("attempts", flat=True)) == {0}
    clock.shift(60)
    assert run_until_idle() == 1
    assert Lane.objects.get(name="shop").rest_until == NOON + dt.timedelta(seconds=60.05)
    assert lanes.wake("sh") == 1
    assert Lane.objects.get(name="shop").rest_until is None


def test_what_rests_stays_at_rest_while_the_urgent_is_served(clock: time_machine.Traveller) -> None:
    seen = []

    @handles("test.sleep")
    def sleep(task: Task) -> Verdict:
        seen.append(task.urgency)
        return Sleep(NOON + dt.timedelta(minutes=1)) if task.urgency == Urgency.LEVEL else Done()

    enqueue("test.sleep", lane="shop", urgency=Urgency.LEVEL)
    assert run_until_idle() == 1
    for urgency in (Urgency.PERSON, Urgency.END):
        enqueue("test.sleep", lane="shop", urgency=urgency)
    assert run_until_idle() == 1
    assert seen == [Urgency.LEVEL, Urgency.END]
    assert Row.objects.count() == 2


def test_a_lost_lease_changes_nothing() -> None:
    @handles("test.slow")
    def slow(task: Task) -> Verdict:
        Lane.objects.filter(name=task.lane).update(token=uuid.uuid4())
        with commit():
            enqueue("test.effect", lane="elsewhere")
        return Done()

    enqueue("test.slow", lane="house")
    assert runner.serve("house") == 1
    assert Row.objects.values_list("kind", "attempts", "state").get() == ("test.slow", 0, "queued")
    assert Lane.objects.get().token is not None


def test_a_verdict_after_losing_the_lease_changes_nothing() -> None:
    @handles("test.slow", gave_up=lambda _task, _why: enqueue("test.effect", lane="elsewhere"))
    def slow(task: Task) -> Verdict:
        Lane.objects.filter(name=task.lane).update(token=uuid.uuid4())
        return Dead("too late")

    for _ in range(2):
        enqueue("test.slow", lane="house")
    assert runner.serve("house") == 1
    assert list(Row.objects.values_list("kind", "state")) == [("test.slow", "queued")] * 2


def test_what_fails_after_losing_the_lease_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    @handles("test.spool")
    def spool(task: Task) -> Verdict:
        Lane.objects.filter(name=task.lane).update(token=uuid.uuid4())
        raise FileNotFoundError("the next worker cleared it away")

    enqueue("test.spool", lane="house")
    assert runner.serve("house") == 1
    assert list(Row.objects.values_list("state", "attempts", "why")) == [("queued", 0, "")]
    assert "task failed" not in caplog.text


def test_renew_holds_the_lane_and_fails_when_it_is_lost(clock: time_machine.Traveller) -> None:
    @handles("test.call")
    def call(task: Task) -> Verdict:
        renew(120)
        renew(5)
        assert Lane.objects.get().leased_until == NOON + dt.timedelta(seconds=120)
        Lane.objects.update(token=uuid.uuid4())
        with pytest.raises(LostLease):
            renew(1)
        return Done()

    enqueue("test.call", lane="shop")
    assert run_until_idle() == 1
    assert Row.objects.count() == 1


def test_a_lane_is_taken_again_when_its_lease_is_over(clock: time_machine.Traveller) -> None:
    with transaction.atomic():
        first = lanes.take("shop")
        assert lanes.take("shop") is None
        clock.shift(31)
        second = lanes.take("shop")
    assert first is not None
    assert second is not None
    assert first.token != second.token
    with pytest.raises(LostLease):
        lanes.release(first)
    assert Lane.objects.get().token == second.token


def test_outside_a_worker_commit_is_a_plain_transaction() -> None:
    with commit():
        enqueue("test.note", lane="house")
    renew(10)
    assert Row.objects.count() == 1
    assert Lane.objects.count() == 0


def test_lanes_of_equal_urgency_take_turns(clock: time_machine.Traveller) -> None:
    @handles("test.turns")
    def turns(_: Task) -> Verdict:
        return Done()

    for lane in ("a", "b", "c"):
        enqueue("test.turns", lane=lane)
        clock.shift(1)
        runner.serve(lane)
    for lane in ("c", "b", "a"):
        enqueue("test.turns", lane=lane)
    enqueue("test.turns", lane="c", urgency=Urgency.LEVEL)
    assert lanes.ready(["test.turns"]) == [("c", Urgency.LEVEL), ("a", Urgency.READ), ("b", Urgency.READ)]


def test_idle_lanes_are_forgotten_after_a_day(clock: time_machine.Traveller) -> None:
    @handles("test.note")
    def note(_: Task) -> Verdict:
        return Done()

    for lane in ("import:1", "shop:1:write"):
        enqueue("test.note", lane=lane)
    assert run_until_idle() == 2
    clock.shift(90_000)
    enqueue("test.unknown", lane="shop:1:write")
    assert lanes.tidy() == 1
    assert Lane.objects.get().name == "shop:1:write"


@pytest.mark.django_db(transaction=True)
def test_a_ring_reaches_the_engines_of_other_processes_and_not_our_own() -> None:
    if connection.vendor != "postgresql":
        with CaptureQueriesContext(connection) as said:
            far.ring("house")
        assert len(said) == 0, "other databases belong to one process"
        return
    rung, stopping = Queue[str](), threading.Event()
    listener = threading.Thread(target=far.hear, args=(rung.put, stopping))
    listener.start()
    assert rung.get(timeout=20) == "", "what was asked for before it listened is looked for"
    enqueue("test.note", lane="house")
    with connection.cursor() as another_process:
        another_process.execute("SELECT pg_notify(%s, 'another process')", [far.CHANNEL])
    assert rung.get(timeout=20) == ""
    stopping.set()
    listener.join()
    assert rung.empty()
