"""Photos of an item change after it was listed: its page follows, and the seller's own picture there stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine

from instica.connections.talk import connector_for
from instica.inventory.models import Image, Item
from instica.kit.types import Ref
from instica.listings import drafts, standing, wishes
from instica.listings import services as listings
from instica.listings.models import Listing
from tests.features.listing import confirmed, item_for, may_list, pages, worked
from tests.shops import Shops

LINK = "https://i.ebayimg.com/images/g/CONFORM00000000{}/s-l1600.jpg"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


def photo(item: Item, place: int) -> Image:
    made: Image = Image.objects.create(
        organization=item.organization, item=item, url=LINK.format(place), position=place
    )
    return made


def there(page: Listing) -> tuple[str, ...]:
    return connector_for(page.connection, "stock").listing(Ref(page.remote_id)).images


@pytest.mark.django_db(transaction=True)
def test_a_page_follows_the_photos_of_its_item(shop: Shops, clock: time_machine.Traveller) -> None:
    connection = confirmed(shop("shopify", listings=10))
    may_list(connection.organization)
    item = item_for(connection)
    first, second = photo(item, 1), photo(item, 2)
    wishes.list_item(item=item, connection=connection, by=wishes.By())
    worked(clock)
    (page,) = pages(item)
    red, green = there(page)

    api = connector_for(connection, "stock")
    (row,) = standing.of(Listing.objects.filter(pk=page.pk).select_related("connection"))
    draft = drafts.of(row).draft
    theirs = api.revise(
        Ref(page.remote_id),
        replace(
            draft,
            images=(*draft.images, LINK.format(9)),
            placed={
                draft.images[0]: red,
                draft.images[1]: green,
            },
        ),
    ).images[2]

    first.delete()
    photo(item, 3)
    listings.follow([item.pk])
    worked(clock)
    page.refresh_from_db()
    assert (page.problem, second.position) == (None, 2)
    now_there = there(page)
    assert (now_there[0], now_there[2], len(now_there)) == (green, theirs, 3)
    assert now_there[1] not in (red, green, theirs)
