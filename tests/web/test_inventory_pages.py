"""The Inventory page and an item's page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports.models import Job
from instica.inventory.models import Cause, Image, Item, Status
from instica.inventory.services import move
from instica.listings.models import Listing, Seen
from instica.people.models import User
from tests import builders
from tests.web.test_import_pages import text


@pytest.fixture
def three(person: User) -> list[Item]:
    """Three records: cheap and worn, dear and clean, and one without a price."""
    house = builders.house(person)
    rows = [("Abbey Road", "g", 500, "A-1"), ("Blue Train", "near_mint", 9900, "B-2"), ("Closer", "vg", None, "C-3")]
    return [
        builders.item(
            house, builders.product(house, title, f"Artist of {title}"), condition_item=grade, price=price, sku=sku
        )
        for title, grade, price, sku in rows
    ]


def shown(client: Client, query: str) -> list[str]:
    """The titles on a page, in their order."""
    return [item.title for item in client.get(f"/inventory/?{query}").context["page"]]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Closer - VG", "Blue Train - NM", "Abbey Road - G"]),
        ("search=blue", ["Blue Train - NM"]),
        ("search=artist+abbey", ["Abbey Road - G"]),
        ("search=b-2", ["Blue Train - NM"]),
        ("search=nothing", []),
        ("status=sold", []),
        ("status=ready-to-sell&ordering=title", ["Abbey Road - G", "Blue Train - NM", "Closer - VG"]),
        ("status=nonsense", ["Closer - VG", "Blue Train - NM", "Abbey Road - G"]),
        ("ordering=-price_total_usd", ["Blue Train - NM", "Abbey Road - G", "Closer - VG"]),
        ("ordering=condition_item", ["Blue Train - NM", "Closer - VG", "Abbey Road - G"]),
        ("ordering=password", ["Closer - VG", "Blue Train - NM", "Abbey Road - G"]),
        ("page=99&page_size=nonsense", ["Closer - VG", "Blue Train - NM", "Abbey Road - G"]),
    ],
)
def test_search_filter_and_order(ada: Client, three: list[Item], query: str, titles: list[str]) -> None:
    assert shown(ada, query) == titles


def test_pages_and_sizes(ada: Client, done: Job) -> None:
    first = ada.get("/inventory/?page_size=50&search=&ordering=title")
    assert len(first.context["page"]) == 50
    words = text(first.content)
    assert "145 items" in words
    assert "1–50 of 145 items" in words
    assert b'href="?page_size=50&amp;search=&amp;ordering=title&amp;page=2"' in first.content
    last = ada.get("/inventory/?page_size=50&page=3")
    assert "101–145 of 145 items" in text(last.content)


def test_a_page_costs_the_same_however_many_items(
    ada: Client, done: Job, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (25, 100):
        with django_assert_num_queries(15):
            ada.get(f"/inventory/?page_size={size}")


def test_an_item_with_its_listings_and_moves(ada: Client, three: list[Item], shop: object, person: User) -> None:
    item = three[0]
    house = builders.house(person)
    connection = Connection.objects.create(
        organization=house, marketplace="discogs", remote_id="1", username="ada", currency="USD"
    )
    offer = builders.offer(item, connection)
    Listing.objects.filter(pk=offer.listing_id).update(seen_at=now(), seen=Seen.LIVE)
    move(item=item, delta=2, cause=Cause.PERSON, reference="a", actor="Ada")
    move(item=item, delta=-1, cause=Cause.SALE, reference="b")
    words = text(ada.get(f"/inventory/{item.public_id}/").content)
    assert "Abbey Road - G" in words
    assert "Discogs ada $5.00 · 1 shown Live" in words
    assert "-1 Sale" in words
    assert "+2 Set by a person by Ada" in words
    assert "Older than Discogs allows" not in words
    assert "$5.00" in words


def test_what_is_older_than_its_terms_says_so(ada: Client, done: Job) -> None:
    item = Item.objects.all()[0]
    with time_machine.travel(now() + dt.timedelta(hours=7), tick=False):
        words = text(ada.get(f"/inventory/{item.public_id}/").content)
    assert "Older than Discogs allows to call current" in words


def test_made_to_order_counts_nothing(ada: Client, person: User) -> None:
    item = builders.item(builders.house(person), quantity=None, status=Status.LISTED)
    assert "Made to order: nothing is counted." in text(ada.get(f"/inventory/{item.public_id}/").content)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_photo_from_a_strange_address_is_not_shown(ada: Client, person: User, address: str) -> None:
    item = builders.item(builders.house(person), image=address)
    for path in ("/inventory/", f"/inventory/{item.public_id}/"):
        assert address not in ada.get(path).content.decode()


def test_our_copy_of_a_photo_is_shown_and_served(
    ada: Client, person: User, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    item = builders.item(builders.house(person), image="https://i.discogs.com/1.jpg")
    image = Image.objects.create(organization=item.organization, item=item, url="https://i.discogs.com/1.jpg")
    assert b'src="https://i.discogs.com/1.jpg"' in ada.get("/inventory/").content
    name = f"photos/{item.organization_id.hex}/{image.uid.hex}.jpg"
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(b"\xff\xd8\xff")
    Image.objects.update(file=name)
    for path in ("/inventory/", f"/inventory/{item.public_id}/"):
        assert f'src="/media/{name}"' in ada.get(path).content.decode()
    answer = ada.get(f"/media/{name}")
    assert (answer.status_code, answer.headers["Content-Type"], answer.getvalue()) == (
        200,
        "image/jpeg",
        b"\xff\xd8\xff",
    )
    for other in ("../secret.key", "photos/../../secret.key", f"{name}/..", "x.jpg"):
        assert ada.get(f"/media/photos/{other}").status_code == 404


def test_dates_times_and_sizes_as_the_person_likes_them(ada: Client, person: User) -> None:
    person.preferences = {"items_per_page": 7, "timezone": "Asia/Tokyo", "date_format": "dmy"}
    person.save()
    with time_machine.travel(dt.datetime(2026, 2, 15, 20, 30, tzinfo=dt.UTC), tick=False):
        item = builders.item(builders.house(person), quantity=0)
        move(item=item, delta=1, cause=Cause.PERSON, reference="a")
        ada.force_login(person)
        assert "16 Feb 2026, 05:30" in text(ada.get(f"/inventory/{item.public_id}/").content)
        assert ada.get("/inventory/").context["size"] == 7
        assert ada.get("/inventory/?page_size=100").context["size"] == 100
