"""A shop that only its owner's browser can read becomes a connection: by the account the extension saw there."""

from __future__ import annotations

import structlog
from django.db import IntegrityError, transaction

from instica.connections import adopting, locks
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.core.errors import Fault, Invalid
from instica.notices.services import tell
from instica.people.models import Organization, User

log = structlog.get_logger(__name__)


def account_id(account: str) -> str:
    """What tells accounts apart: their names, which are the same in any case."""
    return account.strip().casefold()


def claim(*, organization: Organization, user: User, marketplace: str, account: str) -> tuple[Connection, bool]:
    """The connection of that account, and whether it was made or woken now. Raises ``Invalid``, ``Conflict``.

    Nobody proves to us whose account it is; what is read is what everybody may see there.
    """
    if manifest_of(marketplace).connection != "extension":
        detail = f"{manifest_of(marketplace).name} is not read by the browser extension; connect it in Instica."
        raise Invalid(detail, code="not_by_extension", faults=[Fault(detail, "#/platform")])
    try:
        with transaction.atomic():
            known = locks.same_account(organization.uid, marketplace, account_id(account))
            if known is not None and known.state == State.CONNECTED:
                return known, False
            return _connected(known, organization, user, marketplace, account.strip()), True
    except IntegrityError as error:
        raise locks.elsewhere() from error


def _connected(
    known: Connection | None, organization: Organization, user: User, marketplace: str, account: str
) -> Connection:
    adopting.check_plan(organization)
    row = known or Connection(organization=organization, marketplace=marketplace, remote_id=account_id(account))
    row.username, row.connected_by, row.connected_at = account, user, now()
    row.state, row.trouble, row.disconnected_at = State.CONNECTED, "", None
    row.confirmed_at = row.confirmed_at or now()
    row.save()
    name = manifest_of(marketplace).name
    tell(
        organization=organization,
        key=f"connected:{row.uid}",
        title=f"{name} is connected",
        body=f"{account} on {name} is read by your browser extension. Press Read there to bring its designs here.",
        tone="good",
        link="/marketplaces/",
    )
    log.info("connection.claimed", connection=row.public_id, by=user.public_id)
    return row
