"""Asking a shop who we are there: the connection test, and its details kept fresh."""

from __future__ import annotations

from dataclasses import dataclass

from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.connections.talk import connector_for, talking
from instica.core.clock import now
from instica.core.errors import Conflict
from instica.kit.types import Account
from instica.work.lanes import commit


@dataclass(frozen=True, slots=True)
class Tested:
    """Whether the shop answers, and in words what it said."""

    ok: bool
    detail: str


def test(*, connection: Connection) -> Tested:
    """Call the shop now. A dead sign-in pauses the connection, as anywhere."""
    if connection.state == State.REVOKED:
        raise Conflict("This shop is disconnected; connect it again first.", code="disconnected")
    manifest = manifest_of(connection.marketplace)
    if manifest.connection == "extension":
        return Tested(
            True, f"{manifest.name} is read in your own browser by the extension; nothing is called from here."
        )
    with talking(connection) as talk:
        account = connector_for(connection, "stock").shop()
    if talk.failure is not None:
        return Tested(False, str(talk.failure))
    describe(connection, account)
    return Tested(True, f"Connected as {account.username}.")


def describe(connection: Connection, account: Account) -> None:
    """Keep what the shop says about itself."""
    with commit():
        row = Connection.objects.select_for_update().get(uid=connection.uid)
        row.username = account.username or row.username
        row.name = account.name or row.name
        row.url = account.url or row.url
        row.currency = account.currency or row.currency
        row.details = {**row.details, **shown(account)}
        row.tested_at = now()
        row.save(update_fields=["username", "name", "url", "currency", "details", "tested_at"])
    connection.refresh_from_db()


def shown(account: Account) -> dict[str, str]:
    """Details beyond the columns."""
    return {
        "country": account.country,
        "warnings": "; ".join(account.warnings),
        "listings": "" if account.listings is None else str(account.listings),
    }
