"""Renewing a grant exactly once, however many callers find it stale at the same moment."""

from __future__ import annotations

import datetime as dt
import time

from django.db.models import F, Q

from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.core.secrets import Secret
from instica.kit.contract import Auth
from instica.kit.errors import RemoteFailure, TryLater
from instica.kit.types import App, Grant
from instica.work import clock

FIELDS = ("secrets", "scopes", "details", "expires_at", "grant_version", "state", "trouble", "username", "currency")
EARLY = dt.timedelta(seconds=90)
LEASE = dt.timedelta(seconds=60)
WAIT_SECONDS = 70.0
PAUSE_SECONDS = 0.05


def is_due(connection: Connection, now: dt.datetime) -> bool:
    """Whether the grant ends so soon that a call should not begin with it."""
    return connection.expires_at is not None and connection.expires_at <= now + EARLY


def once(connection: Connection, app: App) -> None:
    """Bring a newer grant than ``connection`` carries into it: renew it, or wait for whoever does.

    Raises ``SignInAgain`` when the old one is dead, ``TryLater`` when nobody could renew it now.
    """
    stale = connection.grant_version
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if _lease(connection, stale):
            _renew(connection, app, stale)
            return
        connection.refresh_from_db(fields=FIELDS)
        if connection.grant_version != stale or connection.state != State.CONNECTED:
            return
        time.sleep(PAUSE_SECONDS)
    raise TryLater("The sign-in is being renewed and that takes long.")


def _lease(connection: Connection, version: int) -> bool:
    """Win the right to renew this version."""
    now = clock.now()
    free = Q(refreshing_until=None) | Q(refreshing_until__lte=now)
    ours = Connection.objects.filter(free, uid=connection.uid, grant_version=version, state=State.CONNECTED)
    return bool(ours.update(refreshing_until=now + LEASE))


def _renew(connection: Connection, app: App, version: int) -> None:
    """Ask for a new grant and save it before anybody uses it.

    Saved even when our lane is lost meanwhile: the old one died with the answer, and the version guards the row.
    """
    auth: Auth = manifest_of(connection.marketplace).load("auth")()
    ours = Connection.objects.filter(uid=connection.uid, grant_version=version)
    try:
        fresh = auth.refresh(app, grant_of(connection))
    except RemoteFailure:
        ours.update(refreshing_until=None)
        raise
    ours.update(
        secrets=dict(fresh.secrets),
        scopes=list(fresh.scopes or connection.scopes),
        expires_at=fresh.expires_at,
        grant_version=F("grant_version") + 1,
        refreshing_until=None,
    )
    connection.refresh_from_db(fields=FIELDS)


def grant_of(connection: Connection) -> Grant:
    """The stored grant."""
    secrets: dict[str, Secret] = connection.secrets
    return Grant(
        secrets=secrets,
        scopes=tuple(connection.scopes),
        expires_at=connection.expires_at,
        details={name: str(value) for name, value in connection.details.items()},
    )
