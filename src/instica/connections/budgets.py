"""The limits of this installation's apps; and calls for no shop yet, which count against those all shops share."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Mapping
from dataclasses import replace

from instica.kit.contract import LimitSpec, Marketplace
from instica.kit.errors import Throttled
from instica.work import clock, limits

PATIENCE_SECONDS = 10.0
SHORTEST_WAIT = 0.01
LARGEST = 1e9


class SharedBudget:
    """``kit.ports.Budget`` of the installation: a person waits at the other end, so a short wait is waited out."""

    def __init__(self, manifest: Marketplace) -> None:
        self.specs = {name: spec for name, spec in limits_of(manifest).items() if spec.scope in ("app", "egress")}

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

    def learn(
        self,
        limit: str,
        *,
        remaining: float | None = None,
        until: dt.datetime | None = None,
        most: float | None = None,
    ) -> None:
        """Keep to what they told us."""
        if spec := self.specs.get(limit):
            limits.learn(self._row(limit), remaining=remaining, until=until, pace=pace(spec, most))

    def give_back(self, limit: str, units: float) -> None:
        """Units that were not used."""
        if limit in self.specs:
            limits.give_back(self._row(limit), units)

    def _row(self, name: str) -> str:
        spec = self.specs[name]
        limits.declare(shared(spec), pace_of(spec))
        return shared(spec)


def limits_of(manifest: Marketplace) -> dict[str, LimitSpec]:
    """The manifest's limits by name, with the figures the operator gave: ``INSTICA_<SLUG>_LIMITS``.

    Raises ``ValueError`` saying what is wrong with the setting.
    """
    specs = {spec.name: spec for spec in manifest.limits}
    name = f"INSTICA_{manifest.slug.upper()}_LIMITS"
    for part in filter(None, map(str.strip, os.environ.get(name, "").split(","))):
        limit, _, figure = part.partition("=")
        spec = specs.get(f"{manifest.slug}.{limit.strip()}")
        if spec is None or not spec.published or not figure.strip().isdecimal() or not 0 < int(figure) < LARGEST:
            known = ", ".join(f"{each.rpartition('.')[2]}=…" for each, one in specs.items() if one.published)
            raise ValueError(f"{name} takes {known or 'nothing'}, not {part!r}")
        rate, burst = spec.at(int(figure))
        specs[spec.name] = replace(spec, rate=rate, burst=burst, published=int(figure), settled=True)
    return specs


def pace_of(spec: LimitSpec) -> limits.Pace:
    """How the manifest says it may be used."""
    return limits.Pace(spec.rate, spec.per, spec.burst, spec.sliding)


def pace(spec: LimitSpec, most: float | None) -> tuple[float, float] | None:
    """Rate and burst by what they say this app may use; what the operator set is not passed."""
    if most is None or not spec.published or not 0 < most < LARGEST:
        return None
    return spec.at(min(most, spec.published) if spec.settled else most)


def shared(spec: LimitSpec) -> str:
    """The name of the row that all shops share."""
    return f"{spec.name}:{spec.scope}"
