"""A randomised run of everything at once; ``make chaos SEED=… STEPS=…`` runs another or a longer one."""

from __future__ import annotations

import os

import pytest
from django.conf import settings
from django.db.models import F

from instica.orders.models import Line, Settled
from tests.chaos.running import run
from tests.chaos.world import World

STEPS = int(os.environ.get("CHAOS_STEPS", "500"))
STEPS_A_SALE = 10 if STEPS <= 500 else 20
"""At least one sale in so many: the world of a longer run sells out now and then."""


@pytest.mark.timeout(0)
def test_everything_at_once(world: World, seed: int) -> None:
    assert settings.WORK_CLOCK == "process"
    found = run(world, STEPS)
    print(told(world, seed, len(found)))  # noqa: T201
    assert found == []
    assert world.kills > STEPS // 60
    assert sum(map(len, world.sales.values())) > STEPS // STEPS_A_SALE


def told(world: World, seed: int, unexplained: int) -> str:
    """What happened, for who runs a longer one."""
    lines = Line.objects.filter(settled=Settled.MOVED)
    sales = sum(map(len, world.sales.values()))
    return (
        f"seed {seed}: {STEPS} steps, {sales} sales, {world.kills} kills, {world.naps} naps, "
        f"{lines.filter(allocated__lt=F('quantity')).count()} lines oversold, {unexplained} unexplained"
    )
