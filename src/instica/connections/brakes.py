"""The brakes a person pulls: one shop paused, or everything we would write anywhere stopped."""

from __future__ import annotations

from django.db import transaction

from instica.connections.models import Connection, Stop
from instica.connections.pausing import wake
from instica.core.clock import now
from instica.people.models import Organization, User

STOPPED = "Everything is stopped: nothing is written to any shop until somebody lets it go on"
PAUSED = "This shop is paused: only what a sale forces is written there"
UNCONFIRMED = "Its owner has not said yes yet: only what a sale forces is written there"


def stop(*, organization: Organization, by: User | None) -> None:
    """Write nothing anywhere from now on; a write under way is not taken back."""
    Stop.objects.get_or_create(organization=organization, defaults={"by": by})


def release(*, organization: Organization) -> None:
    """Let everything go on: what waited in the lanes is done now."""
    with transaction.atomic():
        Stop.objects.filter(organization=organization).delete()
        for connection in Connection.objects.filter(organization=organization):
            wake(connection)


def pause(*, connection: Connection) -> None:
    """Write nothing there by ourselves, but for what a sale forces; orders are still read."""
    Connection.objects.filter(uid=connection.uid, paused_at=None).update(paused_at=now())


def resume(*, connection: Connection) -> None:
    """Let it go on."""
    with transaction.atomic():
        Connection.objects.filter(uid=connection.uid).update(paused_at=None)
        wake(connection)


def on(connection: Connection, *, forced: bool) -> str:
    """Why nothing may be written to a shop now, in words for a person; empty when it may. Read anew each time.

    ``forced`` is what a sale demands: only the switch that stops everything holds that too (D23).
    """
    if Stop.objects.filter(organization=connection.organization_id).exists():
        return STOPPED
    if forced:
        return ""
    standing = Connection.objects.filter(uid=connection.uid).values_list("paused_at", "confirmed_at").first()
    if standing is None or standing[0] is not None:
        return PAUSED
    return "" if standing[1] else UNCONFIRMED
