"""Shipping and cancelling: asked once, done once, whatever happens between the wish and the answer."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection as database

from instica.connections import brakes
from instica.connections.models import Activity, Connection
from instica.core.clock import now
from instica.core.errors import Conflict, Invalid
from instica.kit.errors import Complaint, Refused, TryLater, Unsure
from instica.kit.types import RemoteOrderLine
from instica.listings.models import Listing
from instica.notices.models import Notice
from instica.orders import carrying, errands, privacy, services
from instica.orders.errands import Asker, Parcel
from instica.orders.models import Errand, Line, Order
from instica.work import lanes
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from instica.work.queue import enqueue
from tests.features import pretend as pretending
from tests.features.pretend import order
from tests.features.selling import lines, offered, stock, stocked

ADA = Asker(None, "req-1")
PARCEL = Parcel("1Z 999", "fast")


def arrived(connection: Connection, *numbers: str, **changes: Any) -> Order:
    """Orders of known things, there and here; the first of them."""
    for number in numbers or ("1",):
        if not Listing.objects.filter(remote_id=f"L{number}").exists():
            offered(connection, f"L{number}")
    changes = {"choices": ("Buyer asked", "Out of stock"), "url": "https://pretend.example/1"} | changes
    pretending.THERE.orders = [order(number, f"L{number}", **changes) for number in numbers or ("1",)]
    services.take_in(connection=connection, orders=pretending.THERE.orders)
    return Order.objects.select_related("connection").get(remote_id=(numbers or ("1",))[0])


def told() -> list[tuple[str, ...]]:
    return pretending.THERE.told


def state(errand: Errand) -> tuple[str, str]:
    errand.refresh_from_db()
    return errand.state, errand.trouble


def test_shipping(pretend: Connection) -> None:
    sold = arrived(pretend)
    errand = errands.ship(order=sold, parcel=PARCEL, asker=Asker(pretend.connected_by, "req-1"))
    task = Task.objects.get(kind="order.errand")
    assert (task.lane, task.urgency, state(errand)) == (f"shop:{pretend.uid}:write", 3, ("waiting", ""))
    assert told() == []
    run_until_idle()
    assert told() == [("ship", "1", "1Z 999", "fast", "")]
    assert state(errand) == ("done", "")
    assert errand.sent_at
    assert errand.settled_at
    sold.refresh_from_db()
    assert (sold.state, sold.status, sold.tracking_number) == ("shipped", "shipped", "1Z 999")
    log = Activity.objects.get()
    assert (log.action, log.subject, log.outcome, log.request_id) == ("ship", sold.public_id, "done", "req-1")
    assert (log.connection, log.actor, log.cause) == (pretend, pretend.connected_by, "somebody asked to ship it")
    assert log.before == {"status": "awaiting_shipment"}
    assert log.after == {"status": "shipped", "carrier": "fast", "tracking_number": "… 999"}


def test_the_same_parcel_twice_is_told_once(pretend: Connection) -> None:
    sold = arrived(pretend)
    first = errands.ship(order=sold, parcel=PARCEL, asker=ADA)
    assert errands.ship(order=sold, parcel=Parcel("1Z  999 ", "slow"), asker=ADA) == first
    run_until_idle()
    assert errands.ship(order=sold, parcel=PARCEL, asker=ADA) == first
    enqueue("order.errand", str(first.uid), lane=f"shop:{pretend.uid}:write")
    run_until_idle()
    assert (len(told()), Errand.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_many_ask_at_once(pretend: Connection) -> None:
    sold = arrived(pretend)
    found: list[Any] = []

    def ask() -> None:
        found.append(errands.ship(order=sold, parcel=PARCEL, asker=ADA).pk)
        database.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(found), len(set(found)), Errand.objects.count()) == (8, 1, 1)
    run_until_idle()
    assert told() == [("ship", "1", "1Z 999", "fast", "")]


def test_killed_between_the_attempt_and_the_call(pretend: Connection) -> None:
    """The attempt is stored: whoever comes next waits, looks, finds nothing, and calls once."""
    errand = errands.ship(order=arrived(pretend), parcel=PARCEL, asker=ADA)
    Errand.objects.update(state="sent", sent_at=now())
    run_until_idle()
    assert (told(), state(errand)[0]) == ([], "sent")
    assert Task.objects.get(kind="order.errand").why == "No answer came: looking whether it was done."
    with time_machine.travel(now() + dt.timedelta(seconds=31)):
        run_until_idle()
    assert (len(told()), state(errand)) == (1, ("done", ""))


def test_killed_between_the_call_and_the_answer(pretend: Connection) -> None:
    errand = errands.ship(order=arrived(pretend), parcel=PARCEL, asker=ADA)
    pretending.THERE.after = [SystemExit()]
    with pytest.raises(SystemExit):
        carrying.carry(errand.uid)
    assert (len(told()), state(errand)[0], Order.objects.get().state) == (1, "sent", "paid")
    with time_machine.travel(now() + dt.timedelta(seconds=31)):
        run_until_idle()
    assert (len(told()), state(errand), Order.objects.get().state) == (1, ("done", ""), "shipped")


@pytest.mark.parametrize("kind", ["ship", "cancel"])
def test_an_answer_that_was_lost(pretend: Connection, kind: str) -> None:
    sold = arrived(pretend)
    pretending.THERE.after = [Unsure("Pretend did not answer")]
    errand = asked(sold, kind)
    run_until_idle()
    assert (len(told()), state(errand)) == (1, ("sent", "Pretend did not answer"))
    with time_machine.travel(now() + dt.timedelta(seconds=31)):
        run_until_idle()
    assert (len(told()), state(errand)) == (1, ("done", ""))
    assert not Notice.objects.filter(key__startswith="errand:").exists()


def asked(sold: Order, kind: str) -> Errand:
    if kind == "ship":
        return errands.ship(order=sold, parcel=PARCEL, asker=ADA)
    return errands.cancel(order=sold, reason="Out of stock", asker=ADA)


def test_a_refusal_is_in_their_words(pretend: Connection) -> None:
    sold = arrived(pretend)
    pretending.THERE.before = [Refused([Complaint("This carrier is unknown to us")])]
    errand = errands.ship(order=sold, parcel=PARCEL, asker=ADA)
    run_until_idle()
    assert (told(), state(errand)) == ([], ("refused", "This carrier is unknown to us"))
    notice = Notice.objects.get()
    assert (notice.title, notice.link) == ("Shipping order 1 was refused", f"/orders/{sold.public_id}/")
    assert notice.body.startswith("Pretend says: This carrier is unknown to us Change what it objects to")
    assert not Task.objects.filter(kind="order.errand").exists()
    assert Activity.objects.values_list("action", "outcome").get() == ("ship", "refused")
    again = errands.ship(order=sold, parcel=PARCEL, asker=ADA)
    assert again != errand
    run_until_idle()
    assert state(again) == ("done", "")


def test_a_bad_day_is_waited_out_and_never_calls_twice(pretend: Connection) -> None:
    errand = errands.ship(order=arrived(pretend), parcel=PARCEL, asker=ADA)
    pretending.THERE.before = [TryLater("Pretend is down")] * 2
    run_until_idle()
    assert (told(), state(errand)) == ([], ("waiting", "Pretend is down"))
    for minutes in (20, 40):
        with time_machine.travel(now() + dt.timedelta(minutes=minutes)):
            run_until_idle()
    assert (len(told()), state(errand)) == (1, ("done", ""))


def test_no_answer_for_ever_is_a_persons(pretend: Connection) -> None:
    sold = arrived(pretend)
    pretending.THERE.before = [TryLater("Pretend is down")] * 10
    errand = errands.ship(order=sold, parcel=PARCEL, asker=ADA)
    for hours in range(1, 11):
        with time_machine.travel(now() + dt.timedelta(hours=hours)):
            run_until_idle()
    assert (told(), state(errand)) == ([], ("stuck", "Pretend is down"))
    assert Notice.objects.get().title == "Look whether order 1 is shipped"
    with pytest.raises(Conflict, match="Something else is being done"):
        errands.cancel(order=sold, reason="Out of stock", asker=ADA)
    errands.again(errand=errand)
    run_until_idle()
    assert (len(told()), state(errand)) == (1, ("done", ""))
    assert not Notice.objects.filter(read=None).exists()
    with pytest.raises(Conflict):
        errands.again(errand=errand)


def test_the_switch_that_stops_everything_stops_it(pretend: Connection) -> None:
    errand = errands.ship(order=arrived(pretend), parcel=PARCEL, asker=ADA)
    brakes.stop(organization=pretend.organization, by=None)
    run_until_idle()
    assert (told(), state(errand)) == ([], ("waiting", f"{brakes.STOPPED}."))
    brakes.release(organization=pretend.organization)
    run_until_idle()
    assert (len(told()), state(errand)) == (1, ("done", ""))


def test_a_lost_lease_writes_nothing(pretend: Connection) -> None:
    errand = errands.ship(order=arrived(pretend), parcel=PARCEL, asker=ADA)
    held = lanes.Held("gone", errand.uid)
    with lanes.holding(held), pytest.raises(lanes.LostLease):
        carrying.carry(errand.uid)
    assert (told(), state(errand)) == ([], ("waiting", ""))


def test_cancelling_returns_the_stock_once(pretend: Connection) -> None:
    offer = offered(pretend, "L1")
    sold = arrived(pretend)
    assert stock(offer.item) == (0, 0, "sold")
    errand = errands.cancel(order=sold, reason="Out of stock", asker=ADA)
    assert errands.cancel(order=sold, reason="Out of stock", asker=ADA) == errand
    run_until_idle()
    assert told() == [("cancel", "1", "Out of stock")]
    services.take_in(connection=pretend, orders=pretending.THERE.orders)
    assert (state(errand), lines()) == (("done", ""), [("1", 1, 0, "given_back")])
    assert stock(offer.item) == (1, 1, "ready-to-sell")
    with pytest.raises(Conflict, match="This order is cancelled"):
        errands.ship(order=sold, parcel=PARCEL, asker=ADA)


def test_a_cancelling_that_takes_them_a_moment(pretend: Connection) -> None:
    sold = arrived(pretend)
    pretending.THERE.hides_cancelling = True
    errand = errands.cancel(order=sold, reason="Buyer asked", asker=ADA)
    run_until_idle()
    assert state(errand) == ("accepted", "")
    pretending.THERE.hides_cancelling = False
    pretending.THERE.orders = [replace(pretending.THERE.orders[0], state="cancelled", fingerprint="cancelled")]
    with time_machine.travel(now() + dt.timedelta(seconds=31)):
        run_until_idle()
    assert (len(told()), state(errand), Order.objects.get().state) == (1, ("done", ""), "cancelled")


def test_oversold_is_cancelled_and_the_alarm_ends(pretend: Connection) -> None:
    item = stocked(pretend, "Blue Train")
    offered(pretend, "L1", item=item)
    offered(pretend, "L2", item=item)
    arrived(pretend, "1", "2")
    second = Order.objects.select_related("connection").get(remote_id="2")
    alarm = Notice.objects.get()
    assert (alarm.title, alarm.link) == ("Sold twice: A record", f"/orders/{second.public_id}/")
    errands.cancel(order=second, reason="Out of stock", asker=ADA)
    run_until_idle()
    assert lines() == [("1", 1, 1, "moved"), ("2", 1, 0, "given_back")]
    assert stock(item) == (0, 0, "sold")
    assert not Notice.objects.filter(read=None).exists()


def test_parts(pretend: Connection) -> None:
    two = (RemoteOrderLine("a", "L1", quantity=2), RemoteOrderLine("b", "L2"))
    sold = arrived(pretend, lines=two)
    first, second = Line.objects.order_by("remote_id")
    errands.ship(order=sold, parcel=Parcel("T1", "fast", {first.public_id: 1}), asker=ADA)
    run_until_idle()
    sold.refresh_from_db()
    assert (told()[-1], sold.status) == (("ship", "1", "T1", "fast", "ax1"), "awaiting_shipment")
    with pytest.raises(Conflict, match="other contents"):
        errands.ship(order=sold, parcel=Parcel("T1", "fast", {second.public_id: 1}), asker=ADA)
    errands.ship(order=sold, parcel=Parcel("T2", "fast", {first.public_id: 2, second.public_id: 1}), asker=ADA)
    run_until_idle()
    sold.refresh_from_db()
    assert (told()[-1], len(told()), sold.status) == (("ship", "1", "T2", "fast", ""), 2, "shipped")


@pytest.mark.parametrize(
    ("parcel", "says"),
    [
        (Parcel("1" * 121), "At most 120 characters."),
        (Parcel("T\x07"), "Only characters that can be printed."),
        (Parcel("T", "c" * 81), "At most 80 characters."),
        (Parcel("T", "", {"line_x": 1}), "This order has no line line_x."),
        (Parcel("", "", {"first": 1}), "A part of an order needs its tracking number, so that it is told once."),
        (Parcel("T", "", {"first": 3}), "Between 1 and 2 of line "),
        (Parcel("T", "", {"first": 0}), "Between 1 and 2 of line "),
    ],
)
def test_parcels_that_make_no_sense(pretend: Connection, parcel: Parcel, says: str) -> None:
    sold = arrived(pretend, lines=(RemoteOrderLine("a", "L1", quantity=2),))
    named = {"first": Line.objects.get().public_id}
    parts = {named.get(uid, uid): pieces for uid, pieces in parcel.parts.items()}
    with pytest.raises(Invalid) as refusal:
        errands.ship(order=sold, parcel=Parcel(parcel.tracking_number, parcel.carrier, parts), asker=ADA)
    assert refusal.value.detail.startswith(says)
    assert (Errand.objects.count(), Task.objects.filter(kind="order.errand").count()) == (0, 0)


def test_what_makes_no_sense_now(pretend: Connection) -> None:
    sold = arrived(pretend, "1", choices=())
    with pytest.raises(Conflict, match="Pretend does not let this order be cancelled now"):
        errands.cancel(order=sold, reason="Out of stock", asker=ADA)
    sold = arrived(pretend, "2")
    with pytest.raises(Invalid, match="Choose one of: Buyer asked, Out of stock"):
        errands.cancel(order=sold, reason="Because", asker=ADA)
    errands.cancel(order=sold, reason="Buyer asked", asker=ADA)
    with pytest.raises(Conflict, match="Something else is being done with this order"):
        errands.ship(order=sold, parcel=PARCEL, asker=ADA)
    Connection.objects.update(state="revoked")
    run_until_idle()
    assert Errand.objects.values_list("state", "trouble").get() == (
        "refused",
        "The shop was disconnected before this could be done.",
    )
    with pytest.raises(Conflict, match="Connect it again first"):
        errands.ship(order=Order.objects.get(remote_id="1"), parcel=PARCEL, asker=ADA)
    assert told() == []


def test_a_forgotten_buyers_parcel_is_forgotten(pretend: Connection) -> None:
    sold = arrived(pretend, buyer="b1", buyer_name="Bea Buyer")
    errands.ship(order=sold, parcel=PARCEL, asker=ADA)
    run_until_idle()
    privacy.forget_buyer(connections=[pretend], buyer="b1")
    sold.refresh_from_db()
    assert (sold.tracking_number, sold.search_buyer, sold.buyer_name) == ("", "", "")
    assert Errand.objects.count() == 0
