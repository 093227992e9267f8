"""What changed in a shop is asked for between imports: every changed listing is an event, once, that is acted on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.imports import services as imports
from instica.kit.contract import LimitSpec
from instica.kit.types import Level, Ref
from instica.listings.models import Listing
from instica.sync import changes, pace, services
from instica.sync.models import Cursor, Event
from instica.work import limits
from instica.work.engines.threads import run_until_idle
from instica.work.models import Schedule, Task
from tests.features.importing import done
from tests.features.pretend import MANIFEST
from tests.shops import Shops

ROUND = {"kind": "listings.changes"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def here(shop: Shops, clock: time_machine.Traveller) -> Connection:
    """A shop whose changes are known up to five minutes ago."""
    connection = shop("ebay", listings=3)
    services.start(connection=connection)
    run_until_idle()
    clock.shift(300)
    return connection


def changed(shop: Shops) -> list[str]:
    """Two listings change on the site: a price, and one that ends."""
    numbers = [row["listing_id"] for row in shop.control("ebay", "listings")["listings"] if row["status"] == "Active"]
    shop.control("ebay", "edit", {"listing_id": numbers[0], "price": "77.00"})
    shop.control("ebay", "end", {"listing_id": numbers[1]})
    return sorted(str(number) for number in numbers[:2])


def told() -> list[str]:
    return sorted(Event.objects.filter(kind="changed").values_list("object_id", flat=True))


def test_changed_listings_are_events_that_are_acted_on(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    assert Schedule.objects.get(**ROUND).seconds == 300
    numbers = changed(shop)
    Task.objects.filter(kind="orders.poll").delete()
    Schedule.objects.filter(**ROUND).update(next_at=now())
    run_until_idle()
    assert told() == numbers
    events = Event.objects.values_list("marketplace", "connection", "account", "topic", "event_id").distinct()
    assert list(events) == [("ebay", here.uid, here.remote_id, "listing.changed", "")]
    assert not Event.objects.filter(handled=None).exists()
    assert Cursor.objects.get(walk="changes").since == now()
    for _ in range(3):
        clock.shift(600)
        run_until_idle()
    assert told() == sorted([*numbers, *numbers]), "once more where rounds overlap, then never again"


def test_what_was_looked_at_or_written_by_us_needs_no_look(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    done(imports.create(organization=here.organization, connection=here, user=None))
    clock.shift(600)
    run_until_idle()
    before = looks(shop)
    numbers = changed(shop)
    for _ in range(3):
        clock.shift(301)
        run_until_idle()
    assert (told(), looks(shop) - before) == (numbers, 2)
    assert not Event.objects.filter(handled=None).exists()
    page = Listing.objects.filter(seen="live").exclude(remote_id__in=numbers)[0]
    connector_for(here, "stock").set_levels([Level(Ref(page.remote_id), 3)])
    page.offers.update(seen_quantity=3)
    Listing.objects.filter(pk=page.pk).update(seen_at=now())
    clock.shift(301)
    run_until_idle()
    assert told() == numbers


def looks(shop: Shops) -> int:
    return sum(row["call"] == "POST /ws/api.dll#GetItem" for row in shop.control("ebay", "requests")["requests"])


def test_what_waits_to_be_looked_at_is_not_told_twice(here: Connection, shop: Shops) -> None:
    numbers = changed(shop)
    for _ in range(2):
        assert changes.poll(connection=here, connector=connector_for(here, "stock")) is False
    assert (told(), Task.objects.filter(kind="sync.event").count()) == (numbers, 2)


def test_events_and_cursor_move_together_or_not_at_all(
    here: Connection, shop: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, since = changed(shop), Cursor.objects.get(walk="changes").since
    with monkeypatch.context() as patch:
        patch.setattr(Cursor, "save", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            changes.poll(connection=here, connector=connector_for(here, "stock"))
    assert (told(), Task.objects.filter(kind="sync.event").count()) == ([], 0)
    assert Cursor.objects.get(walk="changes").since == since
    changes.poll(connection=here, connector=connector_for(here, "stock"))
    assert told() == numbers


def test_orders_do_not_wait_when_changes_may_not_be_asked_for(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    limits.learn("ebay.trading.GetSellerEvents:app", until=now() + pace.PROVEN_FOR)
    clock.shift(900)
    run_until_idle()
    here.refresh_from_db()
    assert here.last_synced_at == now()
    assert not Task.objects.filter(state="dead").exists()


def test_a_marketplace_that_tells_no_changes_is_not_asked(shop: Shops) -> None:
    services.start(connection=shop("discogs", listings=1))
    assert not Schedule.objects.filter(**ROUND).exists()


@pytest.mark.parametrize(("shops", "seconds"), [(1, 300), (10, 1152), (100, 3600)])
def test_shops_share_the_limit_of_asking(here: Connection, shops: int, seconds: int) -> None:
    limit = LimitSpec("x", rate=3_000, per=86_400, burst=2_000, scope="app", polls=False, changes=True)
    narrow = LimitSpec("y", rate=5, per=86_400, burst=5, scope="app")
    manifest = type(MANIFEST)("ebay", "X", "https://x.example", "oauth", limits=(limit, narrow))
    for number in range(1, shops):
        Connection.objects.create(
            organization=here.organization, marketplace="ebay", remote_id=str(number), username="x", secrets={}
        )
    assert pace.change_seconds(here, manifest) == seconds
