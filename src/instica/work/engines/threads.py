"""Threads of this process as workers: the default engine. Several processes may share a PostgreSQL database."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

import structlog
from django.db import connection, connections

from instica.work import bell, lanes, runner, schedules, setback
from instica.work.engines import far
from instica.work.shares import Shares

log = structlog.get_logger(__name__)


class Engine:
    """Worker threads and one ticker; ``start`` returns at once, ``stop`` lets running tasks end."""

    def __init__(self, workers: int = 4, *, poll_seconds: float = 0.5) -> None:
        self._shares = Shares(workers)
        self._poll = poll_seconds
        self._stopping = threading.Event()
        self._rung = threading.Condition()
        self._rings = 0
        names = [f"worker-{number}" for number in range(1, workers + 1)]
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        self._threads.append(threading.Thread(target=self._tick, name="ticker", daemon=True))

    def start(self) -> None:
        """Begin to work."""
        bell.listen(self.ring)
        if connection.vendor == "postgresql":
            hearing = threading.Thread(target=far.hear, args=(self.ring, self._stopping), name="listener", daemon=True)
            self._threads.append(hearing)
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 30) -> bool:
        """Take nothing more and wait for what runs; false when something still ran after ``timeout`` seconds."""
        bell.leave(self.ring)
        self._stopping.set()
        self.ring("")
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def ring(self, _lane: str) -> None:
        """Somebody enqueued something."""
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def _work(self) -> None:
        while not self._stopping.is_set():
            seen = self._rings
            if not _safely(lambda: runner.turn(self._shares)):
                self._wait(seen)
        connections.close_all()

    def _tick(self) -> None:
        for second in itertools.count():
            if self._stopping.wait(1):
                break
            _safely(schedules.tick)
            if second % 60 == 0:
                _safely(lanes.tidy)
                _safely(setback.mend)
        connections.close_all()

    def _wait(self, seen: int) -> None:
        with self._rung:
            self._rung.wait_for(lambda: self._rings != seen or self._stopping.is_set(), self._poll)


def run_until_idle(limit_seconds: float = 60) -> int:
    """Do everything that is due in this thread; how many tasks were run. What is due later stays."""
    shares, ran, end = Shares(1), 0, time.monotonic() + limit_seconds
    schedules.tick()
    while time.monotonic() < end and (count := runner.turn(shares)):
        ran += count
    return ran


def _safely(step: Callable[[], int]) -> int:
    """Do one step; a database that is away is waited for, not died of."""
    try:
        return step()
    except Exception:
        log.exception("worker stumbled")
        connections.close_all()
        time.sleep(1)
        return 0
