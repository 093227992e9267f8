"""Jobs: what may be asked when, and how they stand in the contract's words."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import transaction

from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.core.errors import Conflict, Invalid, NotFound
from instica.imports import intake, progress, purge, queries, services
from instica.imports.lookups import Library
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from instica.kit.types import Page
from instica.notices.models import Notice
from instica.notices.services import mark_read
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.features.importing import brought, counts, done, listing, only, read, settled
from tests.shops import Shops

TEN = [listing(str(number), f"Record {number}") for number in range(10)]


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs")


def stands(job: Job) -> tuple[str, float]:
    job.refresh_from_db()
    return queries.progress(job).status, queries.progress(job).percentage


def test_creating_reads_and_imports_nothing(here: Connection, person: User) -> None:
    job = services.create(organization=here.organization, connection=here, user=person)
    assert (stands(job), job.found) == (("pending", 0.0), 0)
    settled(job)
    assert (stands(job), job.found, counts(job)) == (("pending", 0.0), 150, (0, 0, 0, 0))
    assert Item.objects.count() == 0
    assert job.completed is None


def test_starting_while_it_is_read(here: Connection, person: User) -> None:
    job = services.create(organization=here.organization, connection=here, user=person)
    services.start(job=job)
    assert stands(job)[0] == "in_progress"
    with pytest.raises(Conflict):
        services.start(job=job)
    settled(job)
    assert (stands(job), sum(counts(job))) == (("completed", 100.0), 150)


def test_a_limit_caps_one_run(here: Connection) -> None:
    job = done(read(here, *TEN), limit=4)
    assert (counts(job), stands(job)) == ((4, 0, 0, 0), ("pending", 40.0))
    done(job, limit=4)
    assert counts(job) == (8, 0, 0, 0)
    done(job)
    assert (counts(job), stands(job)) == ((10, 0, 0, 0), ("completed", 100.0))
    with pytest.raises(Conflict):
        services.start(job=job)


@pytest.mark.parametrize("limit", [0, -1, "many", True, 1.5])
def test_a_limit_must_be_a_whole_number(here: Connection, limit: object) -> None:
    job = read(here, *TEN)
    with pytest.raises(Invalid) as refusal:
        services.start(job=job, limit=limit, status_filter="imported")  # type: ignore[arg-type]
    assert [fault.pointer for fault in refusal.value.faults] == ["#/status_filter", "#/limit"]
    assert (Job.objects.get().run, Task.objects.filter(kind="import.apply").count()) == (None, 0)


def test_only_rows_of_that_status(here: Connection, person: User) -> None:
    builders.item(builders.house(person), sku="A1")
    job = brought(here, listing("1", sku="A1", title="Revolver"), listing("2", price=0), listing("3", "Let It Be"))
    assert counts(job) == (1, 0, 1, 1)
    Item.objects.filter(sku="A1").update(sku="")
    done(job, status_filter="conflict")
    assert (counts(job), only(job, "1").status) == ((2, 0, 1, 0), "imported")
    with pytest.raises(Conflict):
        services.start(job=job, status_filter="skipped")


def test_retrying_what_failed(shop: Shops, here: Connection) -> None:
    shop.control("discogs", "faults", [{"match": "GET /marketplace/listings/*", "times": 9, "do": "status:403"}])
    job = brought(here, listing("1"), listing("2", price=0))
    row = only(job, "2")
    row.data["offer"].pop("fault")
    Row.objects.filter(pk=row.pk).update(data=row.data, price=100, currency="USD")
    first = Job.objects.get().completed
    services.retry_failed(job=job)
    assert stands(job)[0] == "in_progress"
    settled(job)
    assert (counts(job), stands(job)) == ((2, 0, 0, 0), ("completed", 100.0))
    assert job.completed is not None
    assert first is not None
    assert job.completed > first
    with pytest.raises(Conflict):
        services.retry_failed(job=job)


def test_failing_again_is_not_told_twice(shop: Shops, here: Connection) -> None:
    shop.control("discogs", "faults", [{"match": "GET /marketplace/listings/*", "times": 9, "do": "status:403"}])
    job = brought(here, listing("1"), listing("2", price=0))
    mark_read(organization=here.organization)
    services.retry_failed(job=job)
    settled(job)
    assert (counts(job), stands(job)[0]) == ((1, 0, 1, 0), "completed")
    assert Notice.objects.values_list("body").get() == ("1 imported; 1 item failed left for you to look at.",)


def test_conflicts_may_be_skipped_on_the_way(here: Connection, person: User) -> None:
    builders.item(builders.house(person), sku="A1")
    job = done(read(here, listing("1", "Revolver", sku="A1"), listing("2", "Let It Be")), skip_conflicts=True)
    assert (counts(job), only(job, "1").resolution) == ((1, 1, 0, 0), "skipped")
    assert queries.issues(job).count() == 0


def test_cancelled(here: Connection) -> None:
    job = done(read(here, *TEN), limit=3)
    services.cancel(job=job)
    assert (stands(job)[0], counts(job)) == ("failed", (3, 7, 0, 0))
    assert queries.progress(job).error_message == "Cancelled"
    assert Item.objects.count() == 3
    with pytest.raises(Conflict):
        services.cancel(job=job)


def test_cancelled_while_it_is_read(here: Connection, person: User) -> None:
    job = services.quick(organization=here.organization, marketplace="discogs", user=person)
    services.cancel(job=job)
    settled(job)
    assert (stands(job)[0], job.found, Item.objects.count()) == ("failed", 0, 0)


def test_what_a_cancelled_reading_passed_over_is_read_and_imported(here: Connection) -> None:
    job = services.create(organization=here.organization, connection=here, user=None)
    with transaction.atomic():
        gone = listing("1", "Sold since")
        intake.store(job=intake.locked(job.uid), page=Page((gone,)), library=Library(job.organization, here))
    services.cancel(job=job)
    settled(job)
    assert (counts(job), Item.objects.count()) == ((0, 1, 0, 0), 0)
    services.start(job=job, status_filter="skipped")
    settled(job)
    assert (job.run, sum(counts(job)), only(job, "1").conflict_details) == (None, 151, "No longer in the shop")
    assert Item.objects.count() == counts(job)[0] > 100


def test_an_empty_shop(here: Connection) -> None:
    job = done(read(here))
    assert (stands(job), counts(job), queries.progress(job).issue_summary) == (("completed", 100.0), (0, 0, 0, 0), "")


@pytest.mark.parametrize(
    ("failed", "conflicts", "words"),
    [
        (3, 2, "3 failed, 2 conflicts"),
        (3, 0, "3 items failed"),
        (1, 0, "1 item failed"),
        (0, 1, "1 conflict"),
        (0, 0, ""),
    ],
)
def test_the_summary_of_issues(failed: int, conflicts: int, words: str) -> None:
    assert progress.issues(failed, conflicts) == words


def test_the_documented_percentages() -> None:
    job = Job(
        found=150, imported=82, failed=3, conflicted=2, fetched=True, stage="review", run={"what": "apply", "number": 1}
    )
    assert (progress.percentage(job), progress.status(job)) == (58.0, "in_progress")


def test_progress_never_falls(here: Connection) -> None:
    job = read(here, *[listing(str(number), f"Record {number}") for number in range(450)])
    services.start(job=job)
    from instica.imports.apply import Applying

    applying, seen = Applying(job.uid), [stands(job)[1]]
    while applying.batch():
        seen.append(stands(job)[1])
    assert seen == [0.0, 44.4, 88.9, 100.0]
    assert queries.progress(job).rate > 0


def test_quick_import_needs_a_shop(person: User, here: Connection) -> None:
    organization = builders.house(person)
    for slug, code in (("redbubble", "use_extension"), ("ebay", "marketplace_not_connected")):
        with pytest.raises(Invalid) as refusal:
            services.quick(organization=organization, marketplace=slug, user=person)
        assert refusal.value.code == code
    Connection.objects.update(state=State.REVOKED)
    with pytest.raises(Invalid):
        services.create(organization=organization, connection=Connection.objects.get(), user=person)
    assert (Job.objects.count(), Task.objects.filter(kind="import.fetch").count()) == (0, 0)


def test_strangers_see_nothing(here: Connection, stranger: User) -> None:
    job = brought(here, listing())
    other = builders.house(stranger)
    with pytest.raises(NotFound):
        queries.job(other, job.public_id)
    with pytest.raises(NotFound):
        queries.job(here.organization, "job_nonsense")
    with pytest.raises(NotFound):
        queries.row(read(here), only(job).public_id)
    with pytest.raises(NotFound):
        services.create(organization=other, connection=here, user=stranger)
    assert queries.jobs(other) == []
    assert [one.pk for one in queries.jobs(here.organization, "discogs", "completed")] == [job.pk]


def test_raw_rows_go_after_a_week(here: Connection, person: User) -> None:
    builders.item(builders.house(person), sku="A1")
    job = brought(here, listing("1", "Let It Be"), listing("2", price=0), listing("3", "Revolver", sku="A1"))
    with time_machine.travel(now() + dt.timedelta(days=6, hours=23), tick=False):
        assert purge.old_rows() == 0
    with time_machine.travel(now() + dt.timedelta(days=7, minutes=1), tick=False):
        assert purge.old_rows() == 1
    assert sorted(Row.objects.values_list("remote_id", flat=True)) == ["2", "3"]
    assert counts(job) == (1, 0, 1, 1)


def test_what_was_read_long_ago_is_read_again(here: Connection, person: User) -> None:
    job = services.create(organization=here.organization, connection=here, user=person)
    settled(job)
    gone = Row.objects.create(job=job, position=job.found, remote_id="1", title="Gone", data={}, action="create")
    Job.objects.update(found=job.found + 1, discovered=now() - dt.timedelta(days=2))
    services.start(job=job)
    run_until_idle()
    gone.refresh_from_db()
    assert (gone.status, gone.conflict_details) == ("skipped", "No longer in the shop")
    assert (sum(counts(job)), stands(job)) == (151, ("completed", 100.0))
    assert Item.objects.count() == counts(job)[0]
