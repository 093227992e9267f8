"""More was put on sale, and nobody heard that it was: a sale elsewhere is not left standing against what we believe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.inventory.models import Item
from instica.listings import calls, stepping
from instica.listings import services as listings
from instica.listings.models import Listing
from instica.listings.stepping import Run
from instica.listings.wishes import By
from instica.work.lanes import commit
from instica.work.models import Task
from instica.work.urgency import Urgency
from tests.features.listing import FIELDS, MARKETPLACES, confirmed, item_for, on_sale, truth, worked
from tests.shops import Shops


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that can be moved."""
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


@pytest.mark.parametrize("slug", sorted(set(MARKETPLACES) - {"discogs"}))
def test_killed_after_more_was_put_on_sale(shop: Shops, clock: time_machine.Traveller, slug: str) -> None:
    connection = confirmed(shop(slug, listings=20))
    item = item_for(connection)
    fields = {"fields": FIELDS[slug]} if slug in FIELDS else None
    page = listings.list_item(item=item, connection=connection, overrides=fields, by=By())
    worked(clock)
    Item.objects.filter(pk=item.pk).update(quantity=3)
    with commit():
        listings.stock_changed([item.pk])
        plan = stepping.prepare(Run(page.pk, "", Urgency.LEVEL, 0))
    assert plan is not None
    assert plan.step == "set_levels"
    calls.perform(connector_for(connection, "stock"), plan)
    (number,) = on_sale(shop, slug)
    assert truth(shop, slug)[number]["quantity"] == 3, "and the worker died before it could write that down"
    Item.objects.filter(pk=item.pk).update(quantity=1)
    with commit():
        listings.stock_changed([item.pk], reason="sale", cause="order 1 was sold")
    assert Listing.objects.get(pk=page.pk).exposed_since is not None
    assert set(Task.objects.filter(kind="listing.step").values_list("urgency", flat=True)) >= {Urgency.END}
    worked(clock)
    page.refresh_from_db()
    assert truth(shop, slug)[number]["quantity"] == 1
    assert (page.doubted, page.exposed_since, page.drift) == (False, None, None)
