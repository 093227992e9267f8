"""Orders over HTTP: fields, filters, search, orderings, pages (P6, I5, D16, D24)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from instica.connections.models import Connection
from instica.core.money import Money
from instica.kit.types import RemoteOrder, RemoteOrderLine
from instica.orders import counting, services
from instica.orders.models import Order, Tally
from instica.work.engines.threads import run_until_idle
from tests.api.calling import Api, is_problem
from tests.features.pretend import order
from tests.features.selling import offered, stocked

KEYS = (
    "uid order_id status platform platform_name buyer_name sale_price marketplace_fee platform_fee shipping_cost"
    " net_revenue sold_at inventory_item_listing shipment_tracking_number shipment_carrier shipment_status"
    " shipment_address lines currency"
).split()
LISTING = (
    "uid platform status status_display title price listing_id listing_url error_message error_description listed_at"
    " delisted_at state currency seller_account_uid inventory_item"
).split()
LINE = "uid quantity allocated price inventory_item_listing oversold".split()
ADDRESS = "full_name line1 line2 city state postal_code country".split()
ITEM = "uid title name manual_sku condition_item condition_item_display status product".split()
NOON = dt.datetime(2026, 2, 15, 12, tzinfo=dt.UTC)
WHERE = {"full_name": "Bea Buyer", "line1": "1 High St", "city": "Leeds", "postal_code": "LS1", "country": "GB"}


def take(connection: Connection, *orders: RemoteOrder) -> None:
    services.take_in(connection=connection, orders=orders)


def numbers(api: Api, query: str) -> list[str]:
    """The order ids of a list, in its order; the count is the length of all of it."""
    body = api.get(f"orders/?{query}").json()
    assert body["count"] == len(body["results"]), body
    return [row["order_id"] for row in body["results"]]


def dollars(number: str, cents: int | None = 4700, **changes: Any) -> RemoteOrder:
    return order(number, f"L{number}", total=None if cents is None else Money(cents, "USD"), **changes)


def test_the_documented_order(api: Api, pretend: Connection) -> None:
    offer = offered(pretend, "L1")
    one = order(
        at=dt.datetime.now(dt.UTC).replace(microsecond=0),
        lines=(RemoteOrderLine("9", "L1", title="A record", price=Money(4200, "USD")),),
        total=Money(4700, "USD"),
        shipping=Money(500, "USD"),
        fee=Money(378, "USD"),
        processing_fee=Money(122, "USD"),
        buyer_name="Bea Buyer",
        address=WHERE,
    )
    take(pretend, one)
    body = api.get("orders/").json()
    assert list(body) == ["count", "next", "previous", "results"]
    assert (body["count"], body["next"], body["previous"]) == (1, None, None)
    found = body["results"][0]
    assert list(found) == KEYS
    assert found["uid"] == Order.objects.get().public_id
    assert [found[key] for key in KEYS[1:12]] == [
        *("1", "awaiting_shipment", "pretend", "Pretend", "Bea Buyer", "47.00", "3.78", "1.22", "5.00", "37.00"),
        one.placed_at.isoformat().replace("+00:00", "Z"),
    ]
    assert [found[key] for key in KEYS[13:16]] == [None, None, None]
    assert found["shipment_address"] == {**dict.fromkeys(ADDRESS, ""), **WHERE}
    assert list(found["shipment_address"]) == ADDRESS
    assert found["currency"] == "USD"
    (line,) = found["lines"]
    assert list(line) == LINE
    assert [line[key] for key in LINE[1:4]] == [1, 1, "42.00"]
    assert line["oversold"] is False
    assert line["inventory_item_listing"] == found["inventory_item_listing"]
    listing = found["inventory_item_listing"]
    assert list(listing) == LISTING
    assert (listing["uid"], listing["listing_id"], listing["state"]) == (offer.listing.public_id, "L1", "sold out")
    assert offer.item
    assert list(listing["inventory_item"]) == ITEM
    assert listing["inventory_item"]["uid"] == offer.item.public_id
    assert api.get(f"orders/{found['uid']}/").json() == found


def test_what_is_not_known_is_null(api: Api, pretend: Connection) -> None:
    take(pretend, order(listing="strange", state="open", status="Invoice Sent"))
    found = api.get("orders/").json()["results"][0]
    assert list(found) == KEYS
    assert {key for key in KEYS if found[key] is None} == {
        *("buyer_name", "sale_price", "marketplace_fee", "platform_fee", "shipping_cost", "net_revenue", "currency"),
        *("shipment_tracking_number", "shipment_carrier", "shipment_status", "shipment_address"),
    }
    listing = found["inventory_item_listing"]
    assert list(listing) == LISTING
    known = {key: listing[key] for key in LISTING if listing[key] is not None}
    assert {**known, "platform": known["platform"]["slug"]} == {
        "platform": "pretend",
        "title": "A record",
        "listing_id": "strange",
        "seller_account_uid": pretend.public_id,
    }


def test_money_is_kept_exactly_in_its_own_currency(api: Api, pretend: Connection) -> None:
    amounts = {"USD": 199, "EUR": 1, "GBP": 10_000_000_01, "JPY": 4700, "PLN": 12_345}
    for number, (currency, minor) in enumerate(amounts.items()):
        take(pretend, order(str(number), total=Money(minor, currency), fee=Money(1, currency)))
    take(pretend, order("6", total=Money(4700, "EUR"), fee=Money(300, "USD")))
    rows = api.get("orders/?ordering=created").json()["results"]
    assert [(row["currency"], row["sale_price"], row["marketplace_fee"], row["net_revenue"]) for row in rows] == [
        ("USD", "1.99", "0.01", "1.98"),
        ("EUR", "0.01", "0.01", "0.00"),
        ("GBP", "10000000.01", "0.01", "10000000.00"),
        ("JPY", "4700.00", "1.00", "4699.00"),
        ("PLN", "123.45", "0.01", "123.44"),
        ("EUR", "47.00", None, "47.00"),
    ]


@pytest.mark.parametrize(
    ("state", "there", "tracking", "says", "parcel"),
    [
        ("open", "Invoice Sent", "", "Invoice Sent", None),
        ("paid", "Payment Received", "", "awaiting_shipment", None),
        ("paid", "In Progress", "T1", "shipped", "shipped"),
        ("shipped", "Shipped", "", "shipped", "shipped"),
        ("completed", "Delivered", "T1", "completed", "delivered"),
        ("cancelled", "Cancelled (Item Unavailable)", "T1", "Cancelled (Item Unavailable)", None),
        ("merged", "Merged", "", "Merged", None),
    ],
)
def test_the_computed_status(
    api: Api, person: Any, state: str, there: str, tracking: str, says: str, parcel: str | None
) -> None:
    shop = Connection.objects.create(organization=api.organization, marketplace="discogs", remote_id="1", username="x")
    take(shop, order(state=state, status=there, tracking_number=tracking), order("2", state="open", status="New"))
    found = next(row for row in api.get("orders/").json()["results"] if row["order_id"] == "1")
    assert (found["status"], found["shipment_status"]) == (says, parcel)
    assert numbers(api, f"status={says}") == ["1"]
    assert numbers(api, f"status={there}") == ["1"]
    assert numbers(api, "status=nothing") == []
    assert Tally.objects.filter(status=says).values_list("orders", flat=True).get() == 1


def test_filters_by_platform(api: Api, pretend: Connection) -> None:
    shop = Connection.objects.create(organization=api.organization, marketplace="etsy", remote_id="1", username="x")
    take(pretend, dollars("1"))
    take(shop, dollars("2"), dollars("3", state="shipped"))
    assert numbers(api, "platform=etsy&ordering=created") == ["2", "3"]
    assert numbers(api, "platform=etsy&status=shipped") == ["3"]
    assert numbers(api, "platform=shopify") == []
    is_problem(api.get("orders/?platform=nowhere"), 400, "validation_error")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        *[(word, ["12-34567"]) for word in ("12-34567", "bea", "BUYER%20t-99", "sec-2", "second%20thing")],
        *[("blue", ["2"]), ("bea%20blue", []), ("%25", []), ("_ea", []), ("%00", None)],
    ],
)
def test_search_is_over_all_lines(api: Api, pretend: Connection, search: str, found: list[str] | None) -> None:
    both = (RemoteOrderLine("1", "L1", title="First"), RemoteOrderLine("2", "L2", title="Second thing", sku="SEC-2"))
    take(pretend, order("12-34567", lines=both, buyer_name="Bea Buyer", tracking_number="T-99"))
    take(pretend, order("2", lines=(RemoteOrderLine("1", "L3", title="Blue Train"),)))
    if found is None:
        is_problem(api.get(f"orders/?search={search}"), 400, "validation_error")
    else:
        assert numbers(api, f"search={search}") == found


def test_search_finds_by_the_items_title(api: Api, pretend: Connection) -> None:
    offered(pretend, "L1", item=stocked(pretend, "Kind of Blue"))
    take(pretend, order("1"), order("2", "L2"))
    assert numbers(api, "search=kind%20of") == ["1"]
    take(pretend, order("1", state="shipped", status="Sent", updated_at=NOON.replace(year=2027)))
    assert numbers(api, "search=kind%20of") == ["1"]
    services.settle_waiting(offer=offered(pretend, "L2", item=stocked(pretend, "Closer")))
    run_until_idle()
    assert numbers(api, "search=closer") == ["2"]


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("", "4321"),
        ("-created", "4321"),
        ("created", "1234"),
        ("sold_at", "2143"),
        ("-sold_at", "3412"),
        ("sale_price", "2134"),
        ("-sale_price", "3124"),
        ("net_revenue", "2314"),
        ("-net_revenue", "1324"),
        ("status", "4132"),
        ("nonsense", "4321"),
    ],
)
def test_orderings(api: Api, pretend: Connection, ordering: str, found: str) -> None:
    hours = {"1": 2, "2": 1, "3": 4, "4": 3}
    at = {number: NOON + dt.timedelta(hours=hour) for number, hour in hours.items()}
    take(pretend, dollars("1", 200, at=at["1"]))
    take(pretend, dollars("2", 100, at=at["2"], state="open", status="waiting"))
    take(pretend, dollars("3", 300, at=at["3"], state="shipped", fee=Money(150, "USD")))
    take(pretend, dollars("4", None, at=at["4"], state="open", status="Aside"))
    assert numbers(api, f"ordering={ordering}") == list(found)


def test_pages(api: Api, pretend: Connection) -> None:
    take(pretend, *(dollars(str(number)) for number in range(130)))
    body = api.get("orders/").json()
    assert (body["count"], len(body["results"]), body["previous"]) == (130, 25, None)
    assert body["next"].endswith("/api/v1/orders/?page=2")
    assert len(api.get("orders/?page_size=1000").json()["results"]) == 100
    seen: list[str] = []
    address: str | None = "/api/v1/orders/?page_size=30"
    while address:
        body = api.get(address.replace("http://testserver", "")).json()
        seen += [row["uid"] for row in body["results"]]
        address = body["next"]
    assert (len(seen), len(set(seen))) == (130, 130)
    is_problem(api.get("orders/?page=7"), 404, "invalid_page", "Invalid page.")


def test_a_page_costs_the_same_however_many_there_are(
    api: Api, pretend: Connection, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        offered(pretend, f"L{number}")
    take(pretend, *(dollars(str(number)) for number in range(12)))
    with django_assert_max_num_queries(18):
        assert len(api.get("orders/").json()["results"]) == 12


def test_counts_are_kept_through_every_change(api: Api, pretend: Connection) -> None:
    take(pretend, dollars("1"), dollars("2"), dollars("3", state="open", status="New"))
    later = NOON.replace(year=2027)
    for number, state, there in (("1", "shipped", "Sent"), ("2", "cancelled", "Cancelled"), ("3", "paid", "Paid")):
        take(pretend, dollars(number, state=state, status=there, updated_at=later))
    kept = list(Tally.objects.exclude(orders=0).order_by("status").values_list("state", "status", "orders"))
    assert kept == [("cancelled", "Cancelled", 1), ("paid", "awaiting_shipment", 1), ("shipped", "shipped", 1)]
    counting.recount(organization=api.organization)
    assert list(Tally.objects.order_by("status").values_list("state", "status", "orders")) == kept
    assert api.get("orders/").json()["count"] == 3


def test_oversold_is_marked(api: Api, pretend: Connection) -> None:
    item = stocked(pretend, "Blue Train")
    for number in ("1", "2"):
        offered(pretend, f"L{number}", item=item)
        take(pretend, dollars(number))
    rows = api.get("orders/?ordering=created").json()["results"]
    assert [(row["lines"][0]["allocated"], row["lines"][0]["oversold"]) for row in rows] == [(1, False), (0, True)]
    assert numbers(api, "view=oversold") == [rows[1]["order_id"]]
    assert numbers(api, "view=oversold&platform=etsy") == []
    is_problem(api.get("orders/?view=lost"), 400, "validation_error")


def test_others_orders_do_not_exist(strange: Api, pretend: Connection) -> None:
    take(pretend, dollars("1"))
    assert strange.get("orders/").json()["results"] == []
    for verb in ("", "choices/", "actions/"):
        is_problem(strange.get(f"orders/{Order.objects.get().public_id}/{verb}"), 404, "")
