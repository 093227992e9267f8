"""Records are sold there at any moment of an import, and we hear of it at any later one: always the same balances."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.imports import apply, fetch, services
from instica.imports.models import Job
from instica.inventory.models import Item
from instica.listings.models import Offer
from instica.notices.models import Notice
from instica.orders import services as orders
from instica.orders.models import Line
from instica.people.models import User
from tests.features.importing import settled
from tests.features.selling import HOUR, stock
from tests.shops import Shops

MOMENTS = ("created", "half read", "read", "half imported", "imported")
ORDERINGS = [(bought, heard) for bought in range(5) for heard in range(bought, 5)]
PAGE = 100


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs", listings=130)


def records(shop: Shops) -> tuple[str, str]:
    """A record on the first page of the shop and one on the second."""
    rows = shop.control("discogs", "listings")["listings"]
    early, late = (
        next(str(one["listing_id"]) for one in part if one["status"] == "For Sale" and one["sku"])
        for part in (rows[20:PAGE], rows[PAGE + 5 :])
    )
    return early, late


def steps(job: Job, clock: time_machine.Traveller) -> Iterator[int]:
    """The import, piece by piece; between two pieces the world goes on."""
    pieces: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: fetch.read(job.uid),
        lambda: settled(job),
        lambda: (services.start(job=job), apply.Applying(job.uid).batch()),
        lambda: settled(job),
    )
    for moment, piece in enumerate(pieces):
        clock.shift(61)
        piece()
        clock.shift(61)
        yield moment


def hear(connection: Connection) -> None:
    """Read the shop's orders."""
    page = connector_for(connection, "stock").orders(connection.connected_at - HOUR, None)
    orders.take_in(connection=connection, orders=page.rows)


def check(number: str, *, imported: bool) -> None:
    """Sold once and counted once; or never taken in, and kept for a person."""
    offer, line = Offer.objects.get(listing__remote_id=number), Line.objects.get(listing_ref=number)
    assert (offer.listing.seen, offer.seen_quantity) == ("sold_out", 0)
    if not imported:
        assert (offer.item, offer.agreed_quantity, line.settled, line.allocated) == (None, 1, "waiting", 0)
        return
    assert offer.item
    assert stock(offer.item) == (0, 0, "sold")
    assert sorted(offer.item.moves.values_list("cause", "delta")) == [("import", 1), ("sale", -1)]
    assert (offer.agreed_quantity, line.settled, line.allocated, line.offer) == (0, "moved", 1, offer)


@pytest.mark.parametrize(
    ("bought", "heard"), ORDERINGS, ids=[f"{MOMENTS[one]}, heard when {MOMENTS[two]}" for one, two in ORDERINGS]
)
def test_sold_once(
    shop: Shops, here: Connection, person: User, monkeypatch: pytest.MonkeyPatch, bought: int, heard: int
) -> None:
    monkeypatch.setattr(fetch, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(apply, "BATCH", PAGE)
    early, late = records(shop)
    with time_machine.travel(now(), tick=True) as clock:
        job = services.create(organization=here.organization, connection=here, user=person)
        for moment in steps(job, clock):
            if moment == bought:
                for number in (early, late):
                    shop.control("discogs", "buy", {"listing_id": int(number), "quantity": 1})
            if moment == heard:
                hear(here)
        settled(job)
        hear(here)
        settled(job)
    check(early, imported=bought >= 1)
    check(late, imported=bought >= 2)
    gone = (bought >= 1) + (bought >= 2)
    assert Item.objects.filter(quantity=1).count() == Item.objects.count() - gone
    assert (job.stage, Item.objects.count()) == ("done", job.imported)
    assert Line.objects.count() == 2
    assert not Notice.objects.filter(key__startswith="oversold:").exists()
