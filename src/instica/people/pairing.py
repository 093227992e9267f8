"""Pairing a browser extension: a code that is read off the screen once becomes a key of scope `extension`."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction

from instica.core.clock import now
from instica.core.errors import Forbidden, Invalid
from instica.people import tokens
from instica.people.models import ApiToken, Organization, Pairing, User
from instica.people.queries import role_in

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
HALF = 4
GOOD_FOR = dt.timedelta(minutes=10)
OVER = "This code is wrong, was used already, or is too old. Show a new one in Instica and try again."


@transaction.atomic
def offer(*, organization: Organization, user: User) -> tuple[Pairing, str]:
    """A new code, ``ABCD-EFGH``, shown once; the person's earlier ones there are dead. Raises ``Forbidden``."""
    if role_in(organization, user) is None:
        raise Forbidden("Only members pair a browser with an organization.")
    Pairing.objects.filter(expires__lte=now()).delete()
    Pairing.objects.filter(organization=organization, user=user, used=None).delete()
    letters = "".join(secrets.choice(LETTERS) for _ in range(2 * HALF))
    pairing = Pairing.objects.create(
        organization=organization, user=user, digest=digest(letters), expires=now() + GOOD_FOR
    )
    return pairing, f"{letters[:HALF]}-{letters[HALF:]}"


@transaction.atomic
def redeem(*, code: str, name: str) -> tuple[ApiToken, str]:
    """The key behind a code, which works once. Raises ``Invalid`` for any other, whatever is wrong with it."""
    waiting = Pairing.objects.filter(digest=digest(code), used=None, expires__gt=now())
    if not waiting.update(used=now()):
        raise Invalid(OVER, code="pairing_code_invalid")
    pairing = Pairing.objects.select_related("organization", "user").get(digest=digest(code))
    return tokens.issue(user=pairing.user, organization=pairing.organization, name=name, scopes=(tokens.EXTENSION,))


def browsers(organization: Organization, user: User) -> list[ApiToken]:
    """The keys of that person's paired browsers there, newest first."""
    own = ApiToken.objects.filter(organization=organization, user=user).order_by("-id")
    return [token for token in own if token.scopes == [tokens.EXTENSION]]


def digest(code: str) -> str:
    """What we keep of a code: hashed with the installation's key, since so few letters could be tried one by one."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hmac.new(settings.SECRET_KEY.encode(), f"pairing:{letters}".encode(), hashlib.sha256).hexdigest()
