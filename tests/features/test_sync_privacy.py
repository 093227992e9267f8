"""What marketplaces ask by webhook beside looking again: access taken back, buyers to forget, data to tell of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from instica.connections.forgetting import disconnect
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.notices.models import Notice
from instica.orders import services as orders
from instica.orders.models import Order
from instica.sync.models import Event
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests.features import pretend as pretending
from tests.features.pretend import order, signature

BUYER = {"buyer": "b-77", "buyer_name": "Kim Reader", "address": {"line1": "1 Elm"}, "tracking_number": "1Z"}
ERASED = ("", "", {}, "")


@pytest.fixture
def sold(pretend: Connection) -> Connection:
    """The shop after a sale to somebody and one to somebody else."""
    others = BUYER | {"buyer": "b-78", "buyer_name": "Sam Listener"}
    orders.take_in(connection=pretend, orders=[order("1", "L1", **BUYER), order("2", "L2", **others)])
    return pretend


def told(kind: str, *, account: str = "7", buyer: str = "", event_id: str = "e1") -> None:
    """A delivery of that kind, acted upon."""
    deliver(kind, account=account, buyer=buyer, event_id=event_id)
    run_until_idle()
    assert Event.objects.filter(handled=None).count() == 0


def deliver(kind: str, *, account: str = "7", buyer: str = "", event_id: str = "e1") -> None:
    """A delivery of that kind, stored."""
    body = [{"account": account, "topic": "t", "object_id": buyer, "event_id": event_id, "kind": kind}]
    raw = json.dumps(body).encode()
    headers = {"X-Signature": signature(raw)}
    assert Client().post("/webhooks/pretend/", raw, content_type="application/json", headers=headers).status_code == 200


def personal(number: str) -> tuple[Any, ...]:
    """What an order still tells about its buyer."""
    return Order.objects.values_list("buyer", "buyer_name", "address", "tracking_number").get(remote_id=number)


@pytest.mark.parametrize("account", ["7", ""])
def test_a_buyer_is_forgotten_and_the_sale_stays(sold: Connection, account: str) -> None:
    told("forget_buyer", account=account, buyer="b-77")
    assert personal("1") == ERASED
    assert personal("2")[:2] == ("b-78", "Sam Listener")
    assert (Order.objects.count(), Order.objects.get(remote_id="1").lines.count()) == (2, 1)


def test_a_forgotten_buyer_does_not_come_back_with_the_next_reading(sold: Connection) -> None:
    told("forget_buyer", buyer="b-77")
    orders.take_in(connection=sold, orders=[order("1", "L1", status="Shipped", state="shipped", **BUYER)])
    assert (personal("1"), Order.objects.get(remote_id="1").state) == (ERASED, "shipped")


def test_a_shop_that_was_disconnected_forgets_too(sold: Connection) -> None:
    disconnect(connection=sold)
    told("forget_buyer", buyer="b-77")
    assert (personal("1"), personal("2")[0]) == (ERASED, "b-78")


@pytest.mark.parametrize("buyer", ["", "b-99"])
def test_an_unknown_buyer_erases_nobody(sold: Connection, buyer: str) -> None:
    told("forget_buyer", account="", buyer=buyer)
    assert Order.objects.filter(forgotten_at=None).count() == 2


def test_a_shop_is_forgotten_whole(sold: Connection) -> None:
    pretending.THERE.dead, pretending.THERE.token = True, "another"
    told("forget_shop")
    sold.refresh_from_db()
    assert (sold.state, sold.secrets, personal("1"), personal("2")) == (State.REVOKED, {}, ERASED, ERASED)


def test_a_shop_that_came_back_meanwhile_is_kept(sold: Connection) -> None:
    told("forget_shop")
    sold.refresh_from_db()
    assert (sold.state, personal("1")[0]) == (State.CONNECTED, "b-77")


def test_a_shop_that_cannot_be_asked_now_is_asked_again(sold: Connection) -> None:
    deliver("forget_shop")
    pretending.THERE.token, pretending.THERE.down = "another", True
    run_until_idle()
    sold.refresh_from_db()
    assert (sold.state, Event.objects.get().handled, personal("1")[0]) == (State.CONNECTED, None, "b-77")
    assert Task.objects.get(kind="sync.event").attempts == 1


def test_access_taken_back_pauses_the_shop_and_tells_its_owner(sold: Connection) -> None:
    told("revoked")
    sold.refresh_from_db()
    assert (sold.state, personal("1")[0]) == (State.EXPIRED, "b-77")
    assert Notice.objects.filter(title="Connect Pretend again").count() == 1


def test_a_buyers_question_reaches_the_owner_with_the_orders(sold: Connection) -> None:
    told("tell_buyer_data", buyer="b-77")
    notice = Notice.objects.get(key=f"buyer-data:{sold.uid}:b-77")
    assert "Their orders here: 1." in notice.body
    assert personal("1")[0] == "b-77"


@pytest.mark.parametrize("kind", ["changed", "revoked", "forget_shop", "tell_buyer_data"])
def test_an_event_of_a_shop_we_do_not_know_changes_nothing(sold: Connection, kind: str) -> None:
    told(kind, account="8", buyer="b-77")
    sold.refresh_from_db()
    assert (sold.state, Notice.objects.filter(key__startswith="buyer-data").count()) == (State.CONNECTED, 0)
    assert Task.objects.filter(kind="orders.poll").count() == 0
    assert Order.objects.filter(forgotten_at=None).count() == 2


def test_the_same_event_again_changes_nothing_more(sold: Connection) -> None:
    told("forget_buyer", buyer="b-77")
    Order.objects.filter(remote_id="2").update(buyer="b-77", forgotten_at=None)
    told("forget_buyer", buyer="b-77")
    assert personal("2")[0] == "b-77", "one event id, one effect"
    assert Order.objects.get(remote_id="1").forgotten_at <= now()
