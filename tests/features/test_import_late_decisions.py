"""A decision made at any moment of a run is carried out, and disturbs nothing else that is going on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.imports import deciding, fetch, finishing, intake, queries, services
from instica.imports.apply import Applying
from instica.imports.models import Job
from tests import builders
from tests.features.importing import brought, counts, everything, listing, only, read, settled


@pytest.fixture
def clashes(pretend: Connection) -> Job:
    """A job with six conflicts, and nothing else."""
    builders.item(pretend.organization, sku="A")
    job = brought(pretend, *[listing(str(number), f"Record {number}", sku="A") for number in range(6)])
    assert counts(job) == (0, 0, 0, 6)
    return job


def test_one_decided_during_a_run_over_conflicts_leaves_none_out(clashes: Job) -> None:
    services.start(job=clashes, status_filter="conflict", skip_conflicts=True)
    services.resolve(row=only(clashes, "4"), resolution="create_new")
    settled(clashes)
    assert counts(clashes) == (1, 5, 0, 0)


def test_a_persons_decision_takes_nothing_from_the_limit(clashes: Job) -> None:
    services.start(job=clashes, status_filter="conflict", skip_conflicts=True, limit=2)
    services.resolve(row=only(clashes, "0"), resolution="create_new")
    settled(clashes)
    assert counts(clashes) == (1, 2, 0, 3)


def worked_off(job: Job) -> None:
    """All batches of the run are done, and its end is not yet written."""
    applying = Applying(job.uid)
    while applying.batch():
        pass


def resolve_all(job: Job) -> None:
    services.resolve_all(job=job, conflict_type="duplicate_sku", resolution="create_new")


@pytest.mark.parametrize("all_at_once", [False, True])
def test_decided_between_the_last_batch_and_the_end(pretend: Connection, all_at_once: bool) -> None:
    builders.item(pretend.organization, sku="A")
    job = read(pretend, listing("1", "Revolver", sku="A"), listing("2", "Let It Be"))
    services.start(job=job)
    worked_off(job)
    if all_at_once:
        resolve_all(job)
    else:
        services.resolve(row=only(job, "1"), resolution="create_new")
    finishing.applied(job.uid)
    assert queries.progress(Job.objects.get()).status == ("in_progress" if all_at_once else "completed")
    settled(job)
    assert (counts(job), only(job, "1").resolution, job.stage) == ((2, 0, 0, 0), "created_new", "done")


def test_decided_during_a_run_with_a_limit(pretend: Connection) -> None:
    builders.item(pretend.organization, sku="A")
    job = read(pretend, *[listing(str(number), f"Record {number}", sku="A") for number in range(3)], listing("9"))
    services.start(job=job, limit=2)
    worked_off(job)
    resolve_all(job)
    settled(job)
    assert [row.status for row in job.rows.order_by("position")] == ["imported", "imported", "pending", "pending"]
    assert (counts(job), queries.progress(job).status) == ((2, 0, 0, 0), "pending")


def test_cancelled_before_it_is_carried_out(clashes: Job) -> None:
    resolve_all(clashes)
    services.cancel(job=clashes)
    before = everything()
    settled(clashes)
    assert (everything(), counts(clashes)) == (before, (0, 0, 0, 6))
    assert clashes.rows.filter(decision__isnull=False).count() == 0
    resolve_all(clashes)
    settled(clashes)
    assert counts(clashes) == (6, 0, 0, 0)


def test_cancelled_with_decisions_on_open_rows(pretend: Connection) -> None:
    builders.item(pretend.organization, sku="A")
    job = read(pretend, listing("1", "Revolver", sku="A"))
    services.resolve(row=only(job), resolution="create_new")
    services.cancel(job=job)
    assert (only(job).status, only(job).decision, counts(job)) == ("skipped", None, (0, 1, 0, 0))


def test_what_was_decided_before_it_failed_is_done_by_the_next_start(clashes: Job) -> None:
    resolve_all(clashes)
    with transaction.atomic():
        fetch.fail(intake.locked(clashes.uid), "The house burned down")
    settled(clashes)
    assert (counts(clashes), clashes.stage) == ((0, 0, 0, 6), "failed")
    services.start(job=clashes)
    settled(clashes)
    assert (counts(clashes), clashes.stage) == ((6, 0, 0, 0), "done")


def test_decided_in_time_for_a_shop_that_is_out_of_reach_by_then(clashes: Job) -> None:
    services.start(job=clashes, status_filter="conflict", limit=1)
    worked_off(clashes)
    resolve_all(clashes)
    Job.objects.update(discovered=now() - dt.timedelta(days=2))
    Connection.objects.update(state=State.REVOKED)
    before = everything()
    finishing.applied(clashes.uid)
    settled(clashes)
    assert (everything(), counts(clashes), clashes.stage) == (before, (0, 0, 0, 6), "failed")
    assert queries.progress(clashes).error_message == finishing.UNREACHABLE
    assert deciding.decided(clashes).count() == 6
