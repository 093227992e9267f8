"""Webhooks we send: the endpoints, their secrets, tests, and sending again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel, field_validator

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.core.clock import iso
from instica.notices import endpoints, kinds, queries, replaying
from instica.notices.models import Endpoint as Row
from instica.notices.models import EndpointState
from instica.people.models import Role

UID = "hook_01h455vb4pex5vsknk084sn02q"
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105  # an example of its form
TYPES = Field(description="Which events it wants; empty: all. " + ", ".join(f"`{name}`" for name in kinds.chosen()))


class EndpointShape(BaseModel):
    """An address that events are sent to."""

    model_config = ConfigDict(title="WebhookEndpoint")

    uid: str = Field(examples=[UID])
    url: str = Field(examples=["https://example.com/hooks"])
    description: str
    types: list[str] = TYPES
    state: str = Field(json_schema_extra={"enum": list(EndpointState.values)})
    disabled_reason: str | None
    failing_since: str | None = Field(description="Since when nothing has arrived, if so.")
    old_secret_until: str | None = Field(description="Until when messages are signed by an older secret too.")
    created: str


class EndpointWithSecret(EndpointShape):
    """An endpoint with its secret, given only when that is made."""

    model_config = ConfigDict(title="WebhookEndpointWithSecret")

    secret: str = Field(description="Verifies signatures. Shown this once.", examples=[SECRET])


class EndpointList(RootModel[list[EndpointShape]]):
    """All endpoints, the oldest first."""


class NewEndpoint(Body):
    """Where to send what."""

    url: str = Field(description="https, and reachable from everywhere.", examples=["https://example.com/hooks"])
    types: list[str] = Field(default=[], description="Which events it wants; empty: all.")
    description: str = ""


class EndpointChange(Body):
    """What to change; the rest stays."""

    url: str | None = None
    types: list[str] | None = None
    description: str | None = None
    state: Literal["active", "paused"] | None = Field(
        default=None,
        description="`active` also ends being disabled; what waited while paused, a month at most, is sent then.",
    )


class ReplayRange(Body):
    """Which deliveries to send again."""

    since: Annotated[
        AwareDatetime,
        Field(strict=False, description="Deliveries from this moment on.", examples=["2026-02-15T12:00:00Z"]),
    ]
    until: Annotated[AwareDatetime | None, Field(strict=False, description="And before this one.")] = None
    states: list[Literal["failed", "missed", "delivered"]] = Field(
        default=["failed", "missed"], description="`failed` and `missed` unless told; `delivered` too, if you ask."
    )

    @field_validator("since", "until")
    @classmethod
    def in_utc(cls, moment: dt.datetime | None) -> dt.datetime | None:
        """The same moment without its zone: databases know fewer zones than people can write."""
        try:
            return moment and moment.astimezone(dt.UTC)
        except OverflowError:
            raise ValueError("There is no such time.") from None


class ReplayedShape(BaseModel):
    """How many are on their way again."""

    replayed: int = Field(description=f"At most {replaying.MOST} at once: where it is that many, ask for the rest.")


def shape(row: Row) -> dict[str, Any]:
    """An endpoint without its secrets."""
    old = [until for name, until in row.expires.items() if endpoints.holds(row, name)]
    return {
        "uid": row.public_id,
        "url": row.url,
        "description": row.description,
        "types": row.types,
        "state": row.state,
        "disabled_reason": row.why or None,
        "failing_since": iso(row.failing_since),
        "old_secret_until": max(old, default=None),
        "created": iso(row.created),
    }


class Endpoints(Endpoint):
    """All of them."""

    @operation("webhooks_list", "List webhook endpoints", scope="webhooks", answer=EndpointList)
    def get(self, call: Call) -> object:
        """A bare array, oldest first."""
        return [shape(row) for row in queries.endpoints(call.organization)]

    @operation(
        "webhooks_create",
        "Add a webhook endpoint",
        scope="webhooks",
        role=Role.ADMIN,
        status=201,
        answer=EndpointWithSecret,
        body=NewEndpoint,
        description="The answer holds the secret, which is shown this once. What is sent, and how to verify it, stands"
        " in the guide to webhooks.",
    )
    def post(self, call: Call) -> object:
        """Events from now on are sent there."""
        body = call.read(NewEndpoint)
        row, secret = endpoints.create(
            organization=call.organization,
            by=call.user,
            url=body.url,
            types=body.types,
            description=body.description,
        )
        return shape(row) | {"secret": secret.reveal()}


class OneEndpoint(Endpoint):
    """One of them."""

    @operation("webhooks_read", "Read a webhook endpoint", scope="webhooks", answer=EndpointShape)
    def get(self, call: Call, uid: str) -> object:
        """Without its secrets."""
        return shape(queries.endpoint(call.organization, uid))

    @operation(
        "webhooks_update",
        "Change, pause or enable a webhook endpoint",
        scope="webhooks",
        role=Role.ADMIN,
        answer=EndpointShape,
        body=EndpointChange,
    )
    def patch(self, call: Call, uid: str) -> object:
        """Only what is given."""
        row = queries.endpoint(call.organization, uid)
        changes = call.read(EndpointChange).model_dump(exclude_unset=True)
        return shape(endpoints.change(endpoint=row, by=call.user, **changes))

    @operation(
        "webhooks_delete", "Remove a webhook endpoint", scope="webhooks", role=Role.ADMIN, answer=None, status=204
    )
    def delete(self, call: Call, uid: str) -> object:
        """With the log of its deliveries."""
        endpoints.remove(endpoint=queries.endpoint(call.organization, uid), by=call.user)
        return None


class Rotation(Endpoint):
    """A new secret."""

    @operation(
        "webhooks_rotate",
        "Give a webhook endpoint a new secret",
        scope="webhooks",
        role=Role.ADMIN,
        answer=EndpointWithSecret,
        description="For 24 hours every message carries a signature by the new secret and one by the old, so that"
        " nothing is refused while you change it.",
    )
    def post(self, call: Call, uid: str) -> object:
        """Shown this once."""
        row, secret = endpoints.rotate(endpoint=queries.endpoint(call.organization, uid), by=call.user)
        return shape(row) | {"secret": secret.reveal()}


class Replay(Endpoint):
    """Sending a period again."""

    @operation(
        "webhooks_replay",
        "Send again what happened in a period",
        scope="webhooks",
        role=Role.ADMIN,
        status=202,
        answer=ReplayedShape,
        body=ReplayRange,
        description="Each with the `webhook-id` it had, so that a program that took it in already passes over it.",
    )
    def post(self, call: Call, uid: str) -> object:
        """The oldest first."""
        row = queries.endpoint(call.organization, uid)
        body = call.read(ReplayRange)
        count = replaying.several(endpoint=row, by=call.user, since=body.since, until=body.until, states=body.states)
        return {"replayed": count}
