"""Says on a job what it waits for, so that its owner knows what to do meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError

from instica.core import room
from instica.imports import intake
from instica.imports.models import Job
from instica.kit.errors import Refused, RemoteFailure, SignInAgain, Throttled
from instica.marketplaces import get as manifest
from instica.work.lanes import commit


def reason(job: Job, failure: RemoteFailure | None) -> str:
    """What has to happen at the marketplace before it goes on by itself."""
    name, shop = _name(job), job.connection.name or job.connection.username
    if isinstance(failure, SignInAgain):
        return f"Reconnect {shop}: {name} does not accept the sign-in any more. The import goes on by itself."
    if isinstance(failure, Throttled):
        return f"Waiting for {name}'s limit until {failure.until:%H:%M:%S} UTC. The import goes on by itself."
    return f"{name} does not answer as it should. It is tried again by itself; nothing to do for you. {failure}"[:500]


def refusal(job: Job, failure: RemoteFailure | None) -> str:
    """Why it cannot go on, in the marketplace's words where it said something, and what to do."""
    why = str(failure).rstrip(".")
    said = f"{_name(job)} refused: {why}" if isinstance(failure, Refused) and failure.status else why
    return f"{said}. Mend that, then start the import again; it goes on where it stood."


def _name(job: Job) -> str:
    place = manifest(job.marketplace)
    return place.name if place else job.marketplace


@contextmanager
def told_when_full(uid: uuid.UUID) -> Iterator[None]:
    """When the disk is full, let the job say so, as far as there is room for that; the failure passes."""
    try:
        yield
    except Exception as error:
        if room.is_lacking(error):
            with suppress(DatabaseError), commit():
                job = intake.locked(uid)
                job.waiting = room.NO_ROOM
                job.save(update_fields=["waiting"])
        raise
