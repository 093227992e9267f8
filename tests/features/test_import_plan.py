"""The plan says what a start would do; a start does nothing else."""

from __future__ import annotations

import pytest

from instica.connections.models import Connection
from instica.core.errors import Conflict, Invalid, Stale
from instica.imports import queries, services
from instica.imports.models import Job
from instica.inventory.models import Item
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
