"""Sales in figures over HTTP: by currency, marketplace and period, kept by day and equal to what the orders say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from instica.connections.models import Connection
from instica.core.money import Money
from instica.kit.types import RemoteOrder, RemoteOrderLine
from instica.listings.models import Listing
from instica.orders import counting, services
from instica.orders.models import Day, Order
from instica.work.engines.threads import run_until_idle
from tests.api.calling import Api, is_problem
from tests.features.pretend import order
from tests.features.selling import offered, stocked

FIGURES = (
    "orders cancelled_orders units revenue marketplace_fees platform_fees shipping_cost net_revenue orders_without_fees"
    " average_price average_days_to_sell"
).split()
NOON = dt.datetime(2026, 2, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen() -> Any:
    """It is noon on a Sunday."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def etsy(api: Api, pretend: Connection) -> Connection:
    return Connection.objects.create(organization=api.organization, marketplace="etsy", remote_id="1", username="x")


def sold(number: str, total: Money, at: dt.datetime = NOON, quantity: int = 1, **changes: Any) -> RemoteOrder:
    """An order of so many pieces of one thing, and no shipping."""
    price = Money(total.minor // quantity, total.currency)
    line = RemoteOrderLine("1", f"L{number}", title="A record", quantity=quantity, price=price)
    return order(number, at=at, lines=(line,), total=total, **changes)


def take(connection: Connection, *orders: RemoteOrder) -> None:
    services.take_in(connection=connection, orders=orders)
    run_until_idle()


def figures(row: dict[str, Any]) -> list[Any]:
    return [row[key] for key in FIGURES]


def test_the_whole_answer(api: Api, pretend: Connection, etsy: Connection) -> None:
    offer = offered(pretend, "L1", quantity=3)
    Listing.objects.update(listed_at=NOON - 10 * DAY)
    fee = {"fee": Money(300, "USD"), "processing_fee": Money(50, "USD"), "shipping": Money(200, "USD")}
    take(pretend, sold("1", Money(4000, "USD"), quantity=2, **fee))
    take(etsy, sold("2", Money(1001, "USD"), NOON - DAY), sold("3", Money(700, "USD"), state="cancelled"))
    body = api.get("orders/analytics/?from=2026-02-14&to=2026-02-15").json()
    assert list(body) == ["from", "to", "period", "time_zone", "currencies", "sell_through", "sell_through_by_platform"]
    assert (body["from"], body["to"], body["period"], body["time_zone"]) == ("2026-02-14", "2026-02-15", "day", "UTC")
    (dollars,) = body["currencies"]
    assert list(dollars) == ["currency", "total", "platforms", "periods"]
    assert list(dollars["total"]) == FIGURES
    assert figures(dollars["total"]) == [2, 1, 3, "50.01", "3.00", "0.50", "2.00", "44.51", 1, "16.67", 10.0]
    assert [(row["platform"], row["platform_name"]) for row in dollars["platforms"]] == [
        ("etsy", "Etsy"),
        ("pretend", "Pretend"),
    ]
    assert [figures(row) for row in dollars["platforms"]] == [
        [1, 1, 1, "10.01", "0.00", "0.00", "0.00", "10.01", 1, "10.01", None],
        [1, 0, 2, "40.00", "3.00", "0.50", "2.00", "34.50", 0, "20.00", 10.0],
    ]
    assert [(row["start"], row["revenue"]) for row in dollars["periods"]] == [
        ("2026-02-14", "10.01"),
        ("2026-02-15", "40.00"),
    ]
    assert offer.item
    assert body["sell_through"] == 75.0
    assert body["sell_through_by_platform"] == [
        {"platform": "etsy", "platform_name": "Etsy", "sell_through": 100.0},
        {"platform": "pretend", "platform_name": "Pretend", "sell_through": 66.7},
    ]


def test_currencies_stay_apart(api: Api, pretend: Connection) -> None:
    amounts = {"USD": 199, "EUR": 1, "GBP": 123_456, "JPY": 4701, "PLN": 50}
    take(pretend, *(sold(currency, Money(minor, currency)) for currency, minor in amounts.items()))
    take(pretend, sold("6", Money(4700, "JPY")))
    found = api.get("orders/analytics/").json()["currencies"]
    assert [(one["currency"], one["total"]["revenue"], one["total"]["average_price"]) for one in found] == [
        ("JPY", "9401.00", "4701.00"),
        ("EUR", "0.01", "0.01"),
        ("GBP", "1234.56", "1234.56"),
        ("PLN", "0.50", "0.50"),
        ("USD", "1.99", "1.99"),
    ]


@pytest.mark.parametrize(
    ("query", "period", "starts"),
    [
        ("", "day", ["2026-01-17", "2026-02-15"]),
        ("from=2026-02-15&to=2026-02-15", "day", ["2026-02-15", "2026-02-15"]),
        ("from=2025-12-01", "week", ["2025-12-01", "2026-02-09"]),
        ("from=2024-12-31", "month", ["2024-12-01", "2026-02-01"]),
        ("from=2025-12-31&period=month", "month", ["2025-12-01", "2026-02-01"]),
    ],
)
def test_periods(api: Api, pretend: Connection, query: str, period: str, starts: list[str]) -> None:
    take(pretend, sold("1", Money(100, "USD")))
    body = api.get(f"orders/analytics/?{query}").json()
    rows = body["currencies"][0]["periods"]
    assert (body["period"], rows[0]["start"], rows[-1]["start"]) == (period, *starts)
    assert sum(row["orders"] for row in rows) == 1
    assert rows[-1]["revenue"] == "1.00"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=yesterday", "?from"),
        ("to=2026-02-30", "?to"),
        ("from=2026-02-02&to=2026-02-01", "?from"),
        ("from=0001-01-01", "?from"),
        ("from=2020-01-01&period=day", "?period"),
        ("period=hour", "?period"),
        ("platform=nowhere", "?platform"),
    ],
)
def test_what_makes_no_sense(api: Api, query: str, name: str) -> None:
    body = is_problem(api.get(f"orders/analytics/?{query}"), 400, "validation_error")
    assert body["errors"][0]["pointer"] == name


def test_what_is_over_has_no_sell_through(api: Api, pretend: Connection) -> None:
    take(pretend, sold("1", Money(100, "USD"), NOON - 3 * DAY))
    body = api.get("orders/analytics/?from=2026-02-10&to=2026-02-14").json()
    assert (body["currencies"][0]["total"]["units"], body["sell_through"]) == (1, None)


def test_days_follow_every_change_and_equal_the_orders(api: Api, pretend: Connection) -> None:
    """Paid late, changed, cancelled, moved to another day, linked late: kept days are what a recount makes of it."""
    one, two = sold("1", Money(100, "USD"), state="open"), sold("2", Money(900, "USD"), NOON - DAY)
    take(pretend, one, two)
    assert revenue(api) == "9.00"
    paid = order("1", at=NOON, lines=one.lines, total=one.total, updated_at=NOON + DAY)
    take(pretend, paid)
    assert revenue(api) == "10.00"
    take(pretend, order("2", at=NOON - 2 * DAY, lines=two.lines, total=Money(800, "USD"), updated_at=NOON + DAY))
    assert (revenue(api), Day.objects.exclude(orders=0).count()) == ("9.00", 2)
    take(pretend, order("2", at=NOON - 2 * DAY, total=two.total, state="cancelled", updated_at=NOON + 2 * DAY))
    assert revenue(api) == "1.00"
    late = offered(pretend, "L1")
    services.settle_waiting(offer=late)
    run_until_idle()
    kept = [{**row, "id": 0} for row in Day.objects.order_by("day", "currency").values() if row["orders"]]
    assert kept[0]["timed"] == 1
    counting.recount(organization=api.organization)
    assert [{**row, "id": 0} for row in Day.objects.order_by("day", "currency").values() if row["orders"]] == kept


def revenue(api: Api) -> str:
    found = api.get("orders/analytics/").json()["currencies"]
    return str(found[0]["total"]["revenue"])


def test_unlimited_and_large_sums(api: Api, pretend: Connection) -> None:
    offered(pretend, "L1", item=stocked(pretend, "Print", None))
    most = Money(9_999_999_999, "USD")
    take(pretend, *(sold(str(number), most, quantity=1) for number in range(1, 4)))
    (dollars,) = api.get("orders/analytics/").json()["currencies"]
    assert (dollars["total"]["revenue"], dollars["total"]["average_price"]) == ("299999999.97", "99999999.99")


def test_other_organizations_sales_are_theirs(strange: Api, pretend: Connection) -> None:
    take(pretend, sold("1", Money(100, "USD")))
    assert Order.objects.count() == 1
    assert strange.get("orders/analytics/").json()["currencies"] == []
