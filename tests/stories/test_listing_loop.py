"""The write loop against the simulators: crashes at every step, sales at the wrong moment, pieces that follow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from instica.connections import brakes
from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.inventory.models import Item
from instica.kit.errors import RemoteFailure
from instica.listings import calls, standing, stepping
from instica.listings import services as listings
from instica.listings.models import Attempt, Listing
from instica.listings.states import AT_REST
from instica.listings.stepping import Run
from instica.listings.wishes import By
from instica.notices.models import Notice
from instica.orders import services as orders
from instica.work.engines.threads import run_until_idle
from instica.work.lanes import commit
from instica.work.models import Task
from instica.work.urgency import Urgency
from tests.features.listing import FIELDS, MARKETPLACES, all_there, confirmed, item_for, on_sale, pages, worked
from tests.features.selling import HOUR, stock
from tests.shops import Shops

ADA = By()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that can be moved."""
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


def wanted(item: Item, connection: Connection) -> Listing:
    """A person lists it."""
    fields = FIELDS.get(connection.marketplace)
    return listings.list_item(
        item=item, connection=connection, overrides={"fields": fields} if fields else None, by=ADA
    )


def next_of(page: Listing) -> str:
    """What comes next, "" when it is at rest."""
    (row,) = standing.of(Listing.objects.filter(pk=page.pk).select_related("connection"))
    return "" if row.step.next in AT_REST else f"{row.step.next} {row.attempt.step if row.attempt else ''}"


def killed(page: Listing, *, after_the_call: bool) -> str:
    """A worker takes the task, and dies before or after the call; the step it died at, "" when there was none."""
    run = Run(page.pk, "", Urgency.PERSON, 0)
    with commit():
        plan = stepping.prepare(run)
    if plan is None:
        return ""
    if after_the_call:
        connection = plan.row.listing.connection
        try:
            calls.perform(connector_for(connection, "stock"), plan)
        except RemoteFailure as failure:
            return f"{plan.step}: {failure}"
    return plan.step if plan.attempt is None else f"{plan.step} {plan.attempt.step}"


def one_step(page: Listing, clock: time_machine.Traveller) -> None:
    """The loop goes on by one step, whatever it has to wait for."""
    for _ in range(20):
        verdict = stepping.advance(Run(page.pk, "", Urgency.PERSON, 0))
        if type(verdict).__name__ == "Done":
            return
        clock.shift(45)


def dying_at_every_step(page: Listing, clock: time_machine.Traveller, *, after_the_call: bool) -> list[str]:
    """A worker dies once at each step until the page is at rest; the steps."""
    died: list[str] = []
    while step := next_of(page):
        if step not in died:
            died.append(step)
            killed(page, after_the_call=after_the_call)
        one_step(page, clock)
    return died


@pytest.mark.parametrize("after_the_call", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("slug", MARKETPLACES)
def test_killed_at_every_step_of_publish_and_withdraw(
    shop: Shops, clock: time_machine.Traveller, slug: str, after_the_call: bool
) -> None:
    connection = shop(slug, listings=20)
    item = item_for(connection)
    page = wanted(item, connection)
    died = dying_at_every_step(page, clock, after_the_call=after_the_call)
    page.refresh_from_db()
    assert (page.seen, page.problem, len(on_sale(shop, slug))) == ("live", None, 1), died
    assert len(all_there(shop, slug)) == 1
    assert {step.partition(" ")[0] for step in died} <= {"publish", "find"}
    assert not Attempt.objects.exists()

    listings.delist(item=item, connections=[connection], by=ADA)
    assert killed(page, after_the_call=after_the_call) == "withdraw"
    worked(clock)
    page.refresh_from_db()
    assert (page.seen != "live", page.problem, on_sale(shop, slug)) == (True, None, [])
    assert len(all_there(shop, slug)) == 1


@pytest.mark.parametrize("after_the_call", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("slug", MARKETPLACES)
def test_killed_at_every_step_of_putting_it_up_again(
    shop: Shops, clock: time_machine.Traveller, slug: str, after_the_call: bool
) -> None:
    connection = shop(slug, listings=20)
    item = item_for(connection)
    page = wanted(item, connection)
    worked(clock)
    listings.delist(item=item, connections=[connection], by=ADA)
    worked(clock)
    assert on_sale(shop, slug) == []
    wanted(item, connection)
    died = dying_at_every_step(page, clock, after_the_call=after_the_call)
    worked(clock)
    page.refresh_from_db()
    assert died
    assert (page.seen, page.problem, on_sale(shop, slug)) == ("live", None, [page.remote_id]), died


def hear(connection: Connection) -> None:
    """Read the shop's orders."""
    found = connector_for(connection, "stock").orders(now() - HOUR, None)
    orders.take_in(connection=connection, orders=found.rows)


def buy(shop: Shops, slug: str, number: str) -> str:
    return str(shop.control(slug, "buy", {"listing_id": int(number), "quantity": 1})["order_id"])


def test_a_sale_ends_it_everywhere_else_and_the_exposure_is_known(shop: Shops, clock: time_machine.Traveller) -> None:
    shops = [confirmed(shop(slug, listings=20)) for slug in ("discogs", "ebay", "shopify")]
    item = item_for(shops[0])
    link = item_for(shops[1], sku="OTHER")
    link.images.update(item=item)
    for connection in shops:
        wanted(item, connection)
    worked(clock)
    assert [len(on_sale(shop, slug)) for slug in ("discogs", "ebay", "shopify")] == [1, 1, 1]

    buy(shop, "ebay", on_sale(shop, "ebay")[0])
    hear(shops[1])
    waiting = Task.objects.filter(kind="listing.step").values_list("lane", "urgency")
    assert sorted(waiting) == sorted((f"shop:{each.pk}:write", Urgency.END) for each in (shops[0], shops[2]))
    exposed = {page.connection.marketplace: page.exposed_since for page in pages(item)}
    assert [slug for slug, since in exposed.items() if since] == ["discogs", "shopify"]
    clock.shift(2)
    worked(clock)
    assert [on_sale(shop, slug) for slug in ("discogs", "ebay", "shopify")] == [[], [], []]
    assert [(page.seen, page.exposed_since) for page in pages(item)] == [
        ("hidden", None),
        ("sold_out", None),
        ("hidden", None),
    ]
    measured = [page.exposure_ms for page in pages(item)]
    assert measured[1] is None
    assert all(each is not None and 2_000 <= each < 600_000 for each in (measured[0], measured[2]))
    assert stock(item) == (0, 0, "sold")


def test_a_cancelled_order_brings_pages_back_only_when_a_person_says_so(
    shop: Shops, clock: time_machine.Traveller
) -> None:
    shops = [confirmed(shop(slug, listings=20)) for slug in ("discogs", "shopify")]
    item = item_for(shops[0])
    for connection in shops:
        wanted(item, connection)
    worked(clock)
    order = buy(shop, "shopify", on_sale(shop, "shopify")[0])
    hear(shops[1])
    worked(clock)
    shop.control("shopify", "cancel", {"order_id": order, "reason": "CUSTOMER"})
    clock.shift(5)
    hear(shops[1])
    worked(clock)
    item.refresh_from_db()
    assert item.quantity == 1
    assert on_sale(shop, "discogs") == []
    assert len(on_sale(shop, "shopify")) == 1, "that marketplace puts cancelled pieces back by itself"
    assert [(page.waits, page.seen) for page in pages(item)] == [(True, "hidden"), (False, "live")]
    notice = Notice.objects.get(key__startswith="relist:", read=None)
    assert notice.link == f"/inventory/{item.public_id}/"
    assert "It is off sale on Discogs, and" in notice.body
    wanted(item, shops[0])
    worked(clock)
    assert len(on_sale(shop, "discogs")) == len(all_there(shop, "discogs")) == 1


def test_single_pieces_follow_one_another_while_stock_remains(shop: Shops, clock: time_machine.Traveller) -> None:
    discogs, shopify = confirmed(shop("discogs", listings=20)), confirmed(shop("shopify", listings=20))
    item = item_for(discogs, quantity=2)
    wanted(item, discogs)
    wanted(item, shopify)
    worked(clock)
    (first,) = on_sale(shop, "discogs")
    (page,) = on_sale(shop, "shopify")
    assert shop.control("shopify", "listings")["listings"][-1]["quantity"] == 2
    buy(shop, "discogs", first)
    hear(discogs)
    worked(clock)
    (second,) = on_sale(shop, "discogs")
    assert second != first
    rows = {str(row["listing_id"]): row for row in shop.control("shopify", "listings")["listings"]}
    assert rows[page]["quantity"] == 1
    buy(shop, "discogs", second)
    hear(discogs)
    worked(clock)
    assert (on_sale(shop, "discogs"), on_sale(shop, "shopify")) == ([], [])
    assert [each.wanted for each in pages(item) if each.connection == discogs] == ["ended", "live"]
    assert stock(item) == (0, 0, "sold")


@pytest.mark.parametrize("slug", MARKETPLACES)
def test_sold_elsewhere_while_it_is_being_put_up(shop: Shops, clock: time_machine.Traveller, slug: str) -> None:
    connection = confirmed(shop(slug, listings=20))
    item = item_for(connection)
    page = wanted(item, connection)
    step = killed(page, after_the_call=True)
    assert step == "publish "
    listings.stock_changed([item.pk], reason="sale")
    Item.objects.filter(pk=item.pk).update(quantity=0)
    with commit():
        listings.stock_changed([item.pk], reason="sale", cause="Sold in order 1")
    assert Listing.objects.get(pk=page.pk).exposed_since is not None
    clock.shift(120)
    worked(clock)
    page.refresh_from_db()
    assert on_sale(shop, slug) == []
    assert (page.seen != "live", page.exposed_since, page.exposure_ms is None) == (True, None, False)
    assert len(all_there(shop, slug)) <= 1


def test_many_pages_are_lowered_in_one_call(shop: Shops, clock: time_machine.Traveller) -> None:
    connection = confirmed(shop("shopify", listings=20))
    items = [item_for(connection, quantity=3, sku=f"MANY-{number}") for number in range(3)]
    for item in items:
        wanted(item, connection)
    worked(clock)
    before = len(calls_of(shop, "inventorySetQuantities"))
    Item.objects.filter(pk__in=[item.pk for item in items]).update(quantity=2)
    with commit():
        listings.stock_changed([item.pk for item in items], reason="sale", cause="order 1 was sold")
    assert set(Task.objects.values_list("kind", "urgency")) == {("offer.level", Urgency.END)}
    worked(clock)
    rows = shop.control("shopify", "listings")["listings"]
    assert [row["quantity"] for row in rows if row["sku"].startswith("MANY-")] == [2, 2, 2]
    assert len(calls_of(shop, "inventorySetQuantities")) == before + 1
    assert [page.exposed_since for item in items for page in pages(item)] == [None] * 3


def calls_of(shop: Shops, name: str) -> list[str]:
    """The calls of that name Shopify was sent."""
    rows = shop.control("shopify", "requests")["requests"]
    return [str(row["call"]) for row in rows if str(row["call"]).endswith(f"#{name}")]


def test_what_a_brake_holds_goes_on_when_it_is_released(shop: Shops, clock: time_machine.Traveller) -> None:
    """A paused shop takes what a sale forces and what a person does; everything stopped takes nothing."""
    connection = confirmed(shop("shopify", listings=20))
    item, other = item_for(connection, quantity=3), item_for(connection, quantity=1, sku="OTHER")
    wanted(item, connection)
    worked(clock)
    brakes.pause(connection=connection)
    Item.objects.filter(pk=item.pk).update(quantity=5)
    with commit():
        listings.stock_changed([item.pk])
    worked(clock)
    (page,) = pages(item)
    assert (page.held, quantity(shop)) == (brakes.PAUSED, 3)
    wanted(other, connection)
    worked(clock)
    assert len(on_sale(shop, "shopify", "OTHER")) == 1
    brakes.stop(organization=connection.organization, by=None)
    Item.objects.filter(pk=item.pk).update(quantity=0)
    with commit():
        listings.stock_changed([item.pk], reason="sale")
    worked(clock)
    page.refresh_from_db()
    assert (page.held, page.exposed_since is None, quantity(shop)) == (brakes.STOPPED, False, 3)
    brakes.release(organization=connection.organization)
    worked(clock)
    page.refresh_from_db()
    assert (page.held, page.exposed_since, on_sale(shop, "shopify")) == ("", None, [])


def quantity(shop: Shops) -> int:
    """What Shopify shows of it."""
    return next(row["quantity"] for row in shop.control("shopify", "listings")["listings"] if row["sku"] == "NEW-1")


def test_an_end_they_refuse_is_tried_until_it_is_confirmed(shop: Shops, clock: time_machine.Traveller) -> None:
    connection = confirmed(shop("discogs", listings=20))
    item = item_for(connection)
    page = wanted(item, connection)
    worked(clock)
    shop.control("discogs", "faults", [{"match": "POST /marketplace/listings/*", "times": 2, "do": "status:422"}])
    Item.objects.filter(pk=item.pk).update(quantity=0)
    with commit():
        listings.stock_changed([item.pk], reason="sale")
    for _ in range(20):
        run_until_idle()
        page.refresh_from_db()
        if page.problem:
            break
        clock.shift(10)
    assert (page.problem or {})["step"] == "withdraw"
    assert page.exposed_since is not None
    assert Notice.objects.get(key=f"listing:{page.pk}").tone == "danger"
    worked(clock, rounds=100)
    page.refresh_from_db()
    assert (page.problem, page.exposed_since, on_sale(shop, "discogs")) == (None, None, [])
    assert page.exposure_ms
    assert page.exposure_ms > 5 * 60_000
