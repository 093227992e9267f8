"""What was read more than a day ago is read again before anything is done with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.core.errors import Conflict, Invalid
from instica.imports import fetch, intake, reread, services
from instica.imports.lookups import Library
from instica.imports.models import Job
from instica.inventory.models import Item
from instica.kit.types import Page
from instica.work.models import Task
from tests import builders
from tests.features import pretend as pretending
from tests.features.importing import brought, counts, everything, listing, only, settled


@pytest.fixture
def old(pretend: Connection) -> Job:
    """A job with a conflict that is two days old; the shop changed since."""
    builders.item(pretend.organization, sku="A")
    job = brought(pretend, listing("1", "Revolver", sku="A", price=5000))
    assert counts(job) == (0, 0, 0, 1)
    Job.objects.update(discovered=now() - dt.timedelta(days=2))
    pretending.THERE.listings = [listing("1", "Revolver", sku="A", price=6000)]
    return job


@pytest.mark.parametrize("all_at_once", [False, True])
def test_a_decision_takes_what_the_shop_says_now(old: Job, all_at_once: bool) -> None:
    before = everything()
    if all_at_once:
        services.resolve_all(job=old, conflict_type="duplicate_sku", resolution="create_new")
    else:
        assert services.resolve(row=only(old), resolution="create_new").status == "conflict"
    assert everything() == before
    settled(old)
    assert (only(old).resolution, counts(old), old.run) == ("created_new", (1, 0, 0, 0), None)
    assert Item.objects.get(sku="A-2").price == 6000


def test_skipping_needs_no_reading(old: Job) -> None:
    assert services.resolve(row=only(old), resolution="skip").status == "skipped"
    assert (counts(old), Task.objects.count()) == ((0, 1, 0, 0), 0)


@pytest.mark.parametrize("there", [[], [listing("1", "Revolver", sku="A", seen="sold_out", quantity=0)]])
def test_what_is_gone_there_is_not_made_here(old: Job, there: list[Any]) -> None:
    pretending.THERE.listings = there
    before = everything()
    services.resolve(row=only(old), resolution="create_new")
    settled(old)
    assert (everything(), only(old).status, counts(old), old.run) == (before, "skipped", (0, 1, 0, 0), None)


@pytest.mark.parametrize("status", ["conflict", "skipped", "failed"])
def test_a_start_takes_what_the_shop_says_now(old: Job, status: str) -> None:
    Item.objects.all().delete()
    Job.objects.update(**{"conflicted": 0} | {{"conflict": "conflicted"}.get(status, status): 1})
    old.rows.update(status=status, conflict_type="", decision=None)
    services.start(job=old, status_filter=status)
    assert Item.objects.count() == 0
    settled(old)
    assert (counts(old), Item.objects.get().price) == ((1, 0, 0, 0), 6000)


def test_what_was_skipped_and_is_gone_cannot_be_started(old: Job) -> None:
    pretending.THERE.listings = []
    services.resolve(row=only(old), resolution="skip")
    before = everything()
    services.start(job=old, status_filter="skipped")
    settled(old)
    assert (everything(), only(old).error, counts(old)) == (before, "No longer in the shop", (0, 0, 1, 0))


def test_a_shop_that_cannot_be_read_is_not_relied_on(old: Job) -> None:
    Connection.objects.update(state=State.REVOKED)
    before = everything()
    for verb in (
        lambda: services.resolve(row=only(old), resolution="create_new"),
        lambda: services.resolve_all(job=old, conflict_type="duplicate_sku", resolution="create_new"),
        lambda: services.start(job=old, status_filter="conflict"),
    ):
        with pytest.raises(Invalid) as refusal:
            verb()
        assert refusal.value.code == "marketplace_not_connected"
    assert (everything(), only(old).decision, Task.objects.count()) == (before, None, 0)


def test_what_was_passed_over_while_it_is_read_counts_once(old: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(*_: object) -> None:
        services.skip_all_conflicts(job=old)

    monkeypatch.setattr(reread, "_listing", meanwhile)
    services.resolve(row=only(old), resolution="create_new")
    settled(old)
    assert (only(old).status, only(old).resolution, counts(old)) == ("skipped", "skipped", (0, 1, 0, 0))


def test_one_reading_at_a_time(old: Job) -> None:
    services.resolve(row=only(old), resolution="create_new")
    with pytest.raises(Conflict):
        services.resolve(row=only(old), resolution="overwrite")
    assert (only(old).decision, Job.objects.get().runs) == ({"resolution": "create_new"}, 2)


def test_a_reading_that_failed_leaves_no_baseline(pretend: Connection) -> None:
    job = services.create(organization=pretend.organization, connection=pretend, user=None)
    fetch.baseline(job)
    with transaction.atomic():
        intake.store(job=intake.locked(job.uid), page=Page((listing("1", quantity=2),)), library=library(job))
        fetch.fail(intake.locked(job.uid), "x")
    first = Job.objects.get()
    services.start(job=job)
    again = Job.objects.get()
    assert (first.walked is None, again.walked, again.stage, only(job).action) == (False, None, "fetching", "")


def library(job: Job) -> Library:
    """What the job's rows are compared with."""
    return Library(job.organization, job.connection)
