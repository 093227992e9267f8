"""A walk that finds pages as they are known writes that down for all at once, and nothing else about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.money import Money
from instica.kit.types import Page, RemoteListing
from instica.listings import observing, unchanged
from instica.listings.models import Listing, Offer
from instica.sync import reconcile
from instica.sync.models import Cursor
from tests.features import importing
from tests.features.importing import brought
from tests.features.pretend import PretendConnector
from tests.features.test_sync_walk import walk

LATER = dt.timedelta(hours=1)


def listing(number: str, **fields: Any) -> RemoteListing:
    """A record on sale for some time."""
    return importing.listing(number, listed_at=dt.datetime(2026, 2, 15, tzinfo=dt.UTC), **fields)


def rows() -> list[dict[str, Any]]:
    """Everything about pages and offers but when they were seen."""
    pages = [row | {"seen_at": None} for row in Listing.objects.order_by("uid").values()]
    return pages + list(Offer.objects.order_by("uid").values())


def confirmed(*there: RemoteListing) -> list[str]:
    """Whose reading said nothing new, an hour from now."""
    known = dict(Listing.objects.values_list("remote_id", "pk"))
    same = unchanged.confirm(read={known[each.id]: each for each in there}, asked_at=now() + LATER)
    return [each.id for each in there if known[each.id] in same]


def test_a_reading_that_says_nothing_new_changes_nothing_else(pretend: Connection) -> None:
    there = [listing("1"), listing("2", quantity=4)]
    brought(pretend, *there)
    before, seen = rows(), Listing.objects.get(remote_id="1").seen_at
    assert confirmed(*there) == ["1", "2"]
    assert rows() == before
    assert Listing.objects.get(remote_id="1").seen_at > seen + LATER
    for each in there:
        observing.observe(
            page=Listing.objects.get(remote_id=each.id).pk, remote=each, asked_at=now() + 2 * LATER, whole=True
        )
    assert rows() == before, "and a whole look says the same"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another name"},
        {"status": "On holiday"},
        {"seen": "hidden"},
        {"url": "https://shop.example/moved"},
        {"images": ("https://img.example/9.jpg",)},
        {"offers": "fewer"},
        {"offers": "more"},
        {"offers": "dearer"},
        {"brief": True, "title": "Another name"},
    ],
)
def test_whatever_is_new_is_for_a_whole_look(pretend: Connection, change: dict[str, Any]) -> None:
    there = listing("1", quantity=4)
    brought(pretend, there)
    offers = {
        "fewer": replace(there.offers[0], quantity=3),
        "more": replace(there.offers[0], quantity=5),
        "dearer": replace(there.offers[0], price=Money(9900, "USD")),
    }
    what = change | ({"offers": (offers[change["offers"]],)} if "offers" in change else {})
    before, seen = rows(), Listing.objects.get().seen_at
    assert confirmed(replace(there, **what)) == []
    assert (rows(), Listing.objects.get().seen_at) == (before, seen)


@pytest.mark.parametrize(
    "state",
    [
        {"waits": True},
        {"doubted": True},
        {"held": "paused"},
        {"asked_by": "person"},
        {"exposed_since": now()},
        {"drift": [{"field": "title", "ours": "a", "theirs": "b"}]},
        {"problem": {"step": "revise", "message": "no"}},
        {"wanted": "ended"},
        {"pictures": {"ours": ["a"], "theirs": None}},
        {"delisted_at": now()},
    ],
)
def test_where_anything_is_to_do_a_whole_look_decides(pretend: Connection, state: dict[str, Any]) -> None:
    there = listing("1", quantity=4)
    brought(pretend, there)
    Listing.objects.update(**state)
    assert confirmed(there) == []


def test_stock_that_the_page_does_not_show_yet_is_for_a_whole_look(pretend: Connection) -> None:
    there = listing("1", quantity=4)
    brought(pretend, there)
    Offer.objects.get().item.__class__.objects.update(quantity=3)
    assert confirmed(there) == []


def test_a_reading_from_before_our_write_says_nothing(pretend: Connection) -> None:
    there = listing("1", quantity=4)
    brought(pretend, there)
    written = now() + 2 * LATER
    Listing.objects.update(seen_at=written)
    assert confirmed(there) == []
    assert Listing.objects.get().seen_at == written


def test_a_walk_over_many_pages_asks_as_little_as_over_few(
    pretend: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cursor.objects.create(connection=pretend, walk=reconcile.PAGES, since=now())
    there = [listing(str(number)) for number in range(30)]
    brought(pretend, *there)
    Listing.objects.update(seen_at=now() - LATER)
    asked = []
    for count in (3, 30):
        shown = Page(tuple(there[:count]))
        monkeypatch.setattr(PretendConnector, "listings", lambda self, cursor, shown=shown: shown)
        with CaptureQueriesContext(database) as queries:
            walk(pretend)
        asked.append(len(queries))
    assert asked[0] >= asked[1] - 2, asked
