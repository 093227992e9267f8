"""The rows of connections that must not change under a verb."""

from __future__ import annotations

import uuid

from instica.connections.models import Connection, State
from instica.core.errors import Conflict

ELSEWHERE = "This shop is already connected to another organization here. Disconnect it there first."


def same_account(organization_uid: uuid.UUID, marketplace: str, remote_id: str) -> Connection | None:
    """The connection of a remote account, locked. Raises ``Conflict`` when another organization has it."""
    rows = list(
        Connection.objects.select_for_update()
        .filter(marketplace=marketplace, remote_id=remote_id)
        .order_by("-connected_at", "uid")
    )
    if any(row.state != State.REVOKED and row.organization_id != organization_uid for row in rows):
        raise elsewhere()
    ours = [row for row in rows if row.organization_id == organization_uid]
    return min(ours, key=lambda row: row.state == State.REVOKED, default=None)


def by_uid(uid: uuid.UUID) -> Connection:
    """One connection, locked."""
    return Connection.objects.select_for_update().get(uid=uid)


def elsewhere() -> Conflict:
    """One live connection an account in the whole installation."""
    return Conflict(ELSEWHERE, code="account_connected_elsewhere")
