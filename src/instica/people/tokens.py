"""API keys: hashed at rest, scoped, of one person in one organization, shown once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from django.db import transaction
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from instica.core.clock import now
from instica.core.errors import Conflict, Forbidden
from instica.people import locks
from instica.people.models import ApiToken, Organization, Role, User
from instica.people.queries import role_in
from instica.people.validation import check, fault

PREFIX = "instica_"
MOST = 100
ALL = "*"
EXTENSION = "extension"
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        ALL: "Everything the person may do, also what is added later.",
        "read": "Read everything but API keys.",
        "products": "Read and change products.",
        "inventory": "Read and change inventory items.",
        "listings": "List and delist items.",
        "orders": "Read orders and report shipments.",
        "imports": "Read, run, resolve and undo imports.",
        "accounts": "Connect, test and disconnect shops.",
        "activity": "Read the log of every change sent to a shop.",
        "extension": "What the browser extension does: its shops, their pages, prepared listings.",
        "webhooks": "Manage the webhooks we send, and read how they went.",
        "organization": "Change the organization, its team and its addresses.",
        "user": "Change the person's own profile and preferences.",
        "keys": "Create, rotate and delete API keys.",
    }
)


def permits(scopes: Collection[str], scope: str, *, reading: bool = False) -> bool:
    """Whether a key with ``scopes`` may do what asks for ``scope``; `read` opens all reading but that of keys.

    What asks for none is open to every key but a browser extension's, which may do nothing beside its own calls.
    """
    if not scope:
        return list(scopes) != [EXTENSION]
    return ALL in scopes or scope in scopes or (reading and scope != "keys" and "read" in scopes)


def covers(scopes: Collection[str], asked: Collection[str]) -> bool:
    """Whether a key with ``scopes`` may hand out ``asked``: never more than it has."""
    return ALL in scopes or set(asked) <= set(scopes)


@transaction.atomic
def issue(
    *,
    user: User,
    organization: Organization,
    name: str,
    scopes: Sequence[str] = (ALL,),
    expires: dt.datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new key and its plain text, which is kept nowhere. Raises ``Forbidden`` for one who is not a member."""
    locks.hold(organization)
    if role_in(organization, user) is None:
        raise Forbidden("Only members have keys of an organization.")
    if organization.tokens.count() >= MOST:
        raise Conflict(f"An organization has at most {MOST} API keys; delete one first.", code="too_many_keys")
    token = ApiToken(user=user, organization=organization, name=name, scopes=tidy(scopes), expiry=later(expires))
    check(token, ["name"])
    plain = renew(token)
    token.save(force_insert=True)
    return token, plain


@transaction.atomic
def rotate(*, token: ApiToken, by: User) -> tuple[ApiToken, str]:
    """A new secret for the same key; the old one is dead at once. Only the key's own person may."""
    fresh = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if fresh.user_id != by.pk:
        raise Forbidden("Only the person a key belongs to can rotate it; you can delete it.")
    if fresh.expiry is not None and fresh.expiry <= now():
        raise Conflict("The key has expired; create a new one.", code="key_expired")
    plain = renew(fresh)
    fresh.last_used = None
    fresh.save(update_fields=["digest", "token_key", "last_used"])
    return fresh, plain


def delete(*, token: ApiToken, by: User) -> None:
    """Kill a key: its person may, and an owner or admin."""
    if token.user_id != by.pk and role_in(token.organization, by) not in (Role.OWNER, Role.ADMIN):
        raise Forbidden("Only an owner or admin can delete another person's key.")
    ApiToken.objects.filter(pk=token.pk).delete()


def renew(token: ApiToken) -> str:
    """Put a new random secret behind the key and give its plain text."""
    token.digest, plain = get_digest_token(PREFIX)
    token.token_key = plain[: CONSTANTS.TOKEN_KEY_LENGTH]
    return str(plain)


def tidy(scopes: Sequence[str]) -> list[str]:
    """The scopes once each, in the order they are documented. Raises ``Invalid`` for none or an unknown one."""
    unknown = sorted(set(scopes) - SCOPES.keys())
    if unknown or not scopes:
        detail = f"Unknown: {', '.join(unknown)}." if unknown else "Give at least one scope."
        raise fault(f"{detail} The scopes are: {', '.join(SCOPES)}.", "scopes")
    return [ALL] if ALL in scopes else [scope for scope in SCOPES if scope in scopes]


def later(expires: dt.datetime | None) -> dt.datetime | None:
    """An expiry that lies ahead. Raises ``Invalid``."""
    if expires is not None and (expires.tzinfo is None or expires <= now()):
        raise fault("The expiry must lie in the future and carry a time zone.", "expires")
    return expires
