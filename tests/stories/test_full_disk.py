"""The disk is full while a shop is imported: the job waits and says so, and goes on once there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.conf import settings
from django.db import connection as database

from instica.core import room
from instica.core.clock import now
from instica.imports import queries, services
from instica.imports.models import Job, Row
from instica.inventory.models import Image, Item, Move
from instica.people.models import User
from instica.work.models import Task
from instica.work.queue import enqueue
from tests import builders
from tests.features.importing import counts, everything, settled
from tests.shops import Shops

REFUSING = """
CREATE FUNCTION no_room() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
LANGUAGE plpgsql;
CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room();
"""


@contextmanager
def full_database(table: str) -> Iterator[None]:
    """SQLite may not grow any more; PostgreSQL answers as it does without room, when something is added to it."""
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        else:
            cursor.execute(REFUSING.format(table=table))
    yield
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("PRAGMA max_page_count = 1073741823")
        else:
            cursor.execute("DROP FUNCTION no_room CASCADE")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that can be moved on."""
    with time_machine.travel(now(), tick=True) as moving:
        yield moving


def minutes(job: Job, clock: time_machine.Traveller, count: int) -> Job:
    """The job so many minutes later."""
    for _ in range(count):
        clock.shift(61)
        settled(job)
    return job


def waits(job: Job) -> None:
    """It says why, costs no attempt, and would go on."""
    job.refresh_from_db()
    progress = queries.progress(job)
    assert (progress.status, progress.error_message) == ("in_progress", room.NO_ROOM)
    task = Task.objects.get(key=str(job.uid))
    assert (task.state, task.attempts, task.why) == ("queued", 0, room.NO_ROOM)


def test_no_room_for_the_shops_file(shop: Shops, person: User, clock: time_machine.Traveller) -> None:
    connection = shop("discogs", listings=900)
    shop.control("discogs", "switches", {"export_polls": 2})
    job = settled(services.quick(organization=builders.house(person), marketplace="discogs", user=person))
    folder = settings.DATA / "spool" / str(connection.uid) / job.uid.hex
    folder.mkdir(parents=True, exist_ok=True)
    number = job.cursor.partition('"id":"')[2].partition('"')[0]
    part = folder / f"discogs-export-{number}.csv.whole.part"
    for _ in range(11):
        part.unlink(missing_ok=True)
        part.symlink_to("/dev/full")
        minutes(job, clock, 1)
    waits(job)
    assert (Row.objects.count(), list(folder.iterdir())) == (0, [])
    minutes(job, clock, 3)
    assert (queries.progress(job).status, sum(counts(job))) == ("completed", 900)
    assert (queries.progress(job).error_message, Item.objects.count()) == (None, job.imported)
    assert not folder.exists()


@pytest.mark.django_db(transaction=True)
def test_no_room_to_keep_what_was_read(shop: Shops, person: User, clock: time_machine.Traveller) -> None:
    shop("discogs")
    job = services.quick(organization=builders.house(person), marketplace="discogs", user=person)
    with full_database("imports_row"):
        waits(minutes(job, clock, 11))
        assert (Row.objects.count(), job.found, job.cursor) == (0, 0, "")
    minutes(job, clock, 2)
    assert (queries.progress(job).status, sum(counts(job)), Row.objects.count()) == ("completed", 150, 150)


@pytest.mark.django_db(transaction=True)
def test_no_room_for_the_inventory(shop: Shops, person: User, clock: time_machine.Traveller) -> None:
    connection = shop("discogs")
    job = settled(services.create(organization=builders.house(person), connection=connection, user=person))
    before = everything()
    services.start(job=job)
    with full_database("inventory_item"):
        waits(minutes(job, clock, 11))
        assert everything() == before
        assert (counts(job), Move.objects.count()) == ((0, 0, 0, 0), 0)
    minutes(job, clock, 2)
    progress = queries.progress(job)
    assert (progress.status, progress.error_message, sum(counts(job))) == ("completed", None, 150)
    assert Item.objects.count() == Move.objects.count() == job.imported > 140


def test_no_room_for_photos(shop: Shops, person: User, clock: time_machine.Traveller) -> None:
    shop("discogs", listings=3)
    job = settled(services.quick(organization=builders.house(person), marketplace="discogs", user=person))
    Image.objects.update(file="")
    parts = [
        settings.MEDIA_ROOT / f"photos/{one.organization_id.hex}/{one.uid.hex}.part" for one in Image.objects.all()
    ]
    Task.objects.filter(kind="import.photos").delete()
    enqueue("import.photos", str(job.uid), lane="photos:x")
    for _ in range(11):
        for part in parts:
            part.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.symlink_to("/dev/full")
        minutes(job, clock, 1)
    assert list(Task.objects.filter(kind="import.photos").values_list("state", "attempts", "why")) == [
        ("queued", 0, room.NO_ROOM)
    ]
    assert set(Image.objects.values_list("file", "trouble")) == {("", "")}
    assert queries.progress(job).status == "completed"
    for part in parts:
        part.unlink(missing_ok=True)
    minutes(job, clock, 3)
    assert "" not in Image.objects.values_list("file", flat=True)
    assert not [part for part in parts if part.exists()]
