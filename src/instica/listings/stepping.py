"""The write loop of a page: read the rows, do the one next step there, write down what was read back, ask again.

A publish is written down before each of its writes, so that after a lost answer or a crash it is looked for first.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from instica.connections.talk import Talk, connector_for, talking
from instica.core.verdicts import Again, Done, Verdict
from instica.kit import types as kit
from instica.kit.errors import Gone, Refused, TryLater, Unsure
from instica.listings import (
    asking,
    attempts,
    calls,
    drafts,
    holding,
    locks,
    outcomes,
    picturing,
    pieces,
    recording,
    resting,
    telling,
)
from instica.listings.calls import Plan, Result
from instica.listings.standing import LOOKS, Standing
from instica.listings.states import AT_REST
from instica.work import clock
from instica.work.handlers import Task
from instica.work.lanes import commit
from instica.work.runner import backoff
from instica.work.urgency import Urgency

SLOWEST_TRY = 5
AT_ONCE = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Run:
    """What the task said: whose page, why, how often this was tried; ``again`` is after what they refused."""

    page: uuid.UUID
    cause: str
    urgency: Urgency
    tries: int
    again: bool = False


def run_of(task: Task) -> Run:
    """What a task asks for."""
    again = bool(task.payload.get("again"))
    return Run(uuid.UUID(task.key), str(task.payload.get("cause", "")), task.urgency, task.attempts, again)


def advance(run: Run) -> Verdict:
    """Take a page one step on."""
    with commit():
        plan = prepare(run)
    if plan is None:
        return Done()
    connection = plan.row.listing.connection
    result = None
    with talking(connection) as talk:
        connector = connector_for(connection, "bulk" if run.urgency.bulk else "stock")
        result = calls.perform(connector, plan)
    if result is None:
        return failed(run, plan, talk)
    with commit():
        return concluded(run, plan, result)


def prepare(run: Run, *, lowering: bool = False) -> Plan | None:
    """The next step, ready to be sent; nothing when there is none, or none that may go now.

    With ``lowering`` only levels that go down; anything else is asked for anew, in its own place.
    """
    row = locks.page(run.page)
    if row is None:
        return None
    if run.again and row.listing.exposed_since:
        row.listing.problem = None
        row.listing.save(update_fields=["problem"])
    step = row.step.next
    if step in AT_REST:
        resting.at_rest(row)
        return None
    if step == "replace":
        pieces.replace(row)
        return None
    if lowering and not (step == "set_levels" and asking.lowers(row)):
        asking.ask(row, run.cause)
        return None
    page = row.listing
    why = holding.held(row, step)
    if why != page.held:
        page.held = why
        page.save(update_fields=["held"])
        telling.held(row, step, run.cause or page.cause)
    return None if why else _ready(row, step, run.cause or page.cause)


def _ready(row: Standing, step: str, cause: str) -> Plan | None:
    version = row.listing.wanted_version
    if step == "find":
        assert row.attempt is not None
        return Plan(row, step, cause, attempt=attempts.told(row.attempt), version=row.attempt.version)
    if step not in ("publish", "revise"):
        if step == "show" or (step == "set_levels" and not asking.lowers(row)):
            recording.doubt(row)
        return Plan(row, step, cause, version=version)
    made = drafts.of(row)
    if made.faults:
        complaints = [{"message": fault.detail, "field": fault.pointer.rpartition("/")[2]} for fault in made.faults]
        recording.refuse(row, step, " ".join(fault.detail for fault in made.faults), complaints)
        resting.at_rest(row)
        return None
    if step == "revise":
        recording.doubt(row)
        draft = replace(made.draft, placed=picturing.known(row.listing))
        return Plan(row, step, cause, draft, version=version)
    row.attempt = attempts.begin(row.listing, row.attempt, made.draft)
    return Plan(row, step, cause, made.draft, attempts.told(row.attempt), row.attempt.version)


def concluded(run: Run, plan: Plan, result: Result) -> Verdict:
    """Write down what came of it, and ask for what follows."""
    row = locks.page(run.page)
    if row is None:
        return Done()
    before = telling.picture(plan.row)
    search = result.search
    if isinstance(search, kit.LookAgain):
        return _unclear(row, search)
    after = locks.page(run.page) if outcomes.write(row, plan, result) else row
    assert after is not None
    outcomes.follow(plan, after)
    if plan.step != "look" and (result.wrote or not result.until):
        telling.changed(after, plan.step, before, plan.cause, part=plan.part)
    if after.listing.problem and after.listing.problem != plan.row.listing.problem:
        telling.refused(after, plan.step)
    if result.until and after.step.next == plan.step:
        asking.ask(after, plan.cause, at=result.until)
    else:
        resting.go_on(after, plan.cause)
    return Done()


def _unclear(row: Standing, search: kit.LookAgain) -> Verdict:
    """Too early to tell; three times, and a person decides."""
    assert row.attempt is not None
    row.attempt.looks += 1
    row.attempt.save(update_fields=["looks"])
    if row.attempt.looks >= LOOKS:
        telling.lost(row)
        return Done()
    return Again(clock.now() + search.after, "Looking whether it was put up", free=True)


def failed(run: Run, plan: Plan, talk: Talk) -> Verdict:
    """After a failure: doubt is looked into, a refusal is kept and shown, anything else is tried again."""
    failure = talk.failure
    assert talk.verdict is not None
    if isinstance(failure, Unsure) and plan.step == "publish":
        return Again(clock.now() + AT_ONCE, "No answer came: looking whether it was put up", free=True)
    with commit():
        row = locks.page(run.page)
        if row and row.attempt and plan.step == "publish":
            attempts.landed(row.attempt)
        if row and isinstance(failure, Refused | Gone):
            return _refused(row, plan, failure)
    if isinstance(failure, TryLater | Unsure) and getattr(failure, "after", None) is None:
        return Again(clock.now() + backoff(min(run.tries, SLOWEST_TRY)), str(failure))
    return talk.verdict


def gave_up(task: Task, why: str) -> None:
    """Tried for days and never got through: a person decides. Part of the transaction that ends the task."""
    row = locks.page(uuid.UUID(task.key))
    if row is None:
        return
    if row.attempt and row.is_flying:
        row.attempt.looks = LOOKS
        row.attempt.save(update_fields=["looks"])
        telling.lost(row)
        return
    if row.step.next not in AT_REST:
        recording.refuse(row, row.step.next, f"It was tried for days and never got through. The last time: {why}")
        telling.refused(row, row.step.next)
        resting.go_on(row, row.listing.cause)


def told_no(run: Run, plan: Plan, refusal: Refused) -> None:
    """One of several published at once was refused. Part of the caller's transaction."""
    row = locks.page(run.page)
    if row:
        if row.attempt:
            attempts.landed(row.attempt)
        _refused(row, plan, refusal)


def _refused(row: Standing, plan: Plan, failure: Refused | Gone) -> Verdict:
    """Kept in their words; what a publish had begun there and lost is begun anew by whoever tries again."""
    before = telling.picture(row)
    complaints = [
        {"message": each.message, "field": each.field, "code": each.code}
        for each in (failure.complaints if isinstance(failure, Refused) else ())
    ]
    if isinstance(failure, Gone) and row.attempt and plan.step == "publish":
        row.attempt.delete()
        row.attempt = None
    recording.refuse(row, plan.step, str(failure), complaints)
    telling.changed(row, plan.step, before, plan.cause, "refused", plan.part)
    telling.refused(row, plan.step)
    resting.go_on(row, plan.cause)
    return Done()
