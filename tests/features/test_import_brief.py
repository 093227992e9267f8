"""What a shop's list shows in brief is read whole after the import, page by page, and never taken for a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from instica.catalog.models import Artist, Product
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.imports import queries, services
from instica.imports.models import Job, Row
from instica.inventory import services as inventory
from instica.inventory.models import Image, Item
from instica.kit import wire
from instica.kit.simulation.mounted import Mounted
from instica.listings.models import Listing
from instica.marketplaces.ebay.words import CODES
from instica.people.models import User
from instica.work import limits
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.features.importing import counts, done, everything, settled
from tests.shops import Shops

GET_ITEM = "POST /ws/api.dll#GetItem"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("ebay", listings=60)


def imported(here: Connection) -> Job:
    """The shop as it comes in, before any detail is read."""
    return done(services.create(organization=here.organization, connection=here, user=None))


def later(clock: time_machine.Traveller, job: Job, seconds: int = 10) -> Job:
    """The job after so much time."""
    for _ in range(0, seconds, 5):
        clock.shift(5)
        run_until_idle()
    return settled(job)


def asked(shop: Shops) -> int:
    """How often a page was asked for by itself."""
    return sum(row["call"] == GET_ITEM for row in shop.control("ebay", "requests")["requests"])


def by_hand(job: Job, shop: Shops) -> Row:
    """The first plain row of a listing made by hand that became an item, or will, and whose grades are ours too."""
    rows = Row.objects.filter(job=job, data__page__brief=True, part="", action="create").exclude(sku="")
    shelf: Any = shop.simulators["ebay"].site.shelf  # type: ignore[attr-defined]
    graded = (
        row
        for row in rows.order_by("position")
        if {values[0] for name, values in shelf.get(int(row.remote_id)).specifics if "Grading" in name} <= CODES.keys()
    )
    return next(graded)


def test_they_follow_and_a_second_import_writes_nothing(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    job = imported(here)
    first, told = by_hand(job, shop), queries.progress(job)
    bare = Item.objects.get(pk=first.item)
    assert (told.status, job.completed, told.details.reading, told.details.read) == ("completed", now(), True, 0)
    assert (bare.condition_item, bare.description, bare.images.count()) == ("", "", 1)
    before = counts(job)
    job = later(clock, job)
    Task.objects.filter(kind="import.photos").delete()
    details = queries.progress(job).details
    assert (details.reading, details.read, counts(job)) == (False, details.total, before)
    assert details.total == asked(shop) > 20
    item = Item.objects.select_related("product__artist").get(pk=first.item)
    assert item.product.artist
    assert item.product.artist.name.lower() in item.product.search
    assert (item.version, item.updated, item.product.version) == (1, bare.updated, 1)
    assert (bool(item.condition_item), bool(item.condition_container), item.grade < 99) == (True, True, True)
    assert item.title.startswith(f"{bare.title} - ")
    assert item.images.count() >= 2
    assert list(item.images.values_list("position", flat=True)) == list(range(item.images.count()))
    listing = Listing.objects.get(connection=here, remote_id=first.remote_id)
    assert (listing.content["description"], "brief" in listing.content) == (item.description, False)
    left, reads = everything(), asked(shop)
    again = later(clock, imported(here))
    assert (again.imported, again.found) == (0, again.skipped + again.failed + again.conflicted)
    assert everything() == left
    assert asked(shop) == reads + again.conflicted, "whoever decides is shown all there is"


def test_a_change_in_the_list_changes_only_that(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    job = imported(here)
    first = by_hand(job, shop)
    later(clock, job)
    before = Item.objects.get(pk=first.item)
    shop.control("ebay", "edit", {"listing_id": int(first.remote_id), "price": "91.00"})
    assert counts(imported(here))[0] == 1
    after = Item.objects.get(pk=first.item)
    assert (after.price, after.version) == (9100, 2)
    assert (after.description, after.condition_item) == (before.description, before.condition_item)
    assert Listing.objects.get(remote_id=first.remote_id).content["description"] == after.description


def test_a_page_read_by_itself_is_no_change_for_the_next_import(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    """What failed is read again one by one, and then it is richer than the list."""
    job = imported(here)
    failed = Row.objects.filter(job=job, error_code="invalid_price").order_by("position")[0]
    shop.control("ebay", "edit", {"listing_id": int(failed.remote_id), "price": "12.00"})
    services.retry_failed(job=job)
    job = later(clock, settled(job))
    row = Row.objects.get(pk=failed.pk)
    assert (row.status, bool(Item.objects.get(pk=row.item).description)) == ("imported", True)
    left = everything()
    assert counts(imported(here))[0] == 0
    assert everything() == left


def test_whoever_is_killed_loses_one_step(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    address, simulator, calls = next(iter(wire.MOUNTED)), shop.simulators["ebay"], []

    def dying(environ: Any, start_response: Any) -> Any:
        if environ.get("HTTP_X_EBAY_API_CALL_NAME") == "GetItem":
            calls.append(1)
            if len(calls) == 15:
                raise KeyboardInterrupt
        return simulator(environ, start_response)

    wire.MOUNTED[address] = Mounted(dying)  # type: ignore[arg-type]
    job = imported(here)
    with pytest.raises(KeyboardInterrupt):
        later(clock, job)
    job.refresh_from_db()
    assert (asked(shop), job.details_read) == (14, 12)
    job = later(clock, job, 60)
    assert (job.details_at, job.details_read, asked(shop)) == ("", job.details_total, job.details_total + 2)
    pictures = Image.objects.values_list("item", "url")
    assert len(set(pictures)) == len(pictures)


def test_it_waits_for_the_quota_of_the_day_and_nothing_else_does(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    job = imported(here)
    limits.learn("ebay.trading.GetItem:app", until=now() + dt.timedelta(hours=3))
    job = later(clock, job)
    assert (job.stage, job.details_read, job.details_until is not None) == ("done", 0, True)
    again = settled(services.create(organization=here.organization, connection=here, user=None))
    assert (again.fetched, asked(shop)) == (True, 0)
    clock.shift(3 * 3600)
    job = later(clock, job)
    assert (job.details_read, job.details_until) == (job.details_total, None)


def test_an_undo_leaves_what_was_there(here: Connection, person: User, clock: time_machine.Traveller) -> None:
    inventory.recount(organization=builders.house(person))
    before = everything()
    job = later(clock, imported(here))
    services.undo(job=job)
    job = later(clock, job)
    assert (everything(), job.imported, job.details_at) == (before, 0, "")
    assert not Artist.objects.exists()
    assert not Task.objects.filter(kind="import.details").exists()


def test_only_what_is_empty_is_filled(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    job = imported(here)
    first = by_hand(job, shop)
    Item.objects.filter(pk=first.item).update(description="Mine.", condition_item="p", version=2)
    Product.objects.filter(items=first.item).update(version=2)
    later(clock, job)
    item = Item.objects.get(pk=first.item)
    assert (item.description, item.condition_item, bool(item.condition_container)) == ("Mine.", "p", True)
    assert (item.images.count(), item.product.artist) == (1, None)


def test_a_conflict_says_that_more_is_read_and_shows_it_then(
    here: Connection, shop: Shops, person: User, clock: time_machine.Traveller
) -> None:
    organization = builders.house(person)
    read = services.create(organization=organization, connection=here, user=None)
    sample = by_hand(settled(read), shop)
    mine = builders.item(
        organization, builders.product(organization, title=sample.title), sku=sample.sku, condition_item="vg_plus"
    )
    inventory.recount(organization=organization)
    row = Row.objects.select_related("job").get(job=imported(here), remote_id=sample.remote_id)
    told = queries.evidence(row)
    fields = {one["field"]: one for one in told["fields"]}
    assert (row.status, row.conflict_type, told["details"]) == ("conflict", "duplicate_sku", "reading")
    assert (fields["condition_item"]["told"], fields["price"]["told"]) == (False, True)
    assert queries.details(sample) == "later"
    later(clock, row.job)
    row = Row.objects.select_related("job").get(pk=row.pk)
    told = queries.evidence(row)
    fields = {one["field"]: one for one in told["fields"]}
    assert (row.status, told["details"], bool(fields["condition_item"]["theirs"])) == ("conflict", None, True)
    services.resolve(row=row, resolution="overwrite")
    mine.refresh_from_db()
    assert (mine.condition_item, mine.description) == (
        fields["condition_item"]["theirs"],
        fields["description"]["theirs"],
    )


def test_overwriting_takes_nothing_that_was_not_told(
    here: Connection, shop: Shops, person: User, clock: time_machine.Traveller
) -> None:
    organization = builders.house(person)
    read = settled(services.create(organization=organization, connection=here, user=None))
    sample = by_hand(read, shop)
    product = builders.product(organization, title=sample.title)
    mine = builders.item(organization, product, sku=sample.sku, condition_item="vg_plus", description="Mine.")
    inventory.recount(organization=organization)
    row = Row.objects.get(job=imported(here), remote_id=sample.remote_id)
    services.resolve(row=row, resolution="overwrite")
    mine.refresh_from_db()
    assert (mine.condition_item, mine.description, mine.price) == ("vg_plus", "Mine.", row.price)


def test_a_page_nobody_shows_costs_nothing_but_itself(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    shop.control("ebay", "faults", [{"match": GET_ITEM, "times": 8, "do": "status:500"}])
    job = imported(here)
    for _ in range(8):
        clock.shift(900)
        run_until_idle()
    job = later(clock, job, 60)
    assert (job.details_at, job.details_read, job.stage) == ("", job.details_total, "done")
    assert Row.objects.filter(job=job, data__page__brief=True, status__in=("imported", "conflict")).count() == 1


def test_a_shop_that_was_disconnected_is_not_asked(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    job = imported(here)
    Connection.objects.filter(pk=here.pk).update(state=State.REVOKED)
    job = later(clock, job)
    assert (asked(shop), job.details_at, job.details_total) == (0, "", 0)
