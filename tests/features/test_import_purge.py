"""What was read of a shop and never used is kept for 30 days; the job can be read and started after that, too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.errors import Stale
from instica.imports import fetch, intake, purge, queries, services
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from tests import builders
from tests.features.importing import brought, counts, done, everything, listing, only, read, settled
from tests.shops import Shops

SHOWN = ("uid", "remote_id", "sku", "title", "price", "currency", "status", "action", "conflict_details")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that can be moved on."""
    with time_machine.travel(now(), tick=True) as moving:
        yield moving


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs")


@pytest.fixture
def unused(here: Connection) -> Job:
    """A job that was read to its end and not started."""
    return settled(services.create(organization=here.organization, connection=here, user=None))


def days(clock: time_machine.Traveller, count: float) -> int:
    """Let the days pass and purge; how many rows lost what was read."""
    clock.shift(dt.timedelta(days=count))
    return purge.unused_rows()


def test_raw_rows_of_a_job_never_started_go_after_30_days(unused: Job, clock: time_machine.Traveller) -> None:
    shown, before = list(Row.objects.order_by("position").values(*SHOWN)), everything()
    assert (days(clock, 29.9), Row.objects.filter(data={}).count()) == (0, 0)
    assert (days(clock, 0.2), Row.objects.exclude(data={}).count()) == (150, 0)
    assert list(Row.objects.order_by("position").values(*SHOWN)) == shown
    assert (everything(), days(clock, 1)) == (before, 0)
    unused.refresh_from_db()
    assert (queries.progress(unused).status, unused.found, queries.plan(unused).state) == ("pending", 150, "stale")
    assert queries.evidence(unused.rows.first())["images"] == []  # type: ignore[arg-type]


@pytest.mark.parametrize("previewed", [False, True])
def test_started_later_it_is_read_again(unused: Job, clock: time_machine.Traveller, previewed: bool) -> None:
    days(clock, 31)
    if previewed:
        services.preview(job=unused)
        assert queries.plan(settled(unused)).state == "ready"
    assert Item.objects.count() == 0
    done(unused)
    assert (queries.progress(unused).status, sum(counts(unused)), unused.found) == ("completed", 150, 150)
    assert Item.objects.count() == counts(unused)[0] > 140


def test_an_old_plan_is_refused(unused: Job, clock: time_machine.Traveller) -> None:
    services.preview(job=unused)
    plan = queries.plan(settled(unused))
    days(clock, 31)
    with pytest.raises(Stale):
        services.start(job=unused, plan_hash=plan.hash)
    assert (settled(unused).run, Item.objects.count()) == (None, 0)


def test_a_decision_is_activity(pretend: Connection, clock: time_machine.Traveller) -> None:
    builders.item(pretend.organization, sku="A")
    job = read(pretend, listing("1", "Revolver", sku="A"), listing("2"))
    clock.shift(dt.timedelta(days=20))
    services.resolve(row=only(job), resolution="create_new")
    assert days(clock, 20) == 0
    assert days(clock, 11) == 2
    assert only(job).decision == {"resolution": "create_new"}


@pytest.mark.parametrize("failed", [False, True])
def test_what_waits_for_a_person_stays(pretend: Connection, clock: time_machine.Traveller, failed: bool) -> None:
    builders.item(pretend.organization, sku="A")
    rows = [listing("1", "Revolver", sku="A"), listing("2", price=0), listing("3", "Let It Be"), listing("4", "Help!")]
    job = done(read(pretend, *rows), limit=3)
    if failed:
        with transaction.atomic():
            fetch.fail(intake.locked(job.uid), "The shop closed its door")
    assert counts(job) == (1, 0, 1, 1)
    assert days(clock, 31) == 2
    assert sorted(Row.objects.exclude(data={}).values_list("remote_id", flat=True)) == ["1", "2"]
    services.undo(job=job)
    assert (counts(settled(job)), Item.objects.count()) == ((0, 1, 1, 1), 1)


def test_what_goes_on_is_left_alone(unused: Job, clock: time_machine.Traveller) -> None:
    services.start(job=unused)
    assert days(clock, 31) == 0
    assert Row.objects.filter(data={}).count() == 0


def test_what_was_read_long_ago_is_not_taken_for_a_listing(pretend: Connection) -> None:
    job = brought(pretend, listing("1", seen="sold_out"))
    Row.objects.update(data={})
    before = everything()
    done(job, status_filter="skipped")
    assert (everything(), counts(job)) == (before, (0, 0, 1, 0))
    assert only(job).error == "What was read of it is not kept any longer. Retry, and it is read again."
