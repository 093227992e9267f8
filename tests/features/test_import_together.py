"""Several people and machines at one job: it is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection as database

from instica.core.errors import Conflict
from instica.imports import services
from instica.imports.models import Job
from instica.inventory.models import Item, Move
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.features.importing import counts, listing, read
from tests.shops import Shops

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(doings: list[Callable[[], object]]) -> list[object]:
    """Do all of it at the same moment; what each answered or raised."""
    gate, answers = threading.Barrier(len(doings)), []

    def one(doing: Callable[[], object]) -> None:
        try:
            gate.wait()
            answers.append(doing())
        except Conflict as refusal:
            answers.append(refusal)
        finally:
            database.close()

    threads = [threading.Thread(target=one, args=(doing,)) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_start_it_and_one_run_follows(shop: Shops) -> None:
    job = read(shop("discogs"), *[listing(str(number), f"Record {number}") for number in range(10)])
    answers = at_once([lambda: services.start(job=job)] * 4)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Conflict", "Conflict", "Job"]
    assert (Task.objects.filter(kind="import.apply").count(), Job.objects.get().runs) == (1, 1)


def test_several_workers_do_it_once(shop: Shops) -> None:
    job = read(shop("discogs"), *[listing(str(number), f"Record {number}") for number in range(900)])
    services.start(job=job)
    at_once([run_until_idle] * 3)
    assert counts(job) == (900, 0, 0, 0)
    assert (Item.objects.count(), Move.objects.count(), Job.objects.get().stage) == (900, 900, "done")


def test_what_is_decided_while_they_work_is_done(shop: Shops, person: User) -> None:
    job = read(shop("discogs"), *[listing(str(number), f"Record {number}", sku=f"S{number}") for number in range(300)])
    for number in range(300):
        builders.item(builders.house(person), sku=f"S{number}")
    services.start(job=job)

    def decide() -> None:
        while Item.objects.count() < 600:
            with suppress(Conflict):
                services.resolve_all(job=job, conflict_type="duplicate_sku", resolution="create_new")
            run_until_idle()

    at_once([run_until_idle, run_until_idle, decide])
    assert (counts(job), Item.objects.count(), Job.objects.get().stage) == ((300, 0, 0, 0), 600, "done")


def test_two_jobs_of_one_house_make_an_item_once(shop: Shops) -> None:
    connection = shop("discogs")
    rows = [listing(str(number), f"Record {number}", sku=f"S{number}") for number in range(400)]
    one, two = read(connection, *rows), read(connection, *rows)
    services.start(job=one)
    services.start(job=two)
    at_once([run_until_idle] * 2)
    run_until_idle()
    assert (Item.objects.count(), Move.objects.count()) == (400, 400)
    assert counts(one)[0] + counts(two)[0] == 400
