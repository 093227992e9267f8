"""A grant becomes a connection: new, or the same one again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from instica.connections import locks, pausing, queries, watching
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State, Ticket
from instica.connections.tickets import described
from instica.core.clock import now
from instica.core.errors import Conflict, Unprocessable
from instica.core.secrets import Secret
from instica.kit.types import Grant
from instica.notices.services import tell
from instica.people import plans
from instica.people.models import Organization
from instica.work import schedules
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

DAY = 86_400
log = structlog.get_logger(__name__)
FEATURE = "marketplace_connections"


def check_plan(organization: Organization) -> None:
    """Whether the plan has room for one more shop. Raises ``PaymentRequired``."""
    plans.check(organization, FEATURE, used=queries.live(organization).count())


def adopt(ticket: Ticket, grant: Grant) -> Connection:
    """Make or renew the connection of a ticket's fresh grant, and start what follows, in one transaction."""
    if grant.account is None:
        raise Unprocessable("The marketplace did not say whose shop this is. Try again.", code="account_unknown")
    return adopt_stored(ticket, dict(grant.secrets), described(grant))


def adopt_stored(ticket: Ticket, secrets: dict[str, Secret], account: dict[str, Any]) -> Connection:
    """The same for a grant that a ticket kept. The ticket is spent."""
    try:
        with transaction.atomic():
            connection = _row(ticket, str(account["remote_id"]))
            _fill(connection, ticket, secrets, account)
            connection.save()
            Ticket.objects.filter(uid=ticket.uid).delete()
            _start(connection)
    except IntegrityError as error:
        raise locks.elsewhere() from error
    log.info("connection.connected", connection=connection.public_id, by=ticket.user.public_id)
    return connection


def _row(ticket: Ticket, remote_id: str) -> Connection:
    """The row to fill: that account's own, so that it keeps its uid and all that hangs on it, or a new one."""
    wanted = ticket.connection
    if wanted is not None and wanted.remote_id != remote_id:
        detail = f"You signed in as somebody else; this shop belongs to {wanted.username}. Nothing was changed."
        raise Conflict(detail, code="another_account")
    known = locks.same_account(ticket.organization_id, ticket.marketplace, remote_id)
    if known is None or known.state == State.REVOKED:
        check_plan(ticket.organization)
    return known or Connection(
        organization=ticket.organization, marketplace=ticket.marketplace, remote_id=remote_id, grant_version=0
    )


def _fill(connection: Connection, ticket: Ticket, secrets: dict[str, Secret], account: dict[str, Any]) -> None:
    returning = connection.grant_version > 0 and connection.state != State.REVOKED
    connection.secrets = secrets
    connection.scopes = account["scopes"]
    connection.details = account["details"]
    connection.expires_at = dt.datetime.fromisoformat(account["expires_at"]) if account["expires_at"] else None
    connection.username = account["username"]
    for name in ("name", "currency", "url"):
        setattr(connection, name, account[name] or getattr(connection, name))
    connection.state, connection.trouble, connection.disconnected_at = State.CONNECTED, "", None
    connection.grant_version += 1
    connection.refreshing_until = None
    connection.connected_by = ticket.user
    if not returning:
        connection.connected_at = now()


def _start(connection: Connection) -> None:
    """Orders are read from this moment on, before anything is imported; then the shop's own details."""
    pausing.resume(connection)
    enqueue("connection.connected", str(connection.uid), lane=f"shop:{connection.uid}:watch", urgency=Urgency.ORDER)
    lane = f"shop:{connection.uid}:read"
    schedules.every("connection.describe", str(connection.uid), lane=lane, seconds=DAY, urgency=Urgency.PERSON)
    watching.start(connection)
    name = manifest_of(connection.marketplace).name
    tell(
        organization=connection.organization,
        key=f"connected:{connection.uid}",
        title=f"{name} is connected",
        body=f"{connection.username} on {name} is connected. Orders are read from now on; import it when you like.",
        tone="good",
        link="/marketplaces/",
    )
