"""A randomised run of everything at once; ``make chaos SEED=… STEPS=…`` runs a longer one."""

from __future__ import annotations

import datetime as dt
import logging
import os
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F

from instica.core.clock import now
from instica.inventory.models import Cause, Move
from instica.listings import attempts
from instica.listings import services as listings
from instica.orders.models import Line, Settled
from instica.sync import services as sync
from instica.work import lanes
from tests.chaos import checks, deeds
from tests.chaos.clock import Clock, moved_by_hand
from tests.chaos.deeds import DEEDS, Deed
from tests.chaos.trouble import Ear, wired
from tests.chaos.world import World, begun
from tests.shops import Shops

SEED, STEPS = int(os.environ.get("CHAOS_SEED", "1")), int(os.environ.get("CHAOS_STEPS", "500"))
STRETCH = 50


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time that is moved by hand, before anything else begins."""
    with pytest.MonkeyPatch.context() as patch, moved_by_hand(patch) as made:
        yield made


@pytest.fixture
def world(clock: Clock, shop: Shops) -> Iterator[World]:
    """Begun, with trouble on every line and an ear on the worker."""
    random.seed(SEED)
    made = begun(shop, clock, SEED)
    wired(made.trouble)
    ear, worker = Ear(made.trouble), logging.getLogger("instica.work.runner")
    worker.addHandler(ear)
    yield made
    worker.removeHandler(ear)


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


@pytest.mark.timeout(0)
def test_everything_at_once(world: World) -> None:
    assert settings.WORK_CLOCK == "process"
    assert run(world, STEPS) == []
    assert world.kills > STEPS // 60
    assert sum(map(len, world.sales.values())) > STEPS // 10
    print(told(world))  # noqa: T201


def told(world: World) -> str:
    """What happened, for who runs a longer one."""
    lines = Line.objects.filter(settled=Settled.MOVED)
    sales = sum(map(len, world.sales.values()))
    return (
        f"seed {SEED}: {STEPS} steps, {sales} sales, {world.kills} kills, {world.naps} naps, "
        f"{lines.filter(allocated__lt=F('quantity')).count()} lines oversold, 0 unexplained"
    )


def no_move_of_a_sale(patch: pytest.MonkeyPatch) -> None:
    """A stock move is dropped."""
    keep = Move.save
    patch.setattr(Move, "save", lambda self, **options: None if self.cause == Cause.SALE else keep(self, **options))


def no_push_to_siblings(patch: pytest.MonkeyPatch) -> None:
    """Nobody tells the item's other pages."""
    patch.setattr(listings, "stock_changed", lambda *items, **options: None)
    patch.setattr(listings, "follow", lambda *items: None)


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    """A publish whose answer was lost is sent again without a look."""
    begin = attempts.begin

    def forgetful(*about: Any) -> Any:
        row = begin(*about)
        type(row).objects.filter(pk=row.pk).update(sent_at=None)
        return row

    patch.setattr(attempts, "begin", forgetful)


def stale_cursor(patch: pytest.MonkeyPatch) -> None:
    """A walk over orders ends later than it read."""
    advance = sync._advance

    def hasty(row: Any, page: Any) -> None:
        advance(row, page)
        type(row).objects.filter(pk=row.pk).update(since=now() + dt.timedelta(hours=3))

    patch.setattr(sync, "_advance", hasty)


def unchecked_lease(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether the lane is still held."""

    def careless(held: lanes.Held, **changes: object) -> None:
        lanes.Lane.objects.filter(name=held.lane, token=held.token).update(**changes)

    patch.setattr(lanes, "_only_holder", careless)


PLANTED = {
    no_move_of_a_sale: {deeds.buy: 1},
    no_push_to_siblings: {deeds.list_one: 4, deeds.buy: 2, deeds.buy_twice: 2, deeds.wait: 1},
    no_dedupe: {deeds.list_one: 3, deeds.lose_answers: 2},
    stale_cursor: {deeds.buy: 2, deeds.wait: 1},
    unchecked_lease: {deeds.list_one: 4, deeds.buy: 2, deeds.sleep_past_the_lease: 4, deeds.recount: 2},
}


@pytest.mark.timeout(0)
@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_caught(
    fault: Callable[[pytest.MonkeyPatch], None], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    assert run(world, 200, PLANTED[fault]) != []
