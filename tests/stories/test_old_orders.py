"""A shop is connected that sold for ninety days before: its old orders move no stock, the first new one does."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db.models import Sum

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.imports import services
from instica.inventory.models import Item, Move
from instica.orders.models import Line, Order
from instica.people.models import User
from instica.sync import services as sync
from tests import builders
from tests.features.importing import patiently
from tests.shops import Shops

pytestmark = pytest.mark.django_db(transaction=True)


def on_sale(shop: Shops, slug: str) -> int:
    rows = shop.control(slug, "listings")["listings"]
    return next(
        int(row["listing_id"]) for row in rows if row["status"].lower() == "active" and row["quantity"] and row["price"]
    )


def sold_before(shop: Shops, slug: str) -> int:
    """Orders of the last ninety days; how many."""
    if slug == "shopify":
        shop.control(slug, "old-orders", {"count": 12, "days": 90})
    else:
        for days in (1, 30, 89):
            shop.control(slug, "buy", {"listing_id": on_sale(shop, slug), "days_ago": days})
    return len(shop.control(slug, "orders")["orders"])


def hear(connection: Connection) -> None:
    while sync.poll(connection=connection, connector=connector_for(connection, "stock")):
        pass


@pytest.mark.parametrize("slug", ["etsy", "shopify"])
def test_what_was_sold_before_connecting_is_history(shop: Shops, person: User, slug: str) -> None:
    connection = shop(slug, listings=40)
    assert sold_before(shop, slug) >= 3
    sync.start(connection=connection)
    hear(connection)
    patiently(services.quick(organization=builders.house(person), marketplace=slug, user=person))
    with time_machine.travel(now() + dt.timedelta(minutes=15)):
        hear(connection)
    stock = Item.objects.aggregate(all=Sum("quantity"))["all"]
    assert stock
    assert set(Move.objects.values_list("cause", flat=True)) == {"import"}
    assert set(Line.objects.values_list("allocated", flat=True)) <= {0}
    known = Order.objects.count()
    with time_machine.travel(now() + dt.timedelta(minutes=30)):
        shop.control(slug, "buy", {"listing_id": on_sale(shop, slug)})
        hear(connection)
    assert Order.objects.count() == known + 1
    assert Item.objects.aggregate(all=Sum("quantity"))["all"] == stock - 1
    assert Move.objects.filter(cause="sale").values_list("delta", flat=True).get() == -1
