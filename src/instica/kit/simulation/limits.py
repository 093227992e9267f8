"""A limit over a moving window, counted per caller."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict, deque


class MovingWindow:
    """Counts the calls of the last ``seconds``; how many are too many is the asker's to say."""

    def __init__(self, seconds: float) -> None:
        self.width = dt.timedelta(seconds=seconds)
        self.calls: defaultdict[str, deque[dt.datetime]] = defaultdict(deque)

    def used(self, caller: str, now: dt.datetime) -> int:
        """Calls of ``caller`` still inside the window."""
        calls = self.calls[caller]
        while calls and calls[0] <= now - self.width:
            calls.popleft()
        return len(calls)

    def take(self, caller: str, now: dt.datetime, most: int) -> bool:
        """Count one call; ``False``, and nothing counted, when ``most`` are already inside."""
        if self.used(caller, now) >= most:
            return False
        self.calls[caller].append(now)
        return True
