"""What a seller does on the site itself is found by the walk, whatever the shop, and by events where it sends any."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import services as imports
from instica.imports.models import Row
from instica.listings.models import Listing, Seen
from instica.notices.models import Notice
from instica.sync import reconcile
from instica.sync import services as sync
from instica.sync.models import Cursor
from instica.work.engines.threads import run_until_idle
from instica.work.models import Schedule
from instica.work.urgency import Urgency
from tests.shops import Shops

SHOPS = ["discogs", "ebay", "etsy", "shopify"]


@pytest.fixture(params=SHOPS)
def connection(request: pytest.FixtureRequest, shop: Shops) -> Connection:
    """A small shop, imported and in step."""
    made = shop(request.param, listings=12)
    imports.quick(organization=made.organization, marketplace=request.param, user=made.connected_by)
    run_until_idle()
    Connection.objects.update(confirmed_at=now())
    sync.start(connection=made)
    walk(hours=0)
    return made


def walk(hours: float = 7) -> None:
    """The next round, with whatever it asks for."""
    with time_machine.travel(now() + dt.timedelta(hours=hours), tick=True) as clock:
        Schedule.objects.filter(kind="sync.reconcile").update(next_at=now())
        for _ in range(4):
            run_until_idle()
            clock.shift(20)


def on_sale() -> Listing:
    """A page that sells one item we know."""
    rows = Listing.objects.filter(seen=Seen.LIVE, offers__item__isnull=False).order_by("remote_id")
    return next(page for page in rows if page.offers.count() == 1)


def test_a_shop_nobody_touched_shows_no_difference(connection: Connection) -> None:
    walk()
    assert list(Listing.objects.exclude(drift=None).values_list("remote_id", "drift")) == []
    assert Cursor.objects.get(walk="pages").finished is not None


def test_an_edit_there_is_found(shop: Shops, connection: Connection) -> None:
    page = on_sale()
    shop.control(connection.marketplace, "edit", {"listing_id": page.remote_id, "price": "77.00"})
    walk()
    page.refresh_from_db()
    (price,) = (each for each in page.drift or () if each["field"] == "price")
    assert price["theirs"]["amount"] == "77.00"


def test_a_page_ended_there_is_found(shop: Shops, connection: Connection) -> None:
    page = on_sale()
    shop.control(connection.marketplace, "end", {"listing_id": page.remote_id})
    walk()
    page.refresh_from_db()
    assert page.seen in (Seen.ENDED, Seen.HIDDEN, Seen.SOLD_OUT)


@pytest.mark.parametrize("connection", ["shopify"], indirect=True)
def test_an_event_is_enough(shop: Shops, connection: Connection) -> None:
    page = on_sale()
    shop.control("shopify", "edit", {"listing_id": page.remote_id, "title": "Another name"})
    with time_machine.travel(now() + dt.timedelta(hours=1), tick=True):
        reconcile.look(connection, page.remote_id, urgency=Urgency.ORDER)
        run_until_idle()
    page.refresh_from_db()
    assert [each["theirs"] for each in page.drift or ()] == ["Another name"]


@pytest.mark.parametrize("connection", ["discogs"], indirect=True)
def test_a_page_made_there_is_said(connection: Connection) -> None:
    page = on_sale()
    Row.objects.filter(remote_id=page.remote_id).delete()
    page.delete()
    walk()
    assert Notice.objects.get(key__startswith="strangers").title == "Listings on Discogs that are not in your inventory"
