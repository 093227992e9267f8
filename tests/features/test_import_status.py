"""After a link, and after it is taken back, every item's status follows from its stock and its live offers."""

from __future__ import annotations

import datetime as dt

import pytest

from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import services
from instica.inventory import services as inventory
from instica.inventory.models import Item
from instica.listings.models import Offer
from instica.orders import services as orders
from tests import builders
from tests.features.importing import brought, counts, everything, listing, only, settled
from tests.features.pretend import order


@pytest.fixture
def second(pretend: Connection) -> Connection:
    """Ada's other shop there."""
    known = {"organization": pretend.organization, "connected_by": pretend.connected_by}
    return Connection.objects.create(marketplace="pretend", remote_id="8", username="two", **known)


def test_a_hidden_page_takes_nobody_off_sale(pretend: Connection, second: Connection) -> None:
    brought(pretend, listing("1", sku="A"))
    before = everything()
    job = brought(second, listing("91", sku="A", seen="hidden", status="Draft"))
    assert (only(job, "91").action, Item.objects.get().status) == ("link", "listed")
    services.undo(job=job)
    settled(job)
    assert everything() == before


def test_the_item_that_lost_its_page_is_listed_no_more(pretend: Connection) -> None:
    brought(pretend, listing("1", sku="A"))
    old, new = Item.objects.get(), builders.item(pretend.organization, sku="B")
    inventory.count_products([new.product_id])
    before = everything()
    job = brought(pretend, listing("1", sku="B"))
    assert only(job).conflict_type == "already_linked"
    services.resolve(row=only(job), resolution="link_existing")
    assert Offer.objects.get().item == new
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status, old.product.items_listed) == ("ready-to-sell", "listed", 0)
    services.undo(job=settled(job))
    settled(job)
    assert everything() == before


def test_a_sale_from_before_a_link_keeps_nothing(pretend: Connection, second: Connection) -> None:
    brought(pretend, listing("1", sku="A", quantity=3))
    sold = now() + dt.timedelta(seconds=30)
    orders.take_in(connection=pretend, orders=[order("o1", "1", at=sold)])
    settled(brought(pretend))
    before = everything()
    job = brought(second, listing("91", sku="A", quantity=2))
    assert only(job, "91").status == "imported"
    services.undo(job=job)
    settled(job)
    assert (only(job, "91").resolution, only(job, "91").error, counts(job)) == ("undone", "", (0, 1, 0, 0))
    assert everything() == before


@pytest.mark.parametrize("shop", [1, 2])
def test_a_sale_since_a_link_keeps_it(pretend: Connection, second: Connection, shop: int) -> None:
    brought(pretend, listing("1", sku="A", quantity=3))
    job = brought(second, listing("91", sku="A", quantity=3))
    place, page = {1: (pretend, "1"), 2: (second, "91")}[shop]
    orders.take_in(connection=place, orders=[order("o1", page, at=now() + dt.timedelta(seconds=30))])
    services.undo(job=job)
    settled(job)
    assert (only(job, "91").status, only(job, "91").error) == ("imported", "Kept: it was sold since")
    assert (Offer.objects.count(), Item.objects.get().quantity) == (2, 2)


def test_a_sale_that_waited_for_the_link_keeps_it(pretend: Connection, second: Connection) -> None:
    brought(pretend, listing("1", sku="A", quantity=3))
    orders.take_in(connection=second, orders=[order("o1", "91", at=now() + dt.timedelta(seconds=30))])
    job = brought(second, listing("91", sku="A", quantity=3))
    assert Item.objects.get().quantity == 2
    services.undo(job=job)
    settled(job)
    assert only(job, "91").error == "Kept: it was sold since"
    assert (Offer.objects.count(), Item.objects.get().quantity) == (2, 2)
