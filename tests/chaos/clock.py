"""Time that passes by what is done, not by how fast a machine does it: a seed does the same everywhere."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine

BEGIN = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
ANSWER = 0.02
"""Seconds an answer takes."""


class Clock:
    """The world's time, and how long this process has been running, which does not count while it is stopped."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self.traveller = traveller
        self.running = 0.0
        self.thread = threading.get_ident()
        self.really = time.sleep

    def shift(self, seconds: float) -> None:
        """The world goes on without this process."""
        self.traveller.shift(seconds)

    def sleep(self, seconds: float) -> None:
        """So much passes here as well; simulators that send by themselves wait for real."""
        if threading.get_ident() != self.thread:
            self.really(seconds)
            return
        self.running += seconds
        self.traveller.shift(seconds)

    def monotonic(self) -> float:
        """For whoever measures a span."""
        return self.running


@contextmanager
def moved_by_hand(patch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Nothing passes by itself."""
    with time_machine.travel(BEGIN, tick=False) as traveller:
        clock = Clock(traveller)
        patch.setattr(time, "sleep", clock.sleep)
        patch.setattr(time, "monotonic", clock.monotonic)
        yield clock
