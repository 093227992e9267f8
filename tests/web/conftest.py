"""A signed-in client, imports at every stage, and a browser where one is installed."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from django.test import Client

from instica.imports import services
from instica.imports.models import Job
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.shops import Shops

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
    " --no-first-run"
).split()


@pytest.fixture
def ada(client: Client, person: User) -> Client:
    """Ada's browser without a screen."""
    client.force_login(person)
    return client


@pytest.fixture
def read(shop: Shops, person: User) -> Job:
    """An import whose shop of 150 was read: 145 new, 2 in conflict, 3 that cannot be taken in."""
    connection = shop("discogs", listings=150)
    job = services.create(organization=builders.house(person), connection=connection, user=person)
    run_until_idle()
    job.refresh_from_db()
    return job


@pytest.fixture
def done(read: Job) -> Job:
    """The same, imported."""
    services.start(job=read)
    run_until_idle()
    read.refresh_from_db()
    return read


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; it talks to nobody but the server under test."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}
