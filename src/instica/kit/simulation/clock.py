"""A simulator's own clock: the real one plus what tests advanced it by."""

from __future__ import annotations

import datetime as dt

from instica.core import clock


class Clock:
    """Runs with the real clock (frozen when that is frozen) and can be moved ahead of it."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta(0)

    def now(self) -> dt.datetime:
        """The simulator's present, aware, in UTC."""
        return clock.now() + self.ahead

    def advance(self, seconds: float) -> None:
        """Move on by that many seconds."""
        self.ahead += dt.timedelta(seconds=seconds)

    def restore(self) -> None:
        """Back to the real time."""
        self.ahead = dt.timedelta(0)
