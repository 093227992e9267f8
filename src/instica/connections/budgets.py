"""Calls for no shop yet, while one is being connected: they count against the limits that all shops share."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping

from instica.kit.contract import LimitSpec
from instica.kit.errors import Throttled
from instica.work import clock, limits

PATIENCE_SECONDS = 10.0
SHORTEST_WAIT = 0.01


class SharedBudget:
    """``kit.ports.Budget`` of the installation: a person waits at the other end, so a short wait is waited out."""

    def __init__(self, specs: Iterable[LimitSpec]) -> None:
        self.specs = {spec.name: spec for spec in specs if spec.scope in ("app", "egress")}

    def admit(self, costs: Mapping[str, float]) -> None:
        """Take ``costs``, all or nothing. Raises ``Throttled`` when that takes longer than a person waits."""
        names = {self._row(name): cost for name, cost in costs.items() if name in self.specs}
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return limits.admit(names, "stock")
            except limits.Exhausted as error:
                wait = max(SHORTEST_WAIT, (error.until - clock.now()).total_seconds())
                if time.monotonic() + wait > end:
                    raise Throttled(error.limit, error.until) from None
            time.sleep(wait)

    def learn(self, limit: str, *, remaining: float | None = None, until: dt.datetime | None = None) -> None:
        """Tighten by what they told us."""
        if limit in self.specs:
            limits.learn(self._row(limit), remaining=remaining, until=until)

    def _row(self, name: str) -> str:
        spec = self.specs[name]
        limits.declare(shared(spec), spec.rate, spec.per, spec.burst)
        return shared(spec)


def shared(spec: LimitSpec) -> str:
    """The name of the row that all shops share."""
    return f"{spec.name}:{spec.scope}"
