"""Lanes of shops share the workers by marketplace and by organization."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from instica.connections.sharing import groups
from instica.work.shares import Shares
from instica.work.urgency import Urgency
from tests.shops import Shops


def test_a_lane_counts_for_its_marketplace_and_its_organization(shop: Shops) -> None:
    connection = shop("discogs")
    whose = ("marketplace:discogs", f"organization:{connection.organization_id}")
    assert groups(f"shop:{connection.uid}:read") == whose


@pytest.mark.django_db
@pytest.mark.parametrize("lane", ["shop", "shop:nobody:read", "shop:01a20a4d-cb3e-73ea-b9a6-f6d595f59182:read"])
def test_a_lane_of_no_shop_counts_for_nobody(lane: str) -> None:
    assert groups(lane) == ()


def test_one_marketplace_leaves_a_worker_to_the_others(shop: Shops) -> None:
    shares, lane = Shares(4), f"shop:{shop('discogs').uid}:watch"
    with ExitStack() as stack:
        given = [stack.enter_context(shares.place(lane, Urgency.ORDER)) for _ in range(4)]
    assert given == [True, True, True, False]
