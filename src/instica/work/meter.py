"""The arithmetic of a limit: a moment in time that says how much of it is used. No I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass

RESERVE = 0.2
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Meter:
    """Lets ``burst`` units through at once and one more every ``interval`` seconds.

    ``free_at`` is when the limit will be unused again. In any span of S seconds at most ``most(S)`` units pass.
    """

    free_at: float
    interval: float
    burst: float

    def opens_at(self, cost: float) -> float:
        """The first moment when ``cost`` units may pass."""
        return self.free_at - (self.burst - cost) * self.interval

    def spent(self, now: float, cost: float) -> float:
        """``free_at`` after ``cost`` units passed."""
        return max(self.free_at, now) + cost * self.interval

    def tightened(self, now: float, remaining: float) -> float:
        """``free_at`` when we hear that only ``remaining`` units are left; never earlier than it was."""
        return max(self.free_at, now + (self.burst - remaining) * self.interval)

    def fullest(self, now: float) -> float:
        """The latest ``free_at`` there can be: only a clock that was set back since leaves a later one."""
        return now + self.burst * self.interval

    def left(self, now: float) -> float:
        """How many units may pass at once."""
        return min(self.burst, self.burst - (self.free_at - now) / self.interval)

    def most(self, seconds: float) -> float:
        """The most units that can pass within a span: whole ones are fewer than burst and rate together say, by one.

        A published figure per window holds when it is at least this.
        """
        both = self.burst + seconds / self.interval
        return max(self.burst, math.ceil(both - TINY) - 1) if self.burst == int(self.burst) else both

    def for_bulk(self, cost: float) -> Meter:
        """The same meter as bulk work sees it: the last fifth of the burst is not for it."""
        return Meter(self.free_at, self.interval, max(self.burst * (1 - RESERVE), cost))
