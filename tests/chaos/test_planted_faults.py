"""Five faults, planted one at a time: the same run with the same checks finds each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from instica.core.clock import now
from instica.inventory.models import Cause, Move
from instica.listings import attempts
from instica.listings import services as listings
from instica.sync import services as sync
from instica.work import lanes
from tests.chaos import deeds
from tests.chaos.running import run
from tests.chaos.world import World


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
    patch.setattr(lanes, "is_ours", lambda held: True)


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
