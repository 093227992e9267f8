"""Seller accounts: the connected shops, and connecting one from a native app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, RootModel

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.idempotency import Keyed
from instica.connections import queries, services
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection
from instica.core.clock import iso
from instica.core.errors import Fault, Invalid
from instica.marketplaces import get

EXAMPLE: dict[str, Any] = {
    "uid": "sa_01h455vb4pex5vsknk084sn02q",
    "platform": "discogs",
    "platform_name": "Discogs",
    "external_username": "greenstreet_records",
    "status": "connected",
    "connected_at": "2026-02-15T09:00:00Z",
    "last_synced_at": "2026-02-15T09:05:00Z",
}


class AccountShape(BaseModel):
    """A connected shop."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    uid: str
    platform: str = Field(description="The platform's slug.")
    platform_name: str
    external_username: str = Field(description="Who we are there.")
    status: str = Field(description="`connected`, `expired` (connect it again) or `revoked` (disconnected).")
    connected_at: str
    last_synced_at: str | None = Field(description="When its orders were last read.")


class AccountList(RootModel[list[AccountShape]]):
    """All of an organization's shops."""


class Tested(BaseModel):
    """How a connection test went."""

    ok: bool
    detail: str = Field(description="What the marketplace said, or what to do.")
    account: AccountShape


class Connect(Body):
    """Which platform to connect, and what it asks before consent."""

    platform: str = Field(max_length=40)
    return_to: str = Field("", max_length=300, description="A registered scheme or origin that gets the one-time code.")
    answers: dict[str, str] = Field(default_factory=dict, max_length=10)


class Ticket(BaseModel):
    """A one-time ticket: open the address in a browser."""

    authorize_url: str
    expires_at: str


class Finish(Body):
    """The one-time code."""

    code: str = Field(min_length=1, max_length=100)


def shape(connection: Connection) -> dict[str, Any]:
    """The documented keys (I3.1)."""
    return {
        "uid": connection.public_id,
        "platform": connection.marketplace,
        "platform_name": manifest_of(connection.marketplace).name,
        "external_username": connection.username,
        "status": connection.state,
        "connected_at": iso(connection.connected_at),
        "last_synced_at": iso(connection.last_synced_at),
    }


class Accounts(Endpoint):
    """All of them."""

    @operation("accounts_list", "List the connected shops", scope="accounts", answer=AccountList)
    def get(self, call: Call) -> object:
        """A bare array, the newest first; disconnected ones keep their history and stay on it."""
        return [shape(connection) for connection in queries.every(call.organization)]


class Account(Endpoint):
    """One of them."""

    @operation("accounts_read", "Read a connected shop", scope="accounts", answer=AccountShape)
    def get(self, call: Call, uid: str) -> object:
        """As it stands now."""
        return shape(queries.get(call.organization, uid))

    @operation("accounts_disconnect", "Disconnect a shop", scope="accounts", answer=None, status=204)
    def delete(self, call: Call, uid: str) -> object:
        """Give the grant back where possible and forget its secrets; history stays."""
        services.disconnect(connection=queries.get(call.organization, uid))
        return None


class AccountTest(Endpoint):
    """Its connection test."""

    @operation("accounts_test", "Test a connection", scope="accounts", answer=Tested, refuses=[409], keyed=Keyed.AROUND)
    def post(self, call: Call, uid: str) -> object:
        """Call the shop now."""
        connection = queries.get(call.organization, uid)
        tested = services.test(connection=connection)
        return {"ok": tested.ok, "detail": tested.detail, "account": shape(connection)}


class ConnectAccount(Endpoint):
    """Connecting from a native app (D34)."""

    @operation(
        "accounts_connect", "Begin connecting a shop", scope="accounts", answer=Ticket, body=Connect, refuses=[402]
    )
    def post(self, call: Call) -> object:
        """A one-time ticket; its page names the organization and the person and asks to go on."""
        body = call.read(Connect)
        if get(body.platform) is None:
            detail = "There is no such platform."
            raise Invalid(detail, code="validation_error", faults=[Fault(detail, "#/platform")])
        ticket, token = services.ticket(
            organization=call.organization,
            user=call.user,
            marketplace=body.platform,
            answers=body.answers,
            return_to=body.return_to,
        )
        address = f"{settings.SITE_URL}/accounts/{body.platform}/login/?ticket={token}"
        return {"authorize_url": address, "expires_at": iso(ticket.expires)}


class FinishConnecting(Endpoint):
    """The end of it."""

    @operation(
        "accounts_connect_finish",
        "Activate a connection",
        scope="accounts",
        answer=AccountShape,
        body=Finish,
        refuses=[402, 409],
    )
    def post(self, call: Call) -> object:
        """With the one-time code that the registered address received, by the person who began."""
        body = call.read(Finish)
        return shape(services.finish(user=call.user, organization=call.organization, code=body.code))
