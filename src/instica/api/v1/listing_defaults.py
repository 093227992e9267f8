"""What the owner of a shop chose for every listing there: shipping, returns, category and so on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from instica.api.bodies import Body
from instica.api.document import Query
from instica.api.endpoint import Call, Endpoint, operation
from instica.connections import queries as connections
from instica.connections.models import Connection
from instica.connections.services import problem
from instica.core.clock import iso
from instica.core.errors import Conflict
from instica.kit.errors import RemoteFailure
from instica.listings import desks
from instica.listings.facts import facts
from instica.listings.models import Desk


class Choice(BaseModel):
    """One of the shop's own settings."""

    value: str
    label: str


class Defaults(BaseModel):
    """The chosen defaults, the choices there are, and the schema they fit."""

    defaults: dict[str, Any]
    choices: dict[str, list[Choice]] = Field(description="By the `x-choices` of a field.")
    choices_at: str | None
    fields: dict[str, Any] = Field(description="JSON Schema of the marketplace's own fields.")


class Choose(Body):
    """Defaults to set; null takes one back."""

    defaults: dict[str, Any]


class ListingDefaults(Endpoint):
    """Of one shop."""

    @operation(
        "accounts_listing_defaults_read",
        "Read what listings of a shop say unless they say otherwise",
        scope="accounts",
        answer=Defaults,
        query=[Query("fresh", "`true` reads the shop's choices anew; else they may be a day old.")],
        refuses=[409, 422],
    )
    def get(self, call: Call, uid: str) -> object:
        """With the shop's own choices."""
        connection = connections.get(call.organization, uid)
        anew = call.flag("fresh") or False
        if connection.state != "connected":
            if anew:
                raise Conflict("Connect this shop again first.", code="not_connected")
            return shape(connection, desks.of(connection))
        try:
            return shape(connection, desks.read(connection, anew=anew))
        except RemoteFailure as failure:
            raise problem(connection.marketplace, failure) from None

    @operation(
        "accounts_listing_defaults_choose",
        "Choose what listings of a shop say unless they say otherwise",
        scope="accounts",
        answer=Defaults,
        body=Choose,
    )
    def patch(self, call: Call, uid: str) -> object:
        """For listings made from now on."""
        connection = connections.get(call.organization, uid)
        body = call.read(Choose)
        return shape(connection, desks.choose(connection=connection, defaults=body.defaults))


def shape(connection: Connection, desk: Desk) -> Defaults:
    """As the API says it."""
    choices = {name: [Choice(value=each[0], label=each[1]) for each in rows] for name, rows in desk.choices.items()}
    schema = dict(facts(connection.marketplace).schema)
    return Defaults(defaults=desk.defaults, choices=choices, choices_at=iso(desk.choices_at), fields=schema)
