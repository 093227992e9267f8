"""The walk over a shop's pages looks for what it did not meet, and asks for a later look once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from instica.connections.models import Connection, State
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.core.errors import Conflict
from instica.kit.types import Page, RemoteListing
from instica.listings import leveling
from instica.listings.models import Listing, Offer
from instica.listings.stepping import Run
from instica.sync import pace, reconcile, standing
from instica.sync.models import Cursor
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from instica.work.urgency import Urgency
from tests.features.importing import listing
from tests.features.pretend import PretendConnector
from tests.features.selling import HOUR, offered, stocked


@pytest.fixture
def rows(pretend: Connection, monkeypatch: pytest.MonkeyPatch) -> list[RemoteListing]:
    """What the shop's list shows, all at once."""
    shown: list[RemoteListing] = []
    monkeypatch.setattr(PretendConnector, "listings", lambda self, cursor: Page(tuple(shown)))
    Cursor.objects.create(connection=pretend, walk=reconcile.PAGES, since=now())
    return shown


def walk(connection: Connection) -> list[str]:
    """A round of it; the pages that are looked at for themselves then."""
    reconcile.step(connection=connection, connector=connector_for(connection, "bulk"))
    return [key.partition(":")[2] for key in Task.objects.filter(kind="sync.look").values_list("key", flat=True)]


def test_pages_nobody_took_in_never_keep_ours_from_being_looked_for(
    pretend: Connection, rows: list[RemoteListing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "SEARCHED", 1)
    offered(pretend, "STRANGER", item=stocked(pretend, "STRANGER"))
    offered(pretend, "OURS", item=stocked(pretend, "OURS"))
    Offer.objects.filter(listing__remote_id="STRANGER").update(item=None)
    Listing.objects.update(seen_at=now() - 2 * HOUR)
    Listing.objects.filter(remote_id="STRANGER").update(seen_at=now() - 3 * HOUR)
    assert walk(pretend) == ["OURS"]


def test_a_drop_is_looked_at_again_once_however_often_it_is_met(pretend: Connection, rows: list[RemoteListing]) -> None:
    offered(pretend, "L1", quantity=3)
    rows.append(listing("L1", quantity=1))
    for _ in range(3):
        assert walk(pretend) == ["L1"]
        Listing.objects.update(seen_at=now() - dt.timedelta(seconds=1))


def test_items_are_locked_before_any_page_and_all_at_once(pretend: Connection) -> None:
    """A batch that took page by page would wait for a sale of several items, and that sale for the batch."""
    pages = [offered(pretend, name, quantity=2).listing_id for name in ("L1", "L2", "L3")]
    with CaptureQueriesContext(database) as asked:
        leveling.lower([Run(page, "", Urgency.END, 0) for page in pages])
    said = [each["sql"] for each in asked.captured_queries]
    first = next(place for place, sql in enumerate(said) if 'FROM "listings_listing"' in sql)
    locks = [sql.replace("-", "") for sql in said[:first] if 'FROM "inventory_item"' in sql]
    assert all(item.hex in locks[0] for item in Offer.objects.values_list("item", flat=True))


def test_what_went_has_its_order_asked_for_at_once(pretend: Connection, rows: list[RemoteListing]) -> None:
    Cursor.objects.create(connection=pretend, walk=pace.ORDERS, since=now())
    offered(pretend, "L1", quantity=3)
    rows.append(listing("L1", quantity=3))
    walk(pretend)
    assert not Task.objects.filter(kind="orders.poll").exists()
    Listing.objects.update(seen_at=now() - dt.timedelta(seconds=1))
    rows[:] = [listing("L1", quantity=1)]
    walk(pretend)
    polls = Task.objects.filter(kind="orders.poll")
    assert list(polls.values_list("key", "urgency")) == [(str(pretend.uid), Urgency.ORDER)]
    polls.delete()
    reconcile.one(connection=pretend, connector=connector_for(pretend, "stock"), ref="L1")
    assert polls.count() == 1, "a page that is gone may have been sold"


def test_a_person_asks_for_a_walk_and_sees_how_far_it_is(
    pretend: Connection, rows: list[RemoteListing], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {None: Page((listing("L1", quantity=1),), next="2"), "2": Page((listing("L2", quantity=1),))}
    monkeypatch.setattr(PretendConnector, "listings", lambda self, cursor: pages[cursor])
    for name in ("L1", "L2"):
        offered(pretend, name, item=stocked(pretend, name))
    Listing.objects.update(seen_at=now() - HOUR)
    assert standing.shops(pretend.organization)[0].walk is None
    for _ in range(2):
        reconcile.compare(connection=pretend)
    assert standing.shops(pretend.organization)[0].walk == standing.Walk(read=0, known=2, why="")
    walk(pretend)
    assert standing.shops(pretend.organization)[0].walk == standing.Walk(read=1, known=2, why="")
    run_until_idle()
    (shop,) = standing.shops(pretend.organization)
    assert (shop.walk, shop.pages_read is not None) == (None, True)
    assert not Listing.objects.filter(seen_at__lte=now() - HOUR).exists()


def test_a_shop_that_must_be_connected_again_is_not_walked(pretend: Connection, rows: list[RemoteListing]) -> None:
    pretend.state = State.EXPIRED
    with pytest.raises(Conflict, match="on Pretend again first"):
        reconcile.compare(connection=pretend)
    assert not Task.objects.exists()


def test_pages_no_program_sees_are_not_walked(pretend: Connection) -> None:
    with pytest.raises(Conflict, match="Pretend shows its pages to no program"):
        reconcile.compare(connection=pretend)
    assert not Task.objects.exists()
