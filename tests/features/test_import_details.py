"""What a shop's list does not tell is looked up after the import, release by release, and holds nothing up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from instica.catalog.models import Product
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.imports import queries, services
from instica.imports.models import Job
from instica.inventory import services as inventory
from instica.inventory.models import Image, Item
from instica.kit import wire
from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.discogs.simulator.catalogue import pressing
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.features.importing import brought, counts, everything, listing, settled
from tests.shops import Shops

FIRST = 20_000_000


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs")


def record(number: int, release: int | None = None, **fields: Any) -> Any:
    """A row of an export: no picture, no year."""
    named = FIRST + (number if release is None else release)
    return listing(str(number), f"Record {number}", sku=f"S{number}", release=f"discogs:{named}", **fields)


def looked_up(shop: Shops) -> list[int]:
    """The releases that were asked for, in order."""
    paths = [row["path"] for row in shop.control("discogs", "requests")["requests"]]
    return [int(path.rpartition("/")[2]) - FIRST for path in paths if path.startswith("/releases/")]


def later(clock: time_machine.Traveller, job: Job, seconds: int = 60) -> Job:
    """The job after so much time."""
    for step in range(0, seconds, 2):
        clock.shift(min(2, seconds - step))
        run_until_idle()
    return settled(job)


def test_pictures_barcodes_and_years_follow(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    job = brought(here, record(140), record(141, 140), record(142))
    assert (counts(job), queries.progress(job).status) == ((3, 0, 0, 0), "completed")
    assert (queries.progress(job).enriched < queries.progress(job).to_enrich, job.completed) == (True, now())
    job = later(clock, job)
    assert looked_up(shop) == [140, 142]
    assert (job.enriched, job.to_enrich) == (5, 5)
    for product in Product.objects.all():
        release = pressing(int(product.release.removeprefix("discogs:")) - FIRST)
        assert (product.barcode, product.year, product.version) == (release.barcode, release.year, 1)
        assert f"R-{release.id}-1-600" in product.image
        for item in product.items.all():
            assert (item.image, item.version) == (product.image, 1)
            assert list(item.images.values_list("position", "url")) == [(0, product.image)]


def test_what_is_there_is_kept(here: Connection, clock: time_machine.Traveller) -> None:
    job = brought(here, record(140, year=1901, images=("https://i.discogs.com/mine.jpg",)), record(142, year=1902))
    job = later(clock, job)
    products = Product.objects.order_by("release").values_list("year", flat=True)
    assert list(products) == [1901, 1902]
    assert Item.objects.get(sku="S140").image == "https://i.discogs.com/mine.jpg"
    assert "R-20000142-1" in Item.objects.get(sku="S142").image


@pytest.mark.parametrize("trouble", ["status:500", "html:502", "status:404"])
def test_a_release_that_cannot_be_had_costs_nothing_but_itself(
    here: Connection, shop: Shops, clock: time_machine.Traveller, trouble: str
) -> None:
    shop.control("discogs", "faults", [{"match": f"GET /releases/{FIRST + 140}", "times": 99, "do": trouble}])
    job = brought(here, record(140), record(142))
    for _ in range(40):
        clock.shift(60)
        job = settled(job)
    assert (counts(job), job.enriched, job.to_enrich) == ((2, 0, 0, 0), 3, 3)
    assert (Item.objects.get(sku="S140").image, bool(Item.objects.get(sku="S142").image)) == ("", True)
    assert not Task.objects.filter(kind="import.releases").exists()


def test_importing_again_asks_for_nothing(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    rows = [record(number) for number in range(140, 144)]
    later(clock, brought(here, *rows))
    before, asked = everything(), looked_up(shop)
    job = later(clock, brought(here, *rows))
    assert (counts(job), job.to_enrich) == ((0, 4, 0, 0), 0)
    assert (everything(), looked_up(shop)) == (before, asked)


def test_a_picture_we_have_is_not_asked_for_again(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    later(clock, brought(here, record(140)))
    job = later(clock, brought(here, record(140), record(145, 140)))
    assert looked_up(shop) == [140]
    assert (Item.objects.get(sku="S145").image, job.to_enrich) == (Product.objects.get().image, 2)


@pytest.mark.parametrize("seconds", [0, 1, 5, 60])
def test_an_undo_leaves_what_was_there(
    here: Connection, person: User, clock: time_machine.Traveller, seconds: int
) -> None:
    organization = builders.house(person)
    builders.item(organization, builders.product(organization, release=f"discogs:{FIRST + 141}"), condition_item="fair")
    inventory.recount(organization=organization)
    brought(here)
    before = everything()
    job = later(clock, brought(here, *[record(number) for number in range(139, 145)]), seconds)
    services.undo(job=job)
    job = later(clock, job)
    assert everything() == before
    assert (counts(job), job.to_enrich) == ((0, 6, 0, 0), job.enriched)
    assert not Task.objects.filter(kind="import.releases").exists()


def test_it_takes_less_than_half_of_the_limit(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    job = brought(here, *[record(number) for number in range(100)])
    job = later(clock, job)
    assert 12 <= len(looked_up(shop)) <= 21
    assert job.stage == "done"


def test_an_import_and_order_polls_do_not_wait_for_it(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    first = later(clock, brought(here, *[record(number) for number in range(100)]), 10)
    assert 0 < first.enriched < first.to_enrich
    job = settled(services.create(organization=here.organization, connection=here, user=None))
    assert (job.fetched, job.found) == (True, 150)


def test_a_killed_look_up_is_done_again(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    """The process dies in the middle of the call: what was done stays, the rest follows."""
    address = next(iter(wire.MOUNTED))
    simulator, calls = shop.simulators["discogs"], []

    def dying(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/releases/"):
            calls.append(environ["PATH_INFO"])
            if len(calls) == 3:
                raise KeyboardInterrupt
        return simulator(environ, start_response)

    wire.MOUNTED[address] = Mounted(dying)  # type: ignore[arg-type]
    job = brought(here, *[record(number) for number in range(140, 145)])
    with pytest.raises(KeyboardInterrupt):
        later(clock, job)
    job.refresh_from_db()
    assert len(looked_up(shop)) == 2
    job = later(clock, job, 120)
    assert (looked_up(shop), job.enriched, job.to_enrich) == ([140, 141, 142, 143, 144], 10, 10)
    assert Image.objects.count() == 5


def test_a_shop_that_was_disconnected_is_not_asked(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    Connection.objects.filter(pk=here.pk).update(state=State.REVOKED)
    job = later(clock, brought(here, record(140)))
    assert (looked_up(shop), job.to_enrich, counts(job)) == ([], 0, (1, 0, 0, 0))
