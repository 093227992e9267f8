"""Background doors of listings."""

from __future__ import annotations

import uuid

from instica.core.verdicts import Done, Verdict
from instica.listings import batching, bulk, leveling, services, stepping
from instica.listings.stepping import run_of
from instica.work.handlers import Task, handles
from instica.work.lanes import commit

PATIENCE = 10_000
"""How often a step is tried while a marketplace is down: for days, for what is sold must come off sale there."""


@handles("item.changed", batch=50)
def item_changed(tasks: list[Task]) -> Verdict:
    """An item or its stock was changed by other than a sale: its status follows, and so do its pages."""
    items = [uuid.UUID(task.key) for task in tasks]
    services.restate(items)
    services.follow(items)
    return Done()


@handles("listing.step", attempts=PATIENCE, gave_up=stepping.gave_up)
def step(task: Task) -> Verdict:
    """Take one page one step on."""
    return stepping.advance(run_of(task))


@handles("listing.publish", batch=25, attempts=PATIENCE, gave_up=stepping.gave_up)
def publish(tasks: list[Task]) -> Verdict:
    """Take many publishes of one shop one step on, in one call."""
    return batching.publish([run_of(task) for task in tasks])


@handles("offer.level", batch=25, attempts=PATIENCE, gave_up=stepping.gave_up)
def level(tasks: list[Task]) -> Verdict:
    """Lower what many pages show, in one call."""
    return leveling.lower([run_of(task) for task in tasks])


@handles("listing.resume")
def resume(task: Task) -> Verdict:
    """Ask again for every page of a shop that was held."""
    with commit():
        services.ask_held(uuid.UUID(task.key.partition(":")[0]))
    return Done()


@handles("listing.bulk")
def many(task: Task) -> Verdict:
    """Say what is wanted for the next few pairs of a bulk wish."""
    bulk.work(uuid.UUID(task.key))
    return Done()
