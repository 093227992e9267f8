"""A simulator's webhooks: late, twice, dropped, tried again, and never beyond this machine."""

from __future__ import annotations

import time
from collections.abc import Callable

from instica.kit.simulation import Clock, Delivery, Fault, Mishap, Sender

HERE, THERE = "http://127.0.0.1:9/hook", "https://hub.example/hook"


def until(true: Callable[[], bool]) -> None:
    """Wait for the background thread, a few milliseconds as a rule."""
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    assert true()


def test_deliveries_arrive_as_the_faults_have_it_and_are_tried_again() -> None:
    clock, seen, answers = Clock(), [], [500, 200, 200, 200]

    def reach(url: str, headers: dict[str, str], body: bytes) -> int:
        seen.append((url, body))
        return answers.pop(0)

    sender = Sender(clock, "test-webhooks", (60.0,), reach=reach)
    now = clock.now().timestamp()
    sender.post(Delivery("sold", HERE, {}, b"1", now), Mishap())
    until(lambda: [each.status for each in sender.outbox] == [500])
    clock.advance(61)
    until(lambda: [each.status for each in sender.outbox] == [200])
    sender.post(Delivery("sold", HERE, {}, b"2", clock.now().timestamp()), Mishap.of(Fault("*", 1, "webhook", "twice")))
    until(lambda: [body for _, body in seen] == [b"1", b"1", b"2", b"2"])
    sender.post(Delivery("sold", HERE, {}, b"3", now), Mishap.of(Fault("*", 1, "webhook", "drop")))
    sender.post(Delivery("sold", THERE, {}, b"4", now), Mishap.of(Fault("*", 1, "webhook", "late:30")))
    assert [(each.body, each.due - now) for each in sender.outbox][-1] == (b"4", 30.0)
    until(lambda: sender.thread is None)
    assert {url for url, _ in seen} == {HERE}
    assert len(seen) == 4
