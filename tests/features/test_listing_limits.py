"""A limit that is counted by listing: kept to however often stock changes, and forgotten once nobody draws on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db.models import QuerySet

from instica.connections.models import Connection
from instica.connections.session import ShopBudget
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.imports import services as services_of_imports
from instica.inventory import stock
from instica.kit.types import Level, Ref
from instica.listings.models import Listing
from instica.people.models import User
from instica.sync import services
from instica.work import limits
from instica.work.engines.threads import run_until_idle
from instica.work.models import Limit, Schedule
from tests.features.importing import done
from tests.features.listing import confirmed
from tests.shops import Shops

DAY = dt.timedelta(days=1)
MOST = 250


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("ebay", listings=3)


def written(shop: Shops) -> int:
    """Revisions that were sent, none of which was refused."""
    calls = [row["call"] for row in shop.control("ebay", "requests")["requests"]]
    return sum("bulk_update_price_quantity" in call or "#ReviseInventoryStatus" in call for call in calls)


def own() -> QuerySet[Limit]:
    return Limit.objects.filter(name__startswith="ebay.revisions:")


def test_three_hundred_changes_of_stock_in_a_day(here: Connection, shop: Shops) -> None:
    """Eighty at once, the others over the day: what is not let through waits, and the last level stands at its end."""
    listing = shop.control("ebay", "listings")["listings"][0]["listing_id"]
    level, waited = Level(Ref(str(listing)), 1), 0
    with time_machine.travel(now(), tick=False) as clock:
        connector = connector_for(here, "stock")
        for number in range(300):
            clock.shift(0 if number < 80 else (DAY / 230))
            level = Level(Ref(str(listing)), 2 + number % 2)
            (outcome,) = connector.set_levels([level])
            assert (outcome.seen is None) == (outcome.until is not None)
            waited += outcome.seen is None
        assert waited > 10
        assert 200 < written(shop) <= MOST
        if outcome.until:
            clock.move_to(outcome.until)
            assert connector.set_levels([level])[0].seen == level.quantity
    assert shop.control("ebay", "listings")["listings"][0]["quantity"] == level.quantity


def test_a_level_that_may_not_be_sent_now_is_sent_by_itself_later(here: Connection, shop: Shops, person: User) -> None:
    """Nobody is asked, and nothing is refused; what is sold out meanwhile comes down at once."""
    confirmed(here)
    done(services_of_imports.create(organization=here.organization, connection=here, user=person))
    page = Listing.objects.filter(seen="live", offers__item__quantity=1).order_by("remote_id")[0]
    item = page.offers.get().item
    assert item
    with time_machine.travel(now(), tick=False) as clock:
        ShopBudget(here, "stock").admit({f"ebay.revisions:{page.remote_id}": 50})
        stock.count(item=item, quantity=4, note="Found more", actor="ada")
        run_until_idle()
        page.refresh_from_db()
        assert (page.problem, left(shop, page), written(shop)) == (None, 1, 0)
        clock.shift(dt.timedelta(minutes=8))
        run_until_idle()
        page.refresh_from_db()
        assert (page.problem, left(shop, page), written(shop)) == (None, 4, 1)
        stock.count(item=item, quantity=0, note="Broken", actor="ada")
        run_until_idle()
        assert (left(shop, page), written(shop)) == (None, 1)


def left(shop: Shops, page: Listing) -> int | None:
    """What buyers can have of it; nothing where it was taken down."""
    rows = {str(row["listing_id"]): row for row in shop.control("ebay", "listings")["listings"]}
    row = rows[page.remote_id]
    return row["quantity"] if row["status"] == "Active" else None


def test_what_nobody_draws_on_is_forgotten(here: Connection) -> None:
    services.start(connection=here)
    budget = ShopBudget(here, "stock")
    with time_machine.travel(now(), tick=False) as clock:
        budget.admit({"ebay.revisions:1": 50})
        clock.shift(DAY / 2)
        budget.admit({"ebay.revisions:2": 1})
        clock.shift(DAY * 1.1)
        Schedule.objects.filter(kind="limits.forget").update(next_at=now())
        run_until_idle()
        assert [name.rpartition(":")[2] for name in own().values_list("name", flat=True)] == []
        assert Limit.objects.filter(name="ebay.inventory:app").exists()


def test_one_that_is_forgotten_while_it_is_asked_for_begins_anew(
    here: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget, admit = ShopBudget(here, "stock"), limits.admit

    def too_late(*asked: Any, **more: Any) -> None:
        monkeypatch.setattr(limits, "admit", admit)
        own().delete()
        admit(*asked, **more)

    monkeypatch.setattr(limits, "admit", too_late)
    budget.admit({"ebay.revisions:1": 1})
    assert own().get().meter > 0
