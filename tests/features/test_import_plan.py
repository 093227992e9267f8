"""The plan says what a start would do; a start does nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from instica.connections.models import Connection
from instica.core.errors import Conflict, Invalid, Stale
from instica.imports import fetch, intake, queries, services
from instica.imports.lookups import Library
from instica.imports.models import Job
from instica.inventory.models import Item
from instica.kit.types import Page
from instica.people.models import User
from tests import builders
from tests.features.importing import brought, counts, done, everything, listing, only, read, settled
from tests.shops import Shops


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs")


@pytest.fixture
def item(person: User) -> Item:
    return builders.item(builders.house(person), sku="A1")


def planned(job: Job, **options: object) -> queries.Plan:
    """Preview and wait."""
    services.preview(job=job, **options)  # type: ignore[arg-type]
    return queries.plan(settled(job))


def test_a_preview_writes_nothing(here: Connection, item: Item) -> None:
    brought(here, listing("5", "Help!", sku="H"))
    before = everything()
    rows = [listing("1", sku="A1"), listing("2", "Let It Be"), listing("3", "Revolver", sku="B")]
    job = read(here, *rows, listing("4", "Rubber Soul", sku="B"), listing("5", "Help!", sku="H"), listing("6", price=0))
    plan = planned(job)
    assert plan.state == "ready"
    assert plan.counts == {"link": 1, "create": 2, "conflict": 1, "same": 1, "fail": 1}
    assert len(plan.hash) == 32
    assert (everything(), counts(job)) == (before, (0, 0, 0, 0))
    assert queries.progress(job).status == "pending"
    done(job, plan_hash=plan.hash)
    assert counts(job) == (3, 1, 1, 1)


def test_the_hash_says_whether_it_is_the_same_plan(here: Connection) -> None:
    one = planned(read(here, listing("1"), listing("2", "Help!")))
    two = planned(read(here, listing("1"), listing("2", "Help!")))
    three = planned(read(here, listing("1"), listing("2", "Revolver")))
    assert one.hash == two.hash != three.hash


def test_a_plan_of_some_rows(here: Connection) -> None:
    job = read(here, listing("1"), listing("2", "Help!"))
    assert planned(job, limit=1).counts == {"create": 1}
    with pytest.raises(Invalid):
        services.preview(job=job, limit=0)
    with pytest.raises(Conflict):
        services.preview(job=job, status_filter="failed")


def test_while_it_is_read_it_is_being_built(here: Connection, person: User) -> None:
    job = services.create(organization=here.organization, connection=here, user=person)
    services.preview(job=job)
    job.refresh_from_db()
    assert queries.plan(job).state == "building"
    with pytest.raises(Stale):
        services.start(job=job, plan_hash="x")
    plan = queries.plan(settled(job))
    assert (plan.state, sum(plan.counts.values())) == ("ready", 150)


def test_another_hash_is_refused(here: Connection) -> None:
    job = read(here, listing())
    planned(job)
    with pytest.raises(Stale):
        services.start(job=job, plan_hash="0" * 32)
    assert (settled(job).run, Item.objects.count()) == (None, 0)


def test_without_a_preview_a_hash_binds_nothing(here: Connection) -> None:
    assert counts(done(read(here, listing()), plan_hash="whatever")) == (1, 0, 0, 0)


def test_a_new_item_makes_it_stale(here: Connection, person: User) -> None:
    job = read(here, listing(sku="A1"))
    plan = planned(job)
    builders.item(builders.house(person), sku="A1")
    assert queries.plan(job).state == "stale"
    with pytest.raises(Stale):
        services.start(job=job, plan_hash=plan.hash)
    assert planned(job).counts == {"link": 1}


def test_a_changed_item_makes_it_stale(here: Connection, item: Item) -> None:
    job = read(here, listing(sku="A1"))
    planned(job)
    item.save()
    Item.objects.update(updated=item.created.replace(year=2100))
    assert queries.plan(job).state == "stale"


def test_what_the_preview_did_not_say_becomes_a_conflict(here: Connection, person: User) -> None:
    job = read(here, listing("1", sku="A1"), listing("2", "Let It Be"))
    assert planned(job).counts == {"create": 2}
    item = builders.item(builders.house(person), sku="A1")
    done(job)
    row = only(job, "1")
    assert (counts(job), row.conflict_type) == ((1, 0, 0, 1), "changed_since_preview")
    assert row.conflict_details == "The preview said create; now it would be link."
    assert item.offers.count() == 0
    services.resolve(row=row)
    assert item.offers.count() == 1


def test_without_a_preview_the_import_decides_anew(here: Connection, person: User) -> None:
    job = read(here, listing("1", sku="A1"))
    builders.item(builders.house(person), sku="A1")
    done(job)
    assert (counts(job), only(job).action) == ((1, 0, 0, 0), "link")


@pytest.fixture
def half_read(here: Connection) -> Job:
    """A job of whose shop one listing was met, which is gone since."""
    job = services.create(organization=here.organization, connection=here, user=None)
    with transaction.atomic():
        page = Page((listing("1", "Gone since"),))
        intake.store(job=intake.locked(job.uid), page=page, library=Library(job.organization, here))
    return job


def fails(job: Job) -> None:
    with transaction.atomic():
        fetch.fail(intake.locked(job.uid), "The shop closed its door")


def test_what_failed_while_it_was_read_is_read_again(half_read: Job) -> None:
    fails(half_read)
    plan = planned(half_read)
    assert (plan.state, sum(plan.counts.values()), half_read.stage, half_read.run) == ("ready", 150, "review", None)
    assert (queries.progress(half_read).error_message, only(half_read).conflict_details) == (
        *(None, "No longer in the shop"),
    )
    assert Item.objects.count() == 0


@pytest.mark.parametrize("status", ["skipped", "pending"])
def test_no_plan_of_what_was_cancelled_while_it_was_read(half_read: Job, status: str) -> None:
    services.cancel(job=half_read)
    with pytest.raises(Conflict) as refusal:
        services.preview(job=half_read, status_filter=status)
    assert refusal.value.code == {"skipped": "not_read", "pending": "nothing_to_do"}[status]
    settled(half_read)
    assert (half_read.plan, half_read.stage, queries.plan(half_read).state) == (None, "cancelled", "stale")
    services.start(job=half_read, status_filter="skipped")
    assert queries.progress(settled(half_read)).status == "completed"


@pytest.mark.parametrize("ends", [fails, lambda job: services.cancel(job=job)])
def test_a_plan_that_came_to_nothing_is_not_being_built(half_read: Job, ends: Callable[[Job], None]) -> None:
    services.preview(job=half_read)
    ends(half_read)
    settled(half_read)
    assert (half_read.plan, half_read.previewed, queries.plan(half_read).state) == (None, False, "stale")
