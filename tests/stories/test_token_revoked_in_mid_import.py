"""The shop withdraws its consent while it is read: the import waits, says so, and goes on after reconnecting."""

from __future__ import annotations

from instica.connections import pausing
from instica.connections.models import Connection, State
from instica.imports import queries, services
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from instica.people.models import User
from instica.work.models import Task
from tests import builders
from tests.features.importing import counts, patiently, settled
from tests.shops import Shops


def test_it_waits_and_goes_on(shop: Shops, person: User) -> None:
    connection = shop("discogs", listings=450)
    simulator = shop.simulators["discogs"]
    job = services.quick(organization=builders.house(person), marketplace="discogs", user=person)
    read = settled(job).found
    assert 0 < read < 450
    tokens = dict(simulator.site.personal)  # type: ignore[attr-defined]
    shop.control("discogs", "revoke", {})
    patiently(job, minutes=1)
    assert job.found == read
    progress = queries.progress(job)
    assert progress.status == "in_progress"
    assert progress.error_message is not None
    assert progress.error_message.startswith("Reconnect greenstreet_records")
    connection.refresh_from_db()
    assert connection.state == State.EXPIRED
    assert (Item.objects.count(), Task.objects.filter(kind="import.fetch").count()) == (0, 1)

    simulator.site.personal.update(tokens)  # type: ignore[attr-defined]
    Connection.objects.update(state=State.CONNECTED, trouble="")
    pausing.resume(connection)
    patiently(job, minutes=2)
    progress = queries.progress(job)
    assert (progress.status, progress.error_message, sum(counts(job))) == ("completed", None, 450)
    assert Row.objects.filter(job=job).count() == 450
    assert Item.objects.count() == job.imported


def test_a_storm_of_refusals_loses_nothing(shop: Shops, person: User) -> None:
    shop("discogs", listings=450)
    shop.control(
        "discogs",
        "faults",
        [
            {"match": "GET /users/*", "times": 1, "do": "status:500"},
            {"match": "GET /users/*", "times": 1, "do": "html:502"},
        ],
    )
    job = services.quick(organization=builders.house(person), marketplace="discogs", user=person)
    settled(job)
    assert queries.progress(job).status == "in_progress"
    patiently(job)
    assert (queries.progress(Job.objects.get()).status, sum(counts(job)), Row.objects.count()) == (
        *("completed", 450, 450),
    )


def test_a_refusal_for_good_fails_the_job_and_a_start_resumes(shop: Shops, person: User) -> None:
    shop("discogs")
    shop.control("discogs", "faults", [{"match": "GET /users/*", "times": 1, "do": "status:403"}])
    job = services.quick(organization=builders.house(person), marketplace="discogs", user=person)
    settled(job)
    progress = queries.progress(job)
    assert (progress.status, Item.objects.count()) == ("failed", 0)
    assert progress.error_message is not None
    assert progress.error_message.startswith("Discogs refused: ")
    assert progress.error_message.endswith("Mend that, then start the import again; it goes on where it stood.")
    services.start(job=job)
    settled(job)
    assert (queries.progress(job).status, sum(counts(job))) == ("completed", 150)
