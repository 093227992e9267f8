"""How long to wait after a refusal for too many calls: longer each time in a row, with jitter."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

from instica.core import clock

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 60.0


class Backoff:
    """Strikes in a row by limit. Only a hint of this process: the shared truth is the limit's own row."""

    def __init__(self) -> None:
        self.strikes: Counter[str] = Counter()

    def strike(self, limit: str, after: dt.timedelta | None) -> dt.datetime:
        """One more refusal: when to try again. What the marketplace itself says wins."""
        self.strikes[limit] += 1
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self.strikes[limit], 10))
        return clock.now() + (after or dt.timedelta(seconds=random.uniform(longest / 2, longest)))  # noqa: S311

    def clear(self, limit: str) -> None:
        """A call went through."""
        self.strikes.pop(limit, None)


BACKOFF = Backoff()
