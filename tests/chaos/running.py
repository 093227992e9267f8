"""A run: deed after deed, at rest every now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.chaos import checks
from tests.chaos.deeds import DEEDS, Deed
from tests.chaos.world import World

STRETCH, LONG, RESTS_A_LOOK = 50, 500, 4
"""Deeds between two rests. Every page of every shop is looked at after each of them, or after every fourth of a run
that is longer than so many deeds."""


def run(world: World, steps: int, wanted: Mapping[Deed, int] = DEEDS) -> list[str]:
    """So many deeds, at rest every now and then; what was wrong the first time anything was."""
    deeds, weights = list(wanted), list(wanted.values())
    for step in range(1, steps + 1):
        (deed,) = world.dice.choices(deeds, weights)
        world.done.append(deed.__name__)
        deed(world)
        if world.dice.random() < 0.7:
            world.work()
        for be_sure in sure(world, step, steps):
            be_sure()
            if found := checks.wrong(world):
                return [f"after {step} steps: {said}" for said in found]
    return []


def sure(world: World, step: int, steps: int) -> Iterator[Callable[[], None]]:
    """What everything is brought to before it is checked; usually nothing, and at the end all of it."""
    if step % STRETCH == 0 or step == steps:
        yield world.rest
        if steps <= LONG or step % (STRETCH * RESTS_A_LOOK) == 0 or step == steps:
            yield world.look_at_everything
