"""The Orders page, an order's page, its packing slip, and Analytics."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.money import Money
from instica.inventory.models import Image, Item
from instica.kit.errors import Complaint, Refused, TryLater
from instica.kit.types import RemoteOrderLine
from instica.notices.models import Notice
from instica.orders import privacy, services
from instica.orders.models import Errand, Line, Order
from instica.people.models import Address, User
from instica.web import plots
from instica.work.engines.threads import run_until_idle
from tests.features import pretend as pretending
from tests.features.pretend import order
from tests.features.selling import offered, stocked
from tests.web.test_import_pages import text

WHERE = {"full_name": "Bea Buyer", "line1": "1 High St", "city": "Leeds", "postal_code": "LS1", "country": "GB"}


@pytest.fixture
def sold(pretend: Connection) -> list[Order]:
    """Six orders: to ship, sold twice, of a page we do not know, shipped, cancelled, and one not paid yet."""
    item = stocked(pretend, "Blue Train")
    for listing in ("L1", "L2"):
        offered(pretend, listing, item=item)
    for listing in ("L4", "L5", "L6"):
        offered(pretend, listing)
    dollars = {"total": Money(4700, "USD"), "fee": Money(378, "USD"), "choices": ("Out of stock",)}
    pretending.THERE.orders = [
        order("1", "L1", buyer="b1", buyer_name="Bea Buyer", address=WHERE, **dollars),
        order("2", "L2", url="https://pretend.example/2", **dollars),
        order("3", "strange", **dollars),
        order("4", "L4", state="shipped", status="Sent", tracking_number="T-4", **dollars),
        order("5", "L5", state="cancelled", status="Off", **dollars),
        order("6", "L6", state="open", status="Unpaid", **{**dollars, "total": None}),
    ]
    services.take_in(connection=pretend, orders=pretending.THERE.orders)
    run_until_idle()
    return list(Order.objects.order_by("remote_id"))


def shown(client: Client, query: str) -> list[str]:
    """The orders on the page, in their order."""
    return [each.remote_id for each in client.get(f"/orders/?{query}").context["page"]]


def said(client: Client, one: Order, verb: str = "") -> str:
    return text(client.get(f"/orders/{one.public_id}/{verb}").content)


def test_an_order_is_called_what_its_shop_calls_it(ada: Client, pretend: Connection) -> None:
    offered(pretend, "L1")
    services.take_in(connection=pretend, orders=[order("5910220100000", "L1", name="#1001")])
    (one,) = Order.objects.all()
    assert "Order #1001" in said(ada, one)
    assert "Order #1001" in said(ada, one, "slip/")
    found = text(ada.get("/orders/", {"search": "#1001"}).content)
    assert ("#1001" in found, "5910220100000" in found) == (True, False)
    assert text(ada.get("/orders/", {"search": "5910220100000"}).content).count("#1001") == 1
    assert "Nothing sold yet" not in found


def test_an_empty_page(ada: Client) -> None:
    words = text(ada.get("/orders/").content)
    assert "Nothing sold yet" in words
    assert "come in by themselves" in words
    assert "Nothing sold in these days" in text(ada.get("/analytics/").content)


LISTS = {
    "ordering=created": "123456",
    "show=to_ship&ordering=created": "123",
    "show=oversold": "2",
    "show=unsettled": "3",
    "show=shipped": "4",
    "show=cancelled": "5",
    "search=bea": "1",
    "search=T-4&show=to_ship": "",
    "platform=pretend&show=shipped": "4",
    "platform=etsy": "",
    "show=nonsense&ordering=nonsense&page=99&page_size=7&search=%00": "654321",
}


def test_lists(ada: Client, sold: list[Order]) -> None:
    assert {query: "".join(shown(ada, query)) for query in LISTS} == LISTS


def test_what_waits_is_counted(ada: Client, sold: list[Order]) -> None:
    words = text(ada.get("/orders/").content)
    assert "6 orders" in words
    assert "All To ship 3 Oversold 1 Unsettled 1 Shipped Cancelled" in words
    assert "There is less in stock than was sold" in text(ada.get("/orders/?show=oversold").content)


def test_pages_know_their_number(ada: Client, pretend: Connection) -> None:
    services.take_in(connection=pretend, orders=[order(f"{n:02}", f"L{n}") for n in range(60)])
    first = ada.get("/orders/?ordering=created&page_size=25")
    assert (len(first.context["page"]), first.context["page"].paginator.num_pages) == (25, 3)
    assert shown(ada, "ordering=created&page_size=25&page=3") == [f"{n}" for n in range(50, 60)]


def test_one_order(ada: Client, sold: list[Order]) -> None:
    item = Item.objects.get(title="Blue Train")
    Image.objects.create(organization=item.organization, item=item, url="https://img.example/1.jpg")
    page = ada.get(f"/orders/{sold[0].public_id}/").content
    words = text(page)
    assert "Order 1 Pretend: pretender" in words
    assert "To ship $47.00" in words
    assert "1 × –" in words
    assert "Bea Buyer 1 High St Leeds LS1 GB" in words
    assert "Marketplace fee − $3.78 Payment fee not told Shipping not told Net $43.22" in words
    assert "Sold" in words
    assert "1 taken out of stock" in words
    assert b"https://img.example/1.jpg" in page
    assert f"/inventory/{item.public_id}/".encode() in page
    assert "Sold twice" not in words


def test_sold_twice_has_cancelling_at_hand(ada: Client, sold: list[Order]) -> None:
    words = said(ada, sold[1])
    assert "Sold twice There is less in stock than this order asks for." in words
    assert "0 of 1 could be kept for it." in words
    answer = ada.post(f"/orders/{sold[1].public_id}/cancel/", {"reason": "Out of stock"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/orders/{sold[1].public_id}/")
    assert "Asking Pretend to cancel Waiting for its turn." in said(ada, sold[1])
    assert 'hx-trigger="every 2s"' in ada.get(f"/orders/{sold[1].public_id}/").content.decode()
    run_until_idle()
    words = said(ada, sold[1])
    assert "Asked to cancel" in words
    assert "Sold twice" not in words
    assert shown(ada, "show=oversold") == []
    assert not Notice.objects.filter(read=None, key__startswith="oversold").exists()


def test_shipping_by_the_form(ada: Client, sold: list[Order]) -> None:
    address = f"/orders/{sold[0].public_id}/ship/"
    assert '<option value="fast">Fast Mail</option>' in ada.get(f"/orders/{sold[0].public_id}/").content.decode()
    for _ in range(2):
        ada.post(address, {"tracking_number": "T-1", "carrier": "fast"})
    assert "Telling Pretend of the parcel" in said(ada, sold[0])
    run_until_idle()
    words = said(ada, sold[0])
    assert "Shipped $47.00" in words
    assert "Tracking number T-1" in words
    assert "Asked to ship" in words
    assert "by Ada" in words
    assert [told for told in pretending.THERE.told if told[1] == "1"] == [("ship", "1", "T-1", "fast", "")]


def test_a_refusal_is_said_where_it_can_be_mended(ada: Client, sold: list[Order]) -> None:
    pretending.THERE.before = [Refused([Complaint("No such carrier")])]
    ada.post(f"/orders/{sold[0].public_id}/ship/", {"tracking_number": "T-1", "carrier": "owl"})
    run_until_idle()
    words = said(ada, sold[0])
    assert "Shipping was refused Pretend says: No such carrier" in words
    assert "Mark as shipped" in words


def test_no_answer_is_a_persons(ada: Client, sold: list[Order]) -> None:
    pretending.THERE.before = [TryLater("Pretend is down")] * 10
    ada.post(f"/orders/{sold[0].public_id}/ship/", {"tracking_number": "T-1"})
    for hours in range(1, 11):
        with time_machine.travel(now() + dt.timedelta(hours=hours)):
            run_until_idle()
    assert "Nobody knows whether it was shipped there" in said(ada, sold[0])
    errand = Errand.objects.get()
    ada.post(f"/orders/{sold[0].public_id}/again/{errand.public_id}/")
    run_until_idle()
    assert "Shipped" in said(ada, sold[0])


def test_a_part_by_the_form(ada: Client, pretend: Connection) -> None:
    lines = (RemoteOrderLine("a", "L1", title="Two", quantity=2), RemoteOrderLine("b", "L2", title="One"))
    pretending.THERE.orders = [order("1", lines=lines)]
    services.take_in(connection=pretend, orders=pretending.THERE.orders)
    one, (first, second) = Order.objects.get(), Line.objects.order_by("remote_id")
    form = {"tracking_number": "T-1", f"part-{first.public_id}": "1", f"part-{second.public_id}": "0"}
    nothing = {name: "0" if name.startswith("part") else text for name, text in form.items()}
    answer = ada.post(f"/orders/{one.public_id}/ship/", nothing, follow=True)
    assert "Nothing is in this parcel" in text(answer.content)
    for wrong in ("9", "x", "-1"):
        ada.post(f"/orders/{one.public_id}/ship/", {**form, f"part-{first.public_id}": wrong})
    assert Errand.objects.count() == 0
    ada.post(f"/orders/{one.public_id}/ship/", form)
    run_until_idle()
    assert pretending.THERE.told == [("ship", "1", "T-1", "", "ax1")]
    assert "To ship" in said(ada, one)


def test_what_cannot_be_cancelled_says_why(ada: Client, person: User, sold: list[Order]) -> None:
    Order.objects.filter(pk=sold[0].pk).update(choices=[])
    assert "Pretend does not let this order be cancelled now." in said(ada, sold[0])
    assert "Cancel it" not in said(ada, sold[4])
    etsy = Connection.objects.create(
        organization=sold[0].organization, marketplace="etsy", remote_id="1", username="x", connected_by=person
    )
    services.take_in(connection=etsy, orders=[order("9", url="https://www.etsy.com/your/orders/sold/9")])
    words = said(ada, Order.objects.get(remote_id="9"))
    assert "Etsy lets no program cancel an order. Cancel it there: it is seen here by itself" in words
    assert "Open it at Etsy" in words


def test_a_forgotten_buyer(ada: Client, pretend: Connection, sold: list[Order]) -> None:
    privacy.forget_buyer(connections=[pretend], buyer="b1")
    words = said(ada, sold[0])
    assert "Buyer forgotten" in words
    assert "Bea" not in words + said(ada, sold[0], "slip/")
    assert shown(ada, "search=bea") == []


def test_the_packing_slip(ada: Client, sold: list[Order]) -> None:
    house = {"full_name": "Ada", "line1": "12 Green St", "city": "Portland", "postal_code": "97201", "country": "US"}
    Address.objects.create(organization=sold[0].organization, is_primary=True, **house)
    Item.objects.filter(title="Blue Train").update(location="Shelf 3")
    words = said(ada, sold[0], "slip/")
    assert "Green Street Records 12 Green St 97201 Portland" in words
    assert "Bea Buyer 1 High St Leeds LS1 GB" in words
    assert "1 A record – Shelf 3" in words
    assert "$" not in words


def test_others_orders(client: Client, stranger: User, sold: list[Order]) -> None:
    client.force_login(stranger)
    assert "Nothing sold yet" in text(client.get("/orders/").content)
    for verb in ("", "slip/"):
        assert client.get(f"/orders/{sold[0].public_id}/{verb}").status_code == 404
    for verb in ("ship/", "cancel/"):
        assert client.post(f"/orders/{sold[0].public_id}/{verb}").status_code == 404
    assert Errand.objects.count() == 0
    assert client.get("/analytics/export/").content.count(b"\r\n") == 1


def test_analytics(ada: Client, sold: list[Order]) -> None:
    answer = ada.get("/analytics/")
    words = text(answer.content)
    assert "Revenue $188.00 all that buyers paid Net $172.88" in words
    assert "Fees $15.12 Orders 4 and 1 cancelled Units 4" in words
    assert answer.context["money_plot"].top == 20_000
    tallest = max(answer.context["money_plot"].bars, key=lambda bar: bar.height)
    assert (tallest.height, tallest.tone) == (188.0, "idle")
    assert tallest.title.endswith(": $188.00 revenue, $172.88 net")
    assert len(answer.context["by_period"]) == 30


def test_the_file_says_the_same(ada: Client, sold: list[Order]) -> None:
    answer = ada.get("/analytics/export/?period=month")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="sales-[\d-]{21}\.csv"', answer.headers["Content-Disposition"])
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["period_start"] == f"{now():%Y-%m}-01"
    rest = {name: value for name, value in row.items() if name not in ("period_start", "average_days_to_sell")}
    assert rest == {
        "platform": "pretend",
        "currency": "USD",
        "orders": "4",
        "cancelled_orders": "1",
        "units": "4",
        "revenue": "188.00",
        "marketplace_fees": "15.12",
        "platform_fees": "0.00",
        "shipping_cost": "0.00",
        "net_revenue": "172.88",
        "orders_without_fees": "0",
        "average_price": "",
    }


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=2026-02-02&to=2026-02-01", "The first day must not be after the last."),
        ("from=2001-01-01&to=2026-02-01&period=day", "At most 400 days by day"),
        ("from=nonsense&to=&period=hour&platform=nowhere&currency=XXX", "Revenue"),
    ],
)
def test_days_that_make_no_sense(ada: Client, sold: list[Order], query: str, says: str) -> None:
    answer = ada.get(f"/analytics/?{query}")
    assert answer.status_code == 200
    assert says in text(answer.content)
    assert len(answer.context["by_period"]) == 30


@pytest.mark.parametrize(
    ("value", "unit", "top"), [(0, 100, 200), (199, 100, 200), (201, 100, 400), (18_800, 100, 20_000)]
)
def test_scales_end_at_round_numbers(value: int, unit: int, top: int) -> None:
    assert plots.ceiling(value, unit) == top


def test_a_plot() -> None:
    columns = [plots.Column(str(n), f"at {n}", [(n, "idle"), (-n, "good")]) for n in (0, 5, 10)]
    drawn = plots.plot(columns)
    assert (drawn.top, drawn.half, drawn.labels) == (10, 5, ["0", "5", "10"])
    heights: list[Any] = [(bar.height, bar.y, bar.tone) for bar in drawn.bars]
    assert heights == [
        *[(0.0, 200.0, "idle"), (0.0, 200.0, "good"), (100.0, 100.0, "idle"), (0.0, 200.0, "good")],
        *[(200.0, 0.0, "idle"), (0.0, 200.0, "good")],
    ]
    assert plots.plot([]).bars == []
    many = plots.plot([plots.Column(str(n), "", []) for n in range(31)])
    assert many.labels == ["0", "8", "15", "22", "30"]
