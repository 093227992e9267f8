"""A run: deed after deed, at rest every now and then."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos import checks
from tests.chaos.deeds import DEEDS, Deed
from tests.chaos.world import World

STRETCH = 50
"""Deeds between two rests."""


def run(world: World, steps: int, wanted: Mapping[Deed, int] = DEEDS) -> list[str]:
    """So many deeds, at rest every now and then; what was wrong the first time anything was."""
    deeds, weights = list(wanted), list(wanted.values())
    for step in range(1, steps + 1):
        (deed,) = world.dice.choices(deeds, weights)
        world.done.append(deed.__name__)
        deed(world)
        if world.dice.random() < 0.7:
            world.work()
        if step % STRETCH == 0 or step == steps:
            for be_sure in (world.rest, world.look_at_everything):
                be_sure()
                if found := checks.wrong(world):
                    return [f"after {step} steps: {said}" for said in found]
    return []
