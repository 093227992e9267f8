"""What the card of a shop says about how often its orders are asked for."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from instica.connections.models import Connection, State
from instica.sync import services
from instica.web.templatetags.web import pace
from instica.work.models import Schedule
from tests.web.test_import_pages import text

PATH = "/marketplaces/"


def test_the_card_says_how_often_orders_are_asked_for(ada: Client, pretend: Connection) -> None:
    assert "asked for" not in text(ada.get(PATH).content), "nobody looks yet"
    services.start(connection=pretend)
    other = Connection.objects.create(
        organization=pretend.organization, marketplace="pretend", remote_id="8", username="second"
    )
    services.start(connection=other)
    Schedule.objects.filter(kind="orders.poll", key=str(other.uid)).update(seconds=900)
    with CaptureQueriesContext(database) as queries:
        words = text(ada.get(PATH).content)
    assert words.count("orders asked for every 30 seconds") == 1
    assert words.count("orders asked for every 15 minutes") == 1
    assert len([each for each in queries if "work_schedule" in each["sql"]]) == 1


@pytest.mark.parametrize("state", [State.EXPIRED, State.REVOKED])
def test_a_shop_that_is_not_asked_says_nothing(ada: Client, pretend: Connection, state: State) -> None:
    services.start(connection=pretend)
    Connection.objects.update(state=state)
    assert "asked for" not in text(ada.get(PATH).content)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "every second"),
        (30, "every 30 seconds"),
        (60, "every minute"),
        (90, "every 90 seconds"),
        (907, "every 15 minutes"),
        (3600, "every hour"),
        (5400, "every 90 minutes"),
    ],
)
def test_a_pace_in_words(seconds: int, words: str) -> None:
    assert pace(seconds) == words
