"""A shop is imported at the full published rate; a page that must end ends at once, and nothing is refused."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import time_machine

from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.imports import services
from instica.imports.models import Job
from instica.kit.types import Ref
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.shops import Shops

MOMENT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
LISTINGS = 1_500
SOLD_AFTER = dt.timedelta(seconds=2)
TARGET_SECONDS = 2.0


def test_a_page_ends_at_once_while_everything_else_is_read(
    shop: Shops, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = shop("etsy", listings=LISTINGS)
    shop.control("etsy", "reset", {"seed": 1, "listings": LISTINGS, "limits": True, "odd": False})
    number = next(
        str(row["listing_id"]) for row in shop.control("etsy", "listings")["listings"] if row["status"] == "active"
    )
    ended: list[dt.datetime] = []
    heard: list[int] = []

    def wait(seconds: float) -> None:
        """The clock moves while the import waits for its turn; meanwhile another worker hears of a sale."""
        clock.shift(max(seconds, 0.0))
        if not ended and now() >= MOMENT + SOLD_AFTER:
            heard.append(len(shop.control("etsy", "requests")["requests"]))
            ended.append(now())
            connector_for(connection, "stock").withdraw(Ref(number))
            ended.append(now())

    with time_machine.travel(MOMENT, tick=False) as clock:
        monkeypatch.setattr(time, "sleep", wait)
        job = services.quick(organization=builders.house(person), marketplace="etsy", user=person)
        while Job.objects.get(pk=job.pk).run:
            if not run_until_idle():
                wait(0.05)
        took = (now() - MOMENT).total_seconds()
    sold, gone = ended
    asked = shop.control("etsy", "requests")["requests"]
    assert (gone - sold).total_seconds() <= TARGET_SECONDS
    assert {row["status"] for row in asked} == {200}
    (end,) = [place for place, row in enumerate(asked) if row["method"] == "PATCH"]
    assert {number in row["path"] for row in asked[heard[0] : end + 1]} == {True}
    assert 0 < end < len(asked) - 5
    assert Job.objects.get(pk=job.pk).found == LISTINGS
    assert took <= (len(asked) - 1) // 5 * 1.2
