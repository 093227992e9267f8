"""How many of a process's workers one thing may hold, so that its outage or its bulk never stops the rest."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from instica.work.urgency import Urgency

Grouping = Callable[[str], Sequence[str]]
BULK = "bulk"
SMALL = "small:"
"""How the name of a group begins that may hold no more than a quarter of the workers."""
_groupings: dict[str, Grouping] = {}


def grouped(prefix: str) -> Callable[[Grouping], Grouping]:
    """Make the function name the groups of lanes that begin with ``prefix:``, such as a shop's marketplace."""

    def register(function: Grouping) -> Grouping:
        _groupings[prefix] = function
        return function

    return register


class Shares:
    """Counts who holds the workers of this process.

    Bulk work gets half of them, a group all but a quarter, a small group a quarter.
    """

    def __init__(self, workers: int) -> None:
        self._bulk = max(1, workers // 2)
        self._small = max(1, workers // 4)
        self._group = max(1, workers - self._small)
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()
        self._groups: dict[str, tuple[str, ...]] = {}

    @contextmanager
    def place(self, lane: str, urgency: Urgency) -> Iterator[bool]:
        """Hold a place for that work; false when its share is used up."""
        groups = self._of(lane, urgency)
        with self._lock:
            free = all(self._held[group] < self._most(group) for group in groups)
            if free:
                self._held.update(groups)
        try:
            yield free
        finally:
            with self._lock:
                self._held.subtract(groups if free else ())

    def _most(self, group: str) -> int:
        if group == BULK:
            return self._bulk
        return self._small if group.startswith(SMALL) else self._group

    def _of(self, lane: str, urgency: Urgency) -> tuple[str, ...]:
        if lane not in self._groups:
            grouping = _groupings.get(lane.partition(":")[0])
            self._groups[lane] = tuple(grouping(lane)) if grouping else ()
        return (*self._groups[lane], BULK) if urgency.bulk else self._groups[lane]
