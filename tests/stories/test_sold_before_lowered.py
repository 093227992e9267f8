"""A buyer buys just before we lower the page: what we wrote brought the sold piece back, and it is taken off again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.listings import services as listings
from instica.listings.models import Offer
from instica.listings.wishes import By
from instica.orders import services as orders
from tests.features.listing import FIELDS, confirmed, item_for, on_sale, pages, truth, worked
from tests.features.selling import HOUR, stock
from tests.shops import Shops


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


def hear(connection: Connection) -> None:
    """Read the shop's orders."""
    found = connector_for(connection, "stock").orders(now() - HOUR, None)
    orders.take_in(connection=connection, orders=found.rows)


@pytest.mark.parametrize("first", ["ebay", "etsy"])
def test_two_pieces_sold_in_two_shops_in_the_same_second(
    shop: Shops, clock: time_machine.Traveller, first: str
) -> None:
    second = {"ebay": "etsy", "etsy": "ebay"}[first]
    shops = {slug: confirmed(shop(slug, listings=20)) for slug in (first, second)}
    item = item_for(shops["etsy"], quantity=2)
    for slug, connection in shops.items():
        fields = {"fields": FIELDS[slug]} if slug in FIELDS else None
        listings.list_item(item=item, connection=connection, overrides=fields, by=By())
    worked(clock)
    clock.shift(60)
    for slug in shops:
        (number,) = on_sale(shop, slug)
        shop.control(slug, "buy", {"listing_id": int(number), "quantity": 1})
    hear(shops[first])
    worked(clock)
    (number,) = on_sale(shop, second)
    assert truth(shop, second)[number]["quantity"] == 1, "our one brought the sold one back: nobody knew of it"
    hear(shops[second])
    worked(clock)
    assert stock(item)[:2] == (0, 0)
    assert [on_sale(shop, slug) for slug in shops] == [[], []]
    assert {page.drift is None for page in pages(item)} == {True}
    assert set(Offer.objects.values_list("agreed_quantity", flat=True)) <= {0, 1}
