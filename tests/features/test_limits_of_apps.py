"""The limits of every manifest: within what is published, sales first under a full import, and as this app has them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine

from instica import marketplaces
from instica.connections.budgets import limits_of, pace_of
from instica.connections.models import Connection
from instica.connections.session import ShopBudget
from instica.connections.talk import connector_for
from instica.kit.contract import LimitSpec
from instica.sync.pace import POLL_SHARE
from instica.work import lanes, limits, window
from instica.work.limits import Exhausted
from instica.work.meter import RESERVE, Meter
from instica.work.models import Limit
from tests.shops import Shops

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
EVERY = [spec for manifest in marketplaces.every().values() for spec in manifest.limits]
# What the documents allow in a window, where that is not 5 000 a day.
PUBLISHED = {
    "discogs.calls": 60,
    "etsy.second": 5,
    "shopify.points": 2_000,
    "ebay.inventory": 2_000_000,
    "ebay.fulfillment": 100_000,
    "ebay.account": 25_000,
    "ebay.notification": 10_000,
    "ebay.tokens": 10_000,
    "ebay.app-tokens": 1_000,
    "ebay.lists": 300,
    "ebay.revisions": 250,
}
DIFFERENT = list({pace_of(spec): spec for spec in EVERY}.values())
PACED = [spec for spec in DIFFERENT if not spec.sliding]
SLIDING = [spec for spec in DIFFERENT if spec.sliding]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def most(spec: LimitSpec) -> float:
    """The most calls that can pass in a window."""
    return spec.burst if spec.sliding else Meter(0, spec.per / spec.rate, spec.burst).most(spec.per)


@pytest.mark.parametrize("spec", EVERY, ids=lambda spec: spec.name)
def test_no_window_holds_more_than_is_published(spec: LimitSpec) -> None:
    assert most(spec) <= PUBLISHED.get(spec.name, 5_000)


@pytest.mark.parametrize("figure", [3, 5, 10, 150])
def test_nor_does_it_where_the_app_is_allowed_another_figure(figure: int) -> None:
    for spec in (each for each in EVERY if each.published and each.scope == "app"):
        rate, burst = spec.at(figure)
        assert most(replace(spec, rate=rate, burst=burst)) <= max(figure, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("spec", PACED, ids=lambda spec: spec.name)
def test_a_sale_waits_for_one_turn_of_a_limit_that_an_import_uses_whole(
    spec: LimitSpec, clock: time_machine.Traveller
) -> None:
    limits.declare("shared", pace_of(spec))
    turn = spec.per / spec.rate
    used_up = NOON + dt.timedelta(seconds=turn * max(1, spec.burst * (1 - RESERVE)))
    Limit.objects.update(meter=used_up.timestamp())
    passed = waited = 0.0
    with lanes.holding(lanes.Held("import", uuid.uuid4())):
        for step in range(60):
            clock.shift(turn * 0.51)
            passed += passes("bulk")
            if step == 30:
                while not passes("stock"):
                    clock.shift(turn / 4)
                    waited += turn / 4
                    passed += passes("bulk")
    assert waited <= turn * 1.01
    assert passed >= 28


@pytest.mark.django_db
@pytest.mark.parametrize("spec", SLIDING, ids=lambda spec: spec.name)
def test_bulk_work_that_used_its_part_of_a_day_leaves_sales_more_than_rounds_take(
    spec: LimitSpec, clock: time_machine.Traveller
) -> None:
    limits.declare("shared", pace_of(spec))
    limits.admit({"shared": spec.burst * (1 - window.RESERVE)}, "bulk")
    assert not passes("bulk")
    assert limits.left("shared") >= spec.burst * POLL_SHARE * 1.4
    assert passes("stock")


def passes(lane_class: limits.Class) -> bool:
    try:
        limits.admit({"shared": 1}, lane_class)
    except Exhausted:
        return False
    return True


def rate(connection: Connection, name: str) -> float:
    """The pace in force."""
    row = Limit.objects.get(name__startswith=name)
    return row.told_rate or row.rate


@pytest.mark.django_db
def test_answers_tell_what_this_app_may_do(shop: Shops) -> None:
    etsy, shopify = shop("etsy", listings=5), shop("shopify", listings=5)
    connector_for(etsy, "stock").shop()
    assert rate(etsy, "etsy.second") == 4.75
    shop.control("etsy", "limits", {"second": 150, "day": 100_000})
    connector_for(etsy, "stock").shop()
    assert (rate(etsy, "etsy.second"), rate(etsy, "etsy.day")) == (142.5, 100_000)
    shop.control("etsy", "limits", {"second": 4, "day": 5_000})
    connector_for(etsy, "stock").shop()
    assert (rate(etsy, "etsy.second"), rate(etsy, "etsy.day")) == (pytest.approx(3.8), 5_000)
    connector_for(shopify, "stock").shop()
    assert rate(shopify, "shopify.points") == 95


@pytest.mark.django_db
def test_the_operators_figure_is_lowered_by_answers_and_never_raised(
    shop: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    etsy = shop("etsy", listings=5)
    monkeypatch.setenv("INSTICA_ETSY_LIMITS", "second=10, day=20000")
    assert ShopBudget(etsy, "stock").specs["etsy.second"].rate == 9.5
    shop.control("etsy", "limits", {"second": 150, "day": 10_000})
    connector_for(etsy, "stock").shop()
    assert (rate(etsy, "etsy.second"), rate(etsy, "etsy.day")) == (9.5, 10_000)


@pytest.mark.parametrize("given", ["second", "second=0", "second=-1", "minute=5", "day=1e9", "second=5;day=7"])
def test_a_setting_that_says_nothing_sensible_is_named(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTICA_ETSY_LIMITS", given)
    with pytest.raises(ValueError, match="INSTICA_ETSY_LIMITS takes second=…, day=…, not"):
        limits_of(marketplaces.every()["etsy"])
    monkeypatch.setenv("INSTICA_DISCOGS_LIMITS", "calls=100")
    with pytest.raises(ValueError, match="takes nothing"):
        limits_of(marketplaces.every()["discogs"])
