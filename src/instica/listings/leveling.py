"""Lowers many pages of one shop at once, where the marketplace takes many levels in a call."""

from __future__ import annotations

from collections.abc import Sequence

from instica.connections.talk import connector_for, talking
from instica.core.verdicts import Again, Dead, Done, Verdict
from instica.kit import types as kit
from instica.kit.errors import RemoteFailure, TryLater, Unsure
from instica.listings import calls, locks, stepping
from instica.listings.calls import Plan
from instica.listings.stepping import SLOWEST_TRY, Run
from instica.work import clock
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.runner import backoff
from instica.work.urgency import Urgency


def lower(runs: Sequence[Run]) -> Verdict:
    """One call for all of them; what is not merely lower by now goes its own way."""
    with commit():
        locks.behind(run.page for run in runs)
        plans = {run: plan for run in runs if (plan := stepping.prepare(run, lowering=True))}
    if not plans:
        return Done()
    connection = next(iter(plans.values())).row.listing.connection
    levels = [(run, level) for run, plan in plans.items() for level in _levels(plan)]
    outcomes = None
    with talking(connection) as talk:
        outcomes = connector_for(connection, "stock").set_levels([level for _, level in levels])
    if outcomes is None:
        return _failed(plans, talk.verdict, talk.failure)
    told: dict[Run, list[kit.Outcome]] = {run: [] for run in plans}
    for (run, _), outcome in zip(levels, outcomes, strict=True):
        told[run].append(outcome)
    for run, plan in plans.items():
        with commit():
            stepping.concluded(run, plan, calls.told(plan.row, told[run]))
    return Done()


def _levels(plan: Plan) -> list[kit.Level]:
    return [kit.Level(calls.ref_of(plan.row, place), target) for place, target, _ in calls.wanted_levels(plan.row)]


def _failed(plans: dict[Run, Plan], verdict: Verdict | None, failure: RemoteFailure | None) -> Verdict:
    """A call that failed is tried again; one that was refused is repeated page by page, so that each is told."""
    if isinstance(failure, TryLater | Unsure) and getattr(failure, "after", None) is None:
        tries = max(run.tries for run in plans)
        return Again(clock.now() + backoff(min(tries, SLOWEST_TRY)), str(failure))
    assert verdict is not None
    if isinstance(verdict, Dead):
        with commit():
            for run, plan in plans.items():
                lane = f"shop:{plan.row.listing.connection_id}:write"
                payload = {"cause": plan.cause}
                enqueue("listing.step", str(run.page), lane=lane, urgency=Urgency.END, payload=payload)
        return Done()
    return verdict
