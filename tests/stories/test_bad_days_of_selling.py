"""What can go wrong between a sale and its end everywhere: in the end it is as if nothing had, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.test import Client

from instica.connections.models import Connection
from instica.inventory.models import Item, Move
from instica.listings.models import Exposure
from instica.notices.models import Notice
from instica.orders.models import Line, Order
from instica.sync.models import Event
from instica.work import setback
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests.features.connecting import connect
from tests.features.listing import pages
from tests.features.selling import lines, stock
from tests.stories.street import SLUGS, TELLING, Street

ALWAYS = 1_000_000
HOUR, DAY = 3_600, 86_400
NEIGHBOUR = {"ebay": "etsy", "etsy": "shopify", "shopify": "ebay"}


def fail(street: Street, slug: str, do: str, match: str = "*") -> None:
    """From now on everything of the kind goes wrong there."""
    street.shop.control(slug, "faults", [{"match": match, "times": ALWAYS, "do": do}])


def mend(street: Street, slug: str) -> None:
    """All is well there again."""
    street.shop.control(slug, "faults", [])


def wait(street: Street, seconds: float, rounds: int) -> None:
    """Time passes, we do what we can in it, and engines look whether the clock was set back, as they do each minute."""
    for _ in range(rounds):
        setback.mend()
        run_until_idle()
        street.clock.shift(seconds / rounds)
    run_until_idle()


def exposure(street: Street) -> dict[str, Any]:
    """What a seller reads on the page Sync."""
    found: dict[str, Any] = street.get("sync/")["exposure"]
    return found


def test_another_marketplace_is_down_for_an_hour(street: Street) -> None:
    """The others end at once; there a second buyer comes, which is told as sold twice, within what was measured."""
    street.open(*SLUGS)
    item = street.item()
    street.put_up(item, *SLUGS)
    fail(street, "etsy", "status:503")
    fail(street, "etsy", "webhook:drop")
    first = street.buy("shopify")
    street.delivered()
    wait(street, 60, rounds=6)
    assert street.on_sale() == {"etsy": 1}
    seen = exposure(street)
    assert (seen["count"], seen["open"], seen["oldest"] is None) == (2, 1, False)
    second = street.buy("etsy")
    wait(street, HOUR, rounds=6)
    assert exposure(street)["open"] == 1
    assert Task.objects.filter(state=Task.State.DEAD).count() == 0
    mend(street, "etsy")
    street.work()
    street.poll("etsy")
    street.work()
    assert street.on_sale() == {}
    assert lines() == sorted([(first, 1, 1, "moved"), (second, 1, 0, "moved")])
    assert stock(item) == (0, 0, "sold")
    measured = Exposure.objects.get(connection=street.at["etsy"])
    sold = Order.objects.get(remote_id=second).sold_at
    assert measured.milliseconds > HOUR * 1_000
    assert measured.since <= sold <= measured.since + dt.timedelta(milliseconds=measured.milliseconds)
    assert exposure(street) == seen | exposure(street) | {"count": 3, "open": 0, "oldest": None}
    assert Notice.objects.filter(key__startswith="oversold:").count() == 1


def subscriptions(street: Street) -> list[str]:
    """What eBay and Shopify tell us of, as they know it."""
    ebay, shopify = (street.sandbox.simulations[slug].site for slug in ("ebay", "shopify"))  # type: ignore[attr-defined]
    told = [each.topic for each in ebay.post.subscriptions.values()]
    return sorted(told + [each.topic for each in shopify.hooks.subscriptions.values()])


def test_every_webhook_is_dropped(street: Street) -> None:
    """All orders arrive by asking; that nothing is heard is noticed, and subscriptions that were lost are made anew."""
    street.open(*SLUGS)
    before = subscriptions(street)
    items = {slug: street.item(sku=f"NEW-{slug}") for slug in TELLING}
    for slug in TELLING:
        fail(street, slug, "webhook:drop")
    for slug, item in items.items():
        street.put_up(item, slug, NEIGHBOUR[slug])
    street.clock.shift(HOUR)
    street.poll()
    heard = Event.objects.count()
    for slug in ("ebay", "shopify"):
        site: Any = street.sandbox.simulations[slug].site  # type: ignore[attr-defined]
        (site.post if slug == "ebay" else site.hooks).subscriptions.clear()
    sold = {slug: street.buy(slug, number(street, slug, item)) for slug, item in items.items()}
    street.clock.shift(max(shop["poll_seconds"] for shop in street.get("sync/")["shops"]))
    street.work()
    assert Event.objects.exclude(topic="listing.changed").count() == Event.objects.count() == heard
    assert lines() == sorted((order, 1, 1, "moved") for order in sold.values())
    for item in items.values():
        assert (street.on_sale(item.sku), stock(item)) == ({}, (0, 0, "sold"))
    silent = {shop["platform"]: shop["webhooks_silent_since"] is not None for shop in street.get("sync/")["shops"]}
    assert silent == {"discogs": False, "ebay": True, "etsy": False, "shopify": True}
    assert subscriptions(street) == before

    for slug in TELLING:
        mend(street, slug)
    more = street.item(sku="NEW-5")
    street.put_up(more, "shopify", "ebay")
    street.delivered()
    street.work()
    silent = {shop["platform"]: shop["webhooks_silent_since"] for shop in street.get("sync/")["shops"]}
    assert silent["shopify"] is None
    assert Event.objects.filter(connection=street.at["shopify"]).count() > 0


def number(street: Street, slug: str, item: Item) -> str:
    """The item's page there."""
    return next(page.remote_id for page in pages(item) if page.connection.marketplace == slug)


def likeness() -> list[Any]:
    """All that sales and cancellations leave."""
    found: list[Any] = [list(Move.objects.order_by("at").values_list("item", "cause", "delta"))]
    found.append(list(Item.objects.order_by("uid").values_list("sku", "quantity", "status")))
    found.append(list(Line.objects.order_by("uid").values()))
    found.append(list(Order.objects.order_by("uid").values_list("remote_id", "state", "fingerprint")))
    return found


def test_every_webhook_comes_three_times_in_any_order(street: Street) -> None:
    """By the real door: four sales and a cancellation, their news thrice and mixed; then all of it once more."""
    street.open(*TELLING)
    items = {slug: street.item(sku=f"NEW-{slug}") for slug in (*TELLING, "back")}
    for slug, item in items.items():
        street.put_up(item, *(("shopify", "ebay") if slug == "back" else (slug, NEIGHBOUR[slug])))
    street.delivered()
    street.work()
    street.keep_mail()
    dice = random.Random(4)
    sold = {slug: street.buy(slug, number(street, slug, items[slug])) for slug in TELLING}
    again = street.buy("shopify", number(street, "shopify", items["back"]))
    street.shop.control("shopify", "cancel", {"order_id": again, "reason": "CUSTOMER"})
    begun = dict(street.brought)
    letters = street.bring(dice, times=3)
    assert (set(letters), letters[200] >= 15) == ({200}, True)
    street.work()
    street.bring(dice, times=3)
    street.work()
    wanted = [(order, 1, 1, "moved") for order in sold.values()]
    assert lines() == sorted([*wanted, (again, 1, 0, "given_back")])
    for slug in TELLING:
        assert (street.on_sale(f"NEW-{slug}"), stock(items[slug])) == ({}, (0, 0, "sold"))
    assert stock(items["back"])[:2] == (1, 1)
    left = likeness()
    street.brought = begun
    assert street.bring(dice, times=3)[200] >= 15, "Etsy's are too old by now and refused, the others come again"
    street.clock.shift(HOUR)
    street.work()
    assert likeness() == left
    assert not Notice.objects.filter(key__startswith="oversold:").exists()


def test_a_sign_in_is_dead_for_a_day(street: Street, client: Client) -> None:
    """Meanwhile a piece is sold there and another here: when the owner is back, both are counted and ended."""
    street.open("discogs", "shopify")
    here, there = street.item(sku="NEW-1"), street.item(sku="NEW-2")
    for item in (here, there):
        street.put_up(item, "discogs", "shopify")
    street.shop.control("discogs", "revoke", {})
    away = street.buy("discogs", number(street, "discogs", there))
    sold = street.buy("shopify", number(street, "shopify", here))
    street.delivered()
    wait(street, DAY, rounds=12)
    assert lines() == [(sold, 1, 1, "moved")]
    assert (street.on_sale("NEW-1"), street.on_sale("NEW-2")) == ({"discogs": 1}, {"shopify": 1})
    assert Connection.objects.get(marketplace="discogs").state == "expired"
    assert Notice.objects.filter(key__startswith="reconnect:").count() == 1
    assert Task.objects.filter(state=Task.State.DEAD).count() == 0
    client.force_login(street.shop.person)
    answer = connect(client, f"?reconnect={street.at['discogs'].public_id}")
    assert answer.status_code == 302
    street.work()
    assert lines() == sorted([(sold, 1, 1, "moved"), (away, 1, 1, "moved")])
    assert (street.on_sale("NEW-1"), street.on_sale("NEW-2")) == ({}, {})
    assert [stock(item) for item in (here, there)] == [(0, 0, "sold")] * 2
    assert not Notice.objects.filter(key__startswith="oversold:").exists()


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])
def test_the_clock_jumps(street: Street, jump: int) -> None:
    """Ours, not theirs: for an hour, and back again. A sale before, within and after ends everywhere soon."""
    street.open("discogs", "shopify")
    items = [street.item(sku=f"NEW-{name}") for name in range(3)]
    for item in items:
        street.put_up(item, "discogs", "shopify")
    for slug in street.at:
        fail(street, slug, "webhook:drop")
    for item, seconds in zip(items, (0, jump, -jump), strict=True):
        street.clock.shift(seconds)
        for slug in street.at:
            street.sandbox.simulations[slug].clock.advance(-seconds)
        street.buy("shopify", number(street, "shopify", item))
        wait(street, 1_800, rounds=6)
        assert (street.on_sale(item.sku), stock(item)) == ({}, (0, 0, "sold")), seconds
    assert Line.objects.filter(allocated=1).count() == Move.objects.filter(cause="sale").count() == 3
