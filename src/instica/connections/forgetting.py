"""Disconnecting: give the grant back, forget the secrets and what was downloaded, keep the history."""

from __future__ import annotations

import structlog
from django.db import transaction

from instica.connections import locks, pausing, refresh, spool, watching
from instica.connections.credentials import app_for, manifest_of
from instica.connections.models import Connection, State, Ticket
from instica.core.clock import now
from instica.kit.contract import Auth
from instica.kit.errors import RemoteFailure
from instica.kit.types import Grant
from instica.notices.services import forget
from instica.work import clock, lanes, schedules
from instica.work.models import Schedule, Task

log = structlog.get_logger(__name__)


def disconnect(*, connection: Connection) -> None:
    """End a connection and give the grant back where that is possible; a second time nothing happens."""
    watching.end(connection)
    with transaction.atomic():
        row = locks.by_uid(connection.uid)
        if row.state == State.REVOKED:
            return
        grant = refresh.grant_of(row)
        row.state, row.trouble, row.secrets = State.REVOKED, "", {}
        row.expires_at, row.refreshing_until, row.disconnected_at = None, None, now()
        row.grant_version += 1
        row.save()
        Ticket.objects.filter(connection=row).delete()
        cancel_rounds(row)
        forget(row.organization, pausing.paused_key(row))
    spool.drop_all(connection)
    connection.refresh_from_db()
    log.info("connection.disconnected", connection=connection.public_id)
    revoke(connection, grant)


def cancel_rounds(connection: Connection) -> None:
    """Take the shop's rounds off the timetable. Its tasks run at once, find it disconnected, and say so."""
    lanes.wake(f"shop:{connection.uid}:")
    Task.objects.filter(lane__startswith=f"shop:{connection.uid}:", state=Task.State.QUEUED).update(run_at=clock.now())
    for kind, key in Schedule.objects.filter(lane__startswith=f"shop:{connection.uid}:").values_list("kind", "key"):
        schedules.cancel(kind, key)


def revoke(connection: Connection, grant: Grant) -> None:
    """Give the grant back, after ours is gone: nothing we do may depend on their answer."""
    manifest = manifest_of(connection.marketplace)
    if not manifest.auth:
        return
    auth: Auth = manifest.load("auth")()
    try:
        auth.revoke(app_for(manifest.slug), grant)
    except (NotImplementedError, RemoteFailure) as error:
        log.info("connection.not_revoked", connection=connection.public_id, why=type(error).__name__)
