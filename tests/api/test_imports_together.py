"""Several people ask for the same import at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from instica.imports.models import Job
from instica.inventory.models import Item
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests.api.calling import api_for, is_problem
from tests.shops import Shops

pytestmark = pytest.mark.django_db(transaction=True)
JOBS = "marketplace/import/jobs/"


def at_once(call: Callable[[], Any], times: int) -> list[Any]:
    """The answers to so many equal calls made at one moment."""
    gate, answers = threading.Barrier(times), []

    def one() -> None:
        gate.wait()
        try:
            answers.append(call())
        finally:
            database.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def created(shop: Shops, person: User) -> Job:
    connection = shop("discogs", listings=12)
    body = {"seller_account_uid": connection.public_id, "marketplace": "discogs"}
    assert api_for(person).post(f"{JOBS}create/", body).status_code == 201
    run_until_idle()
    return Job.objects.get()


def start(token: str, job: Job) -> Any:
    """Ask with a client of one's own: they are not made to be shared by threads."""
    client = Client(raise_request_exception=False)
    named = {"X-API-Key": token}
    return client.post(
        "/api/v1/marketplace/import/start/", {"job_uid": job.public_id}, content_type="application/json", headers=named
    )


def test_one_start_is_taken_and_the_others_are_told(shop: Shops, person: User) -> None:
    job, api = created(shop, person), api_for(person)
    answers = at_once(lambda: start(api.token, job), 4)
    refused = [answer for answer in answers if answer.status_code == 409]
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    for answer in refused:
        why = "This import is running. Wait until it is done, or cancel it."
        assert is_problem(answer, 409, "already_running")["detail"] == why
    assert (Task.objects.filter(kind="import.apply").count(), Job.objects.get().runs) == (1, 1)
    run_until_idle()
    done = Job.objects.get()
    assert (Item.objects.count(), done.imported + done.skipped + done.failed + done.conflicted) == (done.imported, 12)
