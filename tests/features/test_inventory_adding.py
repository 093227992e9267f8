"""Adding an item by hand."""

from __future__ import annotations

import pytest

from instica.core.errors import PaymentRequired
from instica.core.money import Money
from instica.inventory.adding import NewItem, add
from instica.inventory.models import Cause, Item, Move, Tally
from instica.people import services
from instica.people.models import User
from tests import builders

RECORD = NewItem(
    "Kind Of Blue", Money(3600, "USD"), artist="Miles Davis", condition_item="near_mint", sku="K-1", quantity=2
)


def test_an_added_item_has_its_product_its_stock_and_its_counts(person: User) -> None:
    house = builders.house(person)
    item = add(organization=house, new=RECORD)
    assert (item.title, item.status, item.quantity, item.price) == ("Kind Of Blue - NM", "ready-to-sell", 2, 3600)
    moves = Move.objects.filter(item=item).values_list("delta", "cause", "reference")
    assert list(moves) == [(2, Cause.PERSON, f"added:{item.uid}")]
    item.product.refresh_from_db()
    assert (item.product.items_total, item.product.items_available, item.product.price_low) == (1, 1, 3600)
    assert Tally.objects.values_list("items", "products").get(organization=house) == (1, 1)


def test_without_a_subscription_nothing_is_added(person: User) -> None:
    house = builders.house(person)
    services.end_subscription(organization=house)
    with pytest.raises(PaymentRequired):
        add(organization=house, new=RECORD)
    assert (Item.objects.count(), Move.objects.count()) == (0, 0)
