"""The arithmetic of a limit that counts a sliding window and lets units through as fast as they come. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

RESERVE = 0.35
"""Of a day's units, those kept for sales: what is used up does not return before the next day."""
SLOTS = 24


@dataclass(frozen=True, slots=True)
class Window:
    """Lets at most ``burst`` units through in any span of ``per`` seconds.

    ``slots`` are the units that passed, by the number of their slot, a 24th of the span each. A unit counts until the
    whole slot it passed in is a span ago, so up to a 24th longer than the other side counts it.
    """

    slots: Mapping[int, float]
    per: float
    burst: float

    @property
    def interval(self) -> float:
        """Seconds from unit to unit where they come evenly."""
        return self.per / self.burst

    def opens_at(self, cost: float) -> float:
        """The first moment when ``cost`` units may pass."""
        room, opening = self.burst - cost - sum(self.slots.values()), 0.0
        for number, units in sorted(self.slots.items()):
            if room >= 0:
                break
            room, opening = room + units, self._returns_at(number)
        return opening

    def spent(self, now: float, cost: float) -> Window:
        """After ``cost`` units passed; what counts no more is forgotten."""
        counted = self._counted(now)
        number = self._slot(now)
        return replace(self, slots=counted | {number: counted.get(number, 0) + cost})

    def returned(self, cost: float) -> Window:
        """After ``cost`` units of those that passed last turned out not to be used."""
        last = max(self.slots, default=0)
        return replace(self, slots={**self.slots, last: max(0, self.slots.get(last, 0) - cost)})

    def tightened(self, now: float, remaining: float) -> Window:
        """When we hear that only ``remaining`` units are left: what others used counts as if it were used now."""
        others = self.left(now) - remaining
        return self.spent(now, others) if others > 0 else self

    def set_back(self, now: float) -> Window:
        """With nothing used later than ``now``: only a clock that was set back since leaves that."""
        if all(number <= self._slot(now) for number in self.slots):
            return self
        past = {number: units for number, units in self.slots.items() if number <= self._slot(now)}
        return replace(self, slots=past).spent(now, sum(self.slots.values()) - sum(past.values()))

    def left(self, now: float) -> float:
        """How many units may pass at once."""
        return max(0.0, self.burst - sum(self._counted(now).values()))

    def for_bulk(self, cost: float) -> Window:
        """The same window as bulk work sees it."""
        return replace(self, burst=max(self.burst * (1 - RESERVE), cost))

    def _counted(self, now: float) -> dict[int, float]:
        return {number: units for number, units in self.slots.items() if self._returns_at(number) > now}

    def _slot(self, now: float) -> int:
        return int(now * SLOTS // self.per)

    def _returns_at(self, number: int) -> float:
        return (number + 1) * self.per / SLOTS + self.per
