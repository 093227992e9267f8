"""API keys, and how much they are used."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, Field, RootModel

from instica.api.bodies import Body
from instica.api.document import Query
from instica.api.endpoint import Call, Endpoint, operation, refused
from instica.api.usage import COUNTING
from instica.core.clock import iso, now
from instica.core.errors import Forbidden
from instica.people import queries, tokens
from instica.people.models import ApiToken, Role

DAYS = Query("days", "How many days to look back, 1 to 365; 30 unless told.", int)


class KeyShape(BaseModel):
    """A key; its secret is not kept."""

    id: int
    name: str
    prefix: str = Field(description="How the key begins, to recognise it by.")
    created: str
    last_used: str | None
    scopes: list[str]
    expires: str | None
    user: str = Field(description="The person the key acts for.")


class NewKeyShape(KeyShape):
    """A key with its secret, given only this once."""

    key: str


class KeyList(RootModel[list[KeyShape]]):
    """The keys you may see: your own, and everybody's for an owner or admin."""


class NewKey(Body):
    """What to call it and what it may do."""

    name: str
    scopes: list[str] | None = Field(default=None, description=f"Of: {', '.join(tokens.SCOPES)}. Else those of yours.")
    expires: Annotated[dt.datetime | None, Field(strict=False, description="When it dies; never unless told.")] = None


class DayShape(BaseModel):
    """A day's calls (UTC)."""

    date: str
    calls: int
    errors: int


class KeyUsageShape(BaseModel):
    """A key's calls within the days; name and prefix are null once it is deleted."""

    id: int
    name: str | None
    prefix: str | None
    calls: int
    errors: int


class UsageShape(BaseModel):
    """How much the organization's keys were used."""

    since: str
    until: str
    calls: int
    errors: int
    days: list[DayShape]
    keys: list[KeyUsageShape]


def shape(token: ApiToken) -> dict[str, Any]:
    """A key as listed."""
    return {
        "id": token.id,
        "name": token.name,
        "prefix": token.token_key,
        "created": iso(token.created),
        "last_used": iso(token.last_used),
        "scopes": token.scopes,
        "expires": iso(token.expiry),
        "user": token.user.public_id,
    }


def within(call: Call, scopes: list[str]) -> list[str]:
    """The scopes asked for. Raises ``Forbidden`` when the calling key has less itself."""
    if not tokens.covers(call.caller.token.scopes, scopes):
        raise Forbidden("A key cannot hand out scopes it does not have.", code="scope_missing")
    return scopes


class Keys(Endpoint):
    """All keys."""

    @operation("api_keys_list", "List active API keys", answer=KeyList, scope="keys")
    def get(self, call: Call) -> object:
        """A bare array, oldest first; expired keys are not active."""
        active = (token for token in queries.tokens(call.organization, call.user) if is_alive(token))
        return [shape(token) for token in active]

    @operation("api_keys_create", "Create an API key", answer=NewKeyShape, status=201, body=NewKey, scope="keys")
    def post(self, call: Call) -> object:
        """The only answer but that of rotate that holds the key itself."""
        body = call.read(NewKey)
        scopes = call.caller.token.scopes if body.scopes is None else body.scopes
        tokens.tidy(scopes)
        token, plain = tokens.issue(
            user=call.user,
            organization=call.organization,
            name=body.name,
            scopes=within(call, scopes),
            expires=body.expires,
        )
        return shape(token) | {"key": plain}


def is_alive(token: ApiToken) -> bool:
    """Whether it has not expired."""
    return token.expiry is None or token.expiry > now()


class Key(Endpoint):
    """One key."""

    @operation("api_keys_read", "Read an API key", answer=KeyShape, scope="keys")
    def get(self, call: Call, pk: int) -> object:
        """Everything but the secret."""
        return shape(queries.token(call.organization, call.user, pk))

    @operation("api_keys_delete", "Delete an API key", answer=None, status=204, scope="keys")
    def delete(self, call: Call, pk: int) -> object:
        """Dead at once, even the one that calls."""
        tokens.delete(token=queries.token(call.organization, call.user, pk), by=call.user)
        return None


class KeyRotation(Endpoint):
    """A new secret for a key."""

    @operation("api_keys_rotate", "Rotate an API key", answer=NewKeyShape, scope="keys")
    def post(self, call: Call, pk: int) -> object:
        """The old secret is dead at once."""
        token = queries.token(call.organization, call.user, pk)
        within(call, token.scopes)
        fresh, plain = tokens.rotate(token=token, by=call.user)
        return shape(fresh) | {"key": plain}


class ApiUsage(Endpoint):
    """How much the keys are used."""

    @operation("api_usage_read", "Read API usage", answer=UsageShape, scope="keys", query=[DAYS])
    def get(self, call: Call) -> object:
        """By day, today last, and by key; a member sees his own keys, an owner or admin all."""
        COUNTING.write()
        days = days_of(call)
        visible = {token.id: token for token in queries.tokens(call.organization, call.user)}
        everybody = call.caller.is_at_least(Role.ADMIN)
        counted = queries.usage_by_token(call.organization, days, None if everybody else list(visible))
        by_day = queries.usage_by_day(call.organization, days, None if everybody else list(visible))
        return {
            "since": min(by_day).isoformat(),
            "until": max(by_day).isoformat(),
            "calls": sum(count.calls for count in by_day.values()),
            "errors": sum(count.errors for count in by_day.values()),
            "days": [{"date": day.isoformat(), **count._asdict()} for day, count in by_day.items()],
            "keys": [used(number, visible.get(number), count) for number, count in counted.items()],
        }


def used(number: int, token: ApiToken | None, count: queries.Count) -> dict[str, Any]:
    """One key's calls."""
    named = {"name": token.name, "prefix": token.token_key} if token else {"name": None, "prefix": None}
    return {"id": number, **named, **count._asdict()}


def days_of(call: Call) -> int:
    """The number asked for. Raises ``Invalid``."""
    text = call.text("days") or "30"
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= 365:
        raise refused("days", "A whole number from 1 to 365.")
    return int(text)
