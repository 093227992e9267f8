"""Orders are read by a walk that survives being killed, beside an inbox that stores first."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test import Client

from instica.connections.forgetting import disconnect
from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.inventory.models import Move
from instica.kit.contract import LimitSpec
from instica.kit.types import Attempt, RemoteOrder, RemoteOrderLine, Shipment
from instica.notices.models import Notice
from instica.orders import services as orders
from instica.orders.models import Line, Order
from instica.sync import pace, queries, services
from instica.sync.models import Cursor, Event
from instica.sync.tasks import POLL_ATTEMPTS
from instica.work.engines.threads import run_until_idle
from instica.work.models import Schedule, Task
from tests.features import pretend as pretending
from tests.features.pretend import MANIFEST, PretendConnector, order, signature
from tests.features.selling import lines, offered, stock
from tests.shops import Shops


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def test_the_first_walk_begins_before_connecting(pretend: Connection) -> None:
    services.start(connection=pretend)
    cursor = Cursor.objects.get()
    assert cursor.since == pretend.connected_at - minutes(15)
    assert queries.poll_intervals([pretend]) == {pretend.uid: 30}
    run_until_idle()
    cursor.refresh_from_db()
    assert (cursor.since, cursor.position) == (pretend.connected_at - minutes(15), "")
    assert cursor.finished is not None
    pretend.refresh_from_db()
    assert pretend.last_synced_at is not None


def test_starting_again_keeps_the_cursor(pretend: Connection) -> None:
    services.start(connection=pretend)
    long_ago = now() - dt.timedelta(days=3)
    Cursor.objects.update(since=long_ago)
    Connection.objects.update(connected_at=now())
    services.start(connection=Connection.objects.get())
    assert Cursor.objects.get().since == long_ago, "no sale in between is lost"


def test_a_walk_goes_page_by_page(pretend: Connection) -> None:
    services.start(connection=pretend)
    there = pretending.THERE
    there.page_size = 2
    there.orders = [order(str(number), f"L{number}", at=now() - minutes(number)) for number in range(5)]
    run_until_idle()
    assert Order.objects.count() == 5
    assert Cursor.objects.values_list("since", "position").get() == (there.orders[0].updated_at, "")


def test_a_walk_that_was_killed_goes_on(pretend: Connection) -> None:
    services.start(connection=pretend)
    there = pretending.THERE
    there.page_size = 2
    there.orders = [order(str(number), f"L{number}", at=now() - minutes(number)) for number in range(5)]
    since = Cursor.objects.get().since
    assert services.poll(connection=pretend, connector=connector_for(pretend, "stock")) is True
    assert Cursor.objects.values_list("since", "position").get() == (since, "2"), "since moves at the end only"
    assert Order.objects.count() == 2
    run_until_idle()
    assert (Order.objects.count(), Cursor.objects.get().since) == (5, there.orders[0].updated_at)


def test_orders_and_cursor_move_together_or_not_at_all(pretend: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    services.start(connection=pretend)
    pretending.THERE.orders = [order()]
    before = Cursor.objects.values().get()
    with monkeypatch.context() as patch:
        patch.setattr(Cursor, "save", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.poll(connection=pretend, connector=connector_for(pretend, "stock"))
    assert (Order.objects.count(), Cursor.objects.values().get()) == (0, before)


def test_a_late_page_does_not_move_the_cursor_back(pretend: Connection) -> None:
    services.start(connection=pretend)
    there = pretending.THERE
    there.page_size = 1
    there.orders = [order("1", "L1", at=now() - minutes(1)), order("2", "L2", at=now())]
    ahead = now() + minutes(1)

    def somebody_else() -> None:
        Cursor.objects.update(since=ahead, position="")

    there.meanwhile = somebody_else
    services.poll(connection=pretend, connector=connector_for(pretend, "stock"))
    assert Order.objects.get().remote_id == "1", "what was read is kept"
    assert Cursor.objects.values_list("since", "position", "high").get() == (ahead, "", None)


@pytest.mark.django_db(transaction=True)
def test_two_polls_at_once_make_one_order_and_one_move(pretend: Connection) -> None:
    offers = [offered(pretend, f"L{number}") for number in range(4)]
    services.start(connection=pretend)
    both = tuple(RemoteOrderLine(f"L{number}", f"L{number}") for number in range(4))
    pretending.THERE.orders = [order("1", lines=both), order("2", lines=both[::-1])]
    gate, wrong = threading.Barrier(4), []

    def poll() -> None:
        try:
            connector = connector_for(Connection.objects.get(), "stock")
            gate.wait()
            services.poll(connection=pretend, connector=connector)
        except Exception as error:
            wrong.append(repr(error))
        finally:
            database.close()

    threads = [threading.Thread(target=poll) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert Order.objects.count() == 2
    assert Move.objects.filter(cause="sale").count() == 4
    assert [stock(offer.item)[0] for offer in offers] == [0, 0, 0, 0]
    assert sorted(Line.objects.values_list("allocated", flat=True)) == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_refusal_is_told_and_asked_again_next_round(shop: Shops) -> None:
    one = shop("discogs", listings=0)
    services.start(connection=one)
    shop.control("discogs", "faults", [{"match": "GET /marketplace/orders*", "times": 1, "do": "status:403"}])
    run_until_idle()
    assert Notice.objects.values_list("title", "tone").get() == (
        "The orders of greenstreet_records cannot be read",
        "danger",
    )
    assert Task.objects.filter(state="dead").count() == 0
    Schedule.objects.filter(kind="orders.poll").update(next_at=now())
    run_until_idle()
    one.refresh_from_db()
    assert one.last_synced_at is not None


def test_a_sale_at_discogs(shop: Shops) -> None:
    one = shop("discogs", listings=3)
    services.start(connection=one)
    first = shop.control("discogs", "listings")["listings"][0]
    offer = offered(one, str(first["listing_id"]))
    bought = shop.control("discogs", "buy", {"listing_id": first["listing_id"], "quantity": 1})
    run_until_idle()
    assert lines() == [(bought["order_id"], 1, 1, "moved")]
    assert stock(offer.item) == (0, 0, "sold")
    shop.control("discogs", "cancel", {"order_id": bought["order_id"], "reason": "buyer"})
    Schedule.objects.filter(kind="orders.poll").update(next_at=now())
    run_until_idle()
    assert lines() == [(bought["order_id"], 1, 0, "given_back")]
    assert stock(offer.item) == (1, 1, "ready-to-sell")


@pytest.mark.parametrize("write", ["ship", "cancel"])
def test_our_own_writes_come_back_and_change_nothing(shop: Shops, write: str) -> None:
    one = shop("discogs", listings=3)
    services.start(connection=one)
    first = shop.control("discogs", "listings")["listings"][0]
    offer = offered(one, str(first["listing_id"]))
    number = shop.control("discogs", "buy", {"listing_id": first["listing_id"], "quantity": 1})["order_id"]
    run_until_idle()
    changed = (Order, Line, Move, Notice)
    with time_machine.travel(now(), tick=True) as clock:
        clock.shift(minutes(2))
        there = connector_for(one, "stock")
        if write == "ship":
            wrote = there.ship(number, Shipment("1Z999", "UPS"), Attempt("ship-1", "ship", now()))
        else:
            wrote = there.cancel(number, there.order(number).choices[0])
        orders.take_in(connection=one, orders=[wrote])
        kept = [list(model.objects.order_by("pk").values()) for model in changed]
        for _ in range(2):
            clock.shift(minutes(20))
            assert run_until_idle()
    assert stock(offer.item) == {"ship": (0, 0, "sold"), "cancel": (1, 1, "ready-to-sell")}[write]
    assert [list(model.objects.order_by("pk").values()) for model in changed] == kept


def test_a_merge_at_discogs(shop: Shops) -> None:
    one = shop("discogs", listings=4)
    services.start(connection=one)
    numbers = [row["listing_id"] for row in shop.control("discogs", "listings")["listings"] if row["quantity"]][:2]
    offers = [offered(one, str(number)) for number in numbers]
    parts = [shop.control("discogs", "buy", {"listing_id": number, "quantity": 1})["order_id"] for number in numbers]
    run_until_idle()
    shop.control("discogs", "merge", {"order_ids": parts})
    Schedule.objects.filter(kind="orders.poll").update(next_at=now())
    run_until_idle()
    assert [stock(offer.item)[0] for offer in offers] == [0, 0]
    assert [line[2:] for line in lines() if line[0] not in parts] == [(1, "moved"), (1, "moved")]
    assert not Notice.objects.filter(read=None).exists()


def test_a_day_of_trouble_at_discogs(shop: Shops) -> None:
    one = shop("discogs", listings=3)
    services.start(connection=one)
    first = shop.control("discogs", "listings")["listings"][0]
    offer = offered(one, str(first["listing_id"]))
    shop.control("discogs", "buy", {"listing_id": first["listing_id"], "quantity": 1})
    faults = [
        {"match": "GET /marketplace/orders*", "times": 2, "do": "status:500"},
        {"match": "GET /marketplace/orders*", "times": 1, "do": "html:502"},
        {"match": "GET /marketplace/orders*", "times": 3, "do": "drop"},
        {"match": "GET /marketplace/orders*", "times": 1, "do": "status:429"},
    ]
    shop.control("discogs", "faults", faults)
    with time_machine.travel(now(), tick=True) as clock:
        for _ in range(40):
            run_until_idle()
            clock.shift(minutes(2))
    assert shop.control("discogs", "faults")["faults"] == []
    assert stock(offer.item) == (0, 0, "sold")
    assert Task.objects.filter(state="dead").count() == 0
    assert Move.objects.filter(cause="sale").count() == 1


@pytest.mark.parametrize(("shops", "seconds"), [(1, 60), (12, 60), (13, 63), (100, 480), (10_000, 900)])
def test_polls_share_the_limit(shops: int, seconds: int) -> None:
    limit = LimitSpec("x", rate=50, per=60, burst=5, scope="egress")
    manifest = type(MANIFEST)("x", "X", "https://x.example", "oauth", limits=(limit,), poll_seconds=(60, 900))
    assert pace.poll_seconds(manifest, shops) == seconds


def test_limits_that_polls_do_not_draw_on_do_not_slow_them() -> None:
    narrow = LimitSpec("y", rate=5, per=86_400, burst=5, scope="app", polls=False)
    wide = LimitSpec("x", rate=50, per=60, burst=5, scope="app")
    manifest = type(MANIFEST)("x", "X", "https://x.example", "oauth", limits=(narrow, wide), poll_seconds=(60, 900))
    assert pace.poll_seconds(manifest, 13) == 63


def deliver(body: object, sign: bool = True, slug: str = "pretend") -> Any:
    raw = json.dumps(body).encode()
    headers = {"X-Signature": signature(raw) if sign else "forged"}
    return Client().post(f"/webhooks/{slug}/", raw, content_type="application/json", headers=headers)


def event(**changes: str) -> dict[str, str]:
    return {"account": "7", "topic": "order", "object_id": "1", "event_id": "e1"} | changes


def test_an_event_is_stored_and_makes_us_look(pretend: Connection) -> None:
    offer = offered(pretend)
    services.start(connection=pretend)
    run_until_idle()
    pretending.THERE.orders = [order()]
    answer = deliver([event()])
    assert (answer.status_code, answer.content) == (200, b"Stored")
    stored = Event.objects.get()
    assert (stored.connection, stored.topic, stored.handled) == (pretend, "order", None)
    run_until_idle()
    stored.refresh_from_db()
    assert stored.handled is not None
    assert stock(offer.item) == (0, 0, "sold")


def noting(asked: list[str], name: str, verb: Any) -> Any:
    """The same verb, written down."""

    def call(*given: Any) -> Any:
        asked.append(f"order {given[1]}" if name == "order" else name)
        return verb(*given)

    return call


def heard(shop: Connection, patch: pytest.MonkeyPatch, number: str, *orders: RemoteOrder) -> list[str]:
    """What the shop, which has those orders by now, is asked when a webhook tells of the one of that number."""
    services.start(connection=shop)
    run_until_idle()
    pretending.THERE.orders = list(orders)
    asked: list[str] = []
    for name in ("order", "orders"):
        patch.setattr(PretendConnector, name, noting(asked, name, getattr(PretendConnector, name)))
    deliver([event(about="order", object_id=number)])
    run_until_idle()
    return asked


def test_an_order_that_is_told_of_is_read_for_itself(pretend: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = offered(pretend)
    asked = heard(pretend, monkeypatch, "1", order(), order("2", "L9"))
    assert asked == ["order 1"]
    assert (list(Order.objects.values_list("remote_id", flat=True)), stock(offer.item)[:2]) == (["1"], (0, 0))


def test_one_that_is_not_found_so_is_looked_for_by_a_round(
    pretend: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert heard(pretend, monkeypatch, "1", order("2", "L9")) == ["order 1", "orders"]
    assert list(Order.objects.values_list("remote_id", flat=True)) == ["2"]


def test_one_of_a_shop_that_was_disconnected_meanwhile_is_not_taken_in(pretend: Connection) -> None:
    disconnect(connection=pretend)
    services.take_one(connection=pretend, order=order())
    assert not Order.objects.exists()


def test_a_flood_of_webhooks_writes_once_a_second_that_the_shop_is_heard(
    pretend: Connection,
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        deliver([event(event_id="a")])
        first = Connection.objects.values_list("heard_at", flat=True).get()
        clock.shift(0.9)
        deliver([event(event_id="b")])
        assert Connection.objects.values_list("heard_at", flat=True).get() == first
        clock.shift(0.2)
        deliver([event(event_id="c")])
        assert Connection.objects.values_list("heard_at", flat=True).get() == now()
        Connection.objects.update(silent_since=now())
        deliver([event(event_id="d")])
        assert Connection.objects.values_list("silent_since", flat=True).get() is None


def test_an_event_counts_once(pretend: Connection) -> None:
    for _ in range(20):
        assert deliver([event()]).status_code == 200
    assert Event.objects.count() == 1
    assert Task.objects.filter(kind="sync.event").count() == 1


def test_events_without_an_id_are_all_kept(pretend: Connection) -> None:
    deliver([event(event_id=""), event(event_id="")])
    assert Event.objects.count() == 2


def test_a_forged_event(pretend: Connection) -> None:
    answer = deliver([event()], sign=False)
    assert (answer.status_code, Event.objects.count(), Task.objects.count()) == (401, 0, 0)


def test_an_event_whose_proof_cannot_be_had(pretend: Connection) -> None:
    pretending.THERE.down = True
    answer = deliver([event()])
    assert (answer.status_code, answer["Retry-After"], Event.objects.count()) == (503, "60", 0)


def test_an_event_of_nobody(pretend: Connection) -> None:
    assert deliver([event(account="8")]).status_code == 200
    assert Event.objects.get().connection is None
    run_until_idle()
    assert Event.objects.get().handled is not None


@pytest.mark.parametrize("slug", ["discogs", "redbubble", "nowhere"])
def test_no_webhooks_there(db: None, slug: str) -> None:
    assert deliver([event()], slug=slug).status_code == 404
    assert Client().get(f"/webhooks/{slug}/").status_code == 404
    assert Event.objects.count() == 0


def test_other_methods(pretend: Connection) -> None:
    assert Client().put("/webhooks/pretend/").status_code == 405
    assert Client().get("/webhooks/pretend/").status_code == 405


def test_events_go_after_thirty_days(pretend: Connection) -> None:
    deliver([event(), event(event_id="e2")])
    Event.objects.filter(event_id="e1").update(received=now() - dt.timedelta(days=30, seconds=1))
    assert services.purge() == 1
    assert Event.objects.get().event_id == "e2"


def test_a_poll_under_way_leaves_a_disconnected_shop_alone(pretend: Connection) -> None:
    services.start(connection=pretend)
    there = pretending.THERE
    there.orders = [order()]
    there.meanwhile = lambda: disconnect(connection=Connection.objects.get())
    assert services.poll(connection=pretend, connector=connector_for(pretend, "stock")) is False
    assert (Schedule.objects.filter(key=str(pretend.uid)).count(), Order.objects.count()) == (0, 0)


def test_a_start_that_comes_late_makes_no_timetable(pretend: Connection) -> None:
    late = Connection.objects.get()
    disconnect(connection=pretend)
    services.start(connection=late)
    assert (Schedule.objects.filter(key=str(pretend.uid)).count(), Cursor.objects.count()) == (0, 0)


def test_a_refusal_of_a_disconnected_shop_is_nobodys_concern(pretend: Connection) -> None:
    late = Connection.objects.get()
    disconnect(connection=pretend)
    services.refused(connection=late, why="This shop is disconnected")
    assert Notice.objects.count() == 0


def test_orders_that_fail_again_and_again_reach_the_owner(pretend: Connection) -> None:
    services.start(connection=pretend)

    def broken() -> None:
        raise RuntimeError("secret inside")

    pretending.THERE.meanwhile = broken
    with time_machine.travel(now(), tick=True) as clock:
        for _ in range(2 * POLL_ATTEMPTS):
            run_until_idle()
            clock.shift(minutes(16))
        assert list(Notice.objects.values_list("title", "body")) == [
            (
                "The orders of pretender cannot be read",
                "Pretend says: it fails again and again. Sales there are not seen meanwhile.",
            )
        ]
        assert Task.objects.filter(state="dead").count() == 1
        pretending.THERE.meanwhile = lambda: None
        clock.shift(minutes(60))
        run_until_idle()
    assert Notice.objects.filter(read=None).count() == 0, "they are read again"


def test_an_order_from_the_future_hides_no_later_one(pretend: Connection) -> None:
    services.start(connection=pretend)
    pretending.THERE.orders = [order(at=now() + dt.timedelta(days=3650))]
    services.poll(connection=pretend, connector=connector_for(pretend, "stock"))
    assert Order.objects.count() == 1
    assert Cursor.objects.get().since <= now()
