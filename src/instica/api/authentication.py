"""Who is calling: a hashed token, sent as Bearer or X-API-Key, that belongs to one organization."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest

from django.db.models import OuterRef, Subquery
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from instica.api.problems import CHALLENGE
from instica.core.clock import now
from instica.people.models import ApiToken, Membership, Organization, Role, User
from instica.people.tokens import permits

RANKS = {Role.MEMBER: 0, Role.ADMIN: 1, Role.OWNER: 2}
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """The person, the organization and the token behind a request."""

    user: User
    organization: Organization
    role: Role
    token: ApiToken

    def may(self, scope: str, *, reading: bool) -> bool:
        """Whether the token was given that scope, or reading in general."""
        return permits(self.token.scopes, scope, reading=reading)

    def is_at_least(self, role: Role) -> bool:
        """Whether the person's role in the organization reaches that one."""
        return RANKS[self.role] >= RANKS[role]


class TokenAuthentication(BaseAuthentication):
    """Accepts ``Authorization: Bearer`` and ``X-API-Key``; both carry the same kind of token."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        """The caller, nobody, or a refusal."""
        text = credential(request)
        if text is None:
            return None
        caller = find(text)
        if caller is None:
            raise exceptions.AuthenticationFailed("The API key is not valid: unknown, revoked or expired.")
        return caller.user, caller

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return CHALLENGE


def credential(request: Request) -> str | None:
    """The token as sent; two different ones at once are refused."""
    header, key = request.headers.get("Authorization", ""), request.headers.get("X-API-Key", "").strip()
    scheme, _, bearer = header.strip().partition(" ")
    if header and (scheme.lower() != "bearer" or not bearer.strip()):
        raise exceptions.AuthenticationFailed("The Authorization header must read: Bearer, a space, the key.")
    if bearer and key and bearer.strip() != key:
        raise exceptions.AuthenticationFailed("Authorization and X-API-Key carry different keys; send one.")
    return bearer.strip() or key or None


def find(text: str) -> Caller | None:
    """The caller behind a token that is alive, whose person is still an active member."""
    if len(text) > LONGEST or not text.isascii() or not text.isprintable():
        return None
    role = Membership.objects.filter(
        organization=OuterRef("organization"), user=OuterRef("user"), is_active=True, user__is_active=True
    ).values("role")[:1]
    tokens = ApiToken.objects.filter(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH])
    digest = hash_token(text)
    for token in tokens.select_related("user", "organization").annotate(role=Subquery(role)):
        expired = token.expiry is not None and token.expiry <= now()
        if compare_digest(digest, token.digest) and token.role and not expired:
            return Caller(token.user, token.organization, Role(token.role), token)
    return None
