"""The arithmetic of a limit that lets units through in a steady stream. No I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

RESERVE = 0.2
TINY = 1e-9
WAY_SECONDS = 1.0


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

    def spent(self, now: float, cost: float) -> Meter:
        """After ``cost`` units passed."""
        return replace(self, free_at=max(self.free_at, now) + cost * self.interval)

    def returned(self, cost: float) -> Meter:
        """After ``cost`` units of those that passed turned out not to be used."""
        return replace(self, free_at=self.free_at - cost * self.interval)

    def tightened(self, now: float, remaining: float) -> Meter:
        """When we hear that only ``remaining`` units are left; never earlier free than it was."""
        return replace(self, free_at=max(self.free_at, now + (self.burst - remaining) * self.interval))

    def set_back(self, now: float) -> Meter:
        """As full as it can be at ``now``: only a clock that was set back since leaves it fuller."""
        fullest = now + self.burst * self.interval
        return self if self.free_at <= fullest + WAY_SECONDS else replace(self, free_at=fullest)

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
        return replace(self, burst=max(self.burst * (1 - RESERVE), cost))
