"""The files of a walk go with it, however it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from instica.connections import services as connections
from instica.connections.models import Connection
from instica.connections.spool import ShopSpool
from instica.imports import fetch, intake, purge, services
from instica.imports.models import Job
from tests.features.importing import settled
from tests.shops import Shops


@pytest.fixture
def job(shop: Shops) -> Job:
    """A job whose shop is being read."""
    here = shop("discogs")
    return services.create(organization=here.organization, connection=here, user=None)


@pytest.fixture
def kept(job: Job) -> Path:
    """A file it downloaded."""
    file = ShopSpool(job.connection, job.uid.hex).path("export.csv")
    file.write_text("what somebody sells")
    return file


def fails(job: Job) -> None:
    with transaction.atomic():
        fetch.fail(intake.locked(job.uid), "The shop closed its door")


def is_disconnected(job: Job) -> None:
    connections.disconnect(connection=job.connection)


@pytest.mark.parametrize("ends", [settled, fails, is_disconnected, lambda job: services.cancel(job=job)])
def test_they_go_when_it_ends(job: Job, kept: Path, ends: Callable[[Job], None]) -> None:
    ends(job)
    assert not kept.parent.exists()


def test_they_go_when_a_reader_hears_of_it_late(job: Job, kept: Path) -> None:
    services.cancel(job=job)
    kept.parent.mkdir()
    kept.write_text("written meanwhile")
    settled(job)
    assert not kept.parent.exists()


def test_orphans_are_swept(job: Job, kept: Path) -> None:
    other = Connection.objects.create(organization=job.organization, marketplace="discogs", remote_id="8", username="x")
    orphan = ShopSpool(other, Job(connection=other).uid.hex).path("export.csv")
    over = ShopSpool(other, Job.objects.create(organization=job.organization, connection=other, stage="done").uid.hex)
    for file in (orphan, over.path("export.csv")):
        file.write_text("forgotten")
    purge.spooled_files()
    assert (kept.read_text(), orphan.parent.exists(), over.folder.exists()) == ("what somebody sells", False, False)
