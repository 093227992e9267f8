"""One mistake would end a third of a shop: nothing ends before its owner says so, but what was sold does."""

from __future__ import annotations

import pytest
import time_machine

from instica.connections import guard
from instica.connections.models import Connection, Cut
from instica.core.clock import now
from instica.imports import services as imports
from instica.inventory.models import Item
from instica.inventory.stock import count
from instica.listings.models import Listing, Seen
from instica.notices.models import Notice
from instica.sync import services as sync
from instica.work.engines.threads import run_until_idle
from tests.shops import Shops

LIVE = {"status": "ACTIVE"}


@pytest.fixture
def shop_of_sixty(shop: Shops) -> Connection:
    """Imported, in step, with its owner's yes."""
    connection = shop("shopify", listings=60)
    imports.quick(organization=connection.organization, marketplace="shopify", user=connection.connected_by)
    run_until_idle()
    Connection.objects.update(confirmed_at=now())
    sync.start(connection=connection)
    run_until_idle()
    return connection


def lone(amount: int) -> list[Item]:
    """Items that are all their page offers, and have stock."""
    pages = Listing.objects.filter(seen=Seen.LIVE)
    rows = [page.offers.get().item for page in pages if page.offers.count() == 1]
    return [item for item in rows if item and item.quantity][:amount]


def on_sale() -> int:
    return Listing.objects.filter(seen=Seen.LIVE).count()


def patiently() -> None:
    """Until limits opened and everything that was asked for is done."""
    with time_machine.travel(now(), tick=True) as clock:
        for _ in range(6):
            run_until_idle()
            clock.shift(10)


def zero(items: list[Item]) -> None:
    for item in items:
        count(item=item, quantity=0, note="A file said so", actor="import")
    run_until_idle()


def test_a_flood_waits_for_a_yes(shop: Shops, shop_of_sixty: Connection) -> None:
    before, items = on_sale(), lone(25)
    zero(items[:3])
    assert (on_sale(), Cut.objects.count()) == (before - 3, 3), "a few are every day's work"
    zero(items[3:])
    shop_of_sixty.refresh_from_db()
    assert shop_of_sixty.guarded_at is not None
    assert on_sale() == before - 3
    assert Notice.objects.get(key__startswith="guard").title == "May very many pages end on Shopify?"
    guard.lift(connection=shop_of_sixty)
    patiently()
    assert on_sale() == before - 25
    assert not Notice.objects.filter(key__startswith="guard", read=None).exists()
