"""Publishes many pages of one shop at once, where the marketplace takes several in a call: one step of each.

As with one page, every publish is written down before the call; after a lost answer each is looked for by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from instica.connections.talk import Talk, connector_for, talking
from instica.core.verdicts import Again, Done, Verdict
from instica.kit import types as kit
from instica.kit.errors import Refused, TryLater, Unsure
from instica.listings import asking, attempts, locks, stepping
from instica.listings.calls import Plan, Result
from instica.listings.stepping import AT_ONCE, SLOWEST_TRY, Run
from instica.work import clock
from instica.work.lanes import commit
from instica.work.runner import backoff

Plans = dict[Run, Plan]


def publish(runs: Sequence[Run]) -> Verdict:
    """The next step of each, in one call; what is at another step, or cannot go with them, goes its own way."""
    if len(runs) == 1:
        return stepping.advance(runs[0])
    with commit():
        locks.behind(run.page for run in runs)
        plans = _together({run: plan for run in runs if (plan := stepping.prepare(run))})
    if not plans:
        return Done()
    connection = next(iter(plans.values())).row.listing.connection
    told: Sequence[kit.Step | Refused | None] | None = None
    with talking(connection) as talk:
        connector = connector_for(connection, "bulk" if all(run.urgency.bulk for run in plans) else "stock")
        told = connector.publish_many(
            [(plan.draft, plan.attempt) for plan in plans.values() if plan.draft and plan.attempt]
        )
    if told is None:
        return _failed(plans, talk)
    for (run, plan), each in zip(plans.items(), told, strict=True):
        _conclude(run, plan, each)
    return Done()


def _together(plans: Plans) -> Plans:
    """Those at the step that most of them are at. Part of the transaction that began them: nothing was sent yet."""
    steps = Counter(_step(plan) for plan in plans.values() if plan.step == "publish" and plan.attempt)
    most, count = steps.most_common(1)[0] if steps else ("", 0)
    group = {run: plan for run, plan in plans.items() if plan.step == "publish" and _step(plan) == most and count > 1}
    for run, plan in plans.items():
        if run not in group:
            _alone(run, plan)
    return group


def _step(plan: Plan) -> str:
    return plan.attempt.step.partition(":")[0] if plan.attempt else ""


def _alone(run: Run, plan: Plan) -> None:
    """It was not sent: it goes by itself, at once."""
    row = locks.page(run.page)
    if row is None:
        return
    if row.attempt and plan.step == "publish":
        attempts.landed(row.attempt)
    asking.ask(row, plan.cause, alone=True)


def _conclude(run: Run, plan: Plan, told: kit.Step | Refused | None) -> None:
    """What came of one of them: each in a transaction of its own, as if it had been alone."""
    with commit():
        if isinstance(told, kit.Step):
            stepping.concluded(run, plan, Result(step=told))
        elif told is not None:
            stepping.told_no(run, plan, told)
        else:
            _alone(run, plan)


def _failed(plans: Plans, talk: Talk) -> Verdict:
    """In doubt each is looked for by itself; what was surely not done is tried again, or, refused as a whole, alone."""
    failure, tries = talk.failure, max(run.tries for run in plans)
    assert talk.verdict is not None
    if isinstance(failure, Unsure):
        return Again(clock.now() + AT_ONCE, "No answer came: looking what was put up", free=True)
    with commit():
        locks.behind(run.page for run in plans)
        for run, plan in plans.items():
            if isinstance(failure, Refused):
                _alone(run, plan)
            elif (row := locks.page(run.page)) and row.attempt:
                attempts.landed(row.attempt)
    if isinstance(failure, Refused):
        return Done()
    if isinstance(failure, TryLater) and failure.after is None:
        return Again(clock.now() + backoff(min(tries, SLOWEST_TRY)), str(failure))
    return talk.verdict
