"""Connect flows under way: one-time rows bound to a person, an organization, a marketplace and a browser."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping

from django.db import transaction

from instica.connections.models import Connection, Ticket
from instica.core.clock import now
from instica.core.errors import Conflict, Forbidden, NotFound
from instica.core.secrets import Secret
from instica.kit.types import Grant
from instica.people.models import Organization, User
from instica.work.queue import enqueue

OPEN_FOR = dt.timedelta(minutes=15)
FINISH_WITHIN = dt.timedelta(minutes=10)
OVER = "This link was used already or is too old. Start connecting again."
STRANGE = "This answer does not belong to a connection you started in this browser. Start connecting again."


def digest(token: str) -> str:
    """What we keep of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    *,
    organization: Organization,
    user: User,
    marketplace: str,
    answers: Mapping[str, str],
    return_to: str = "",
    connection: Connection | None = None,
) -> tuple[Ticket, str]:
    """A new ticket and its token, which is shown once. Needs a transaction."""
    token = secrets.token_urlsafe(32)
    ticket = Ticket.objects.create(
        organization=organization,
        user=user,
        marketplace=marketplace,
        connection=connection,
        digest=digest(token),
        answers={name: Secret(value) for name, value in answers.items()},
        return_to=return_to,
        expires=now() + OPEN_FOR,
    )
    drop_later(ticket)
    return ticket, token


def drop_later(ticket: Ticket) -> None:
    """Have the row deleted when it is over."""
    enqueue("connection.ticket_over", str(ticket.uid), lane="house", run_at=ticket.expires)


def drop(uid: uuid.UUID) -> None:
    """Delete a ticket that is over, and the grant in it."""
    Ticket.objects.filter(uid=uid, expires__lte=now()).delete()


def opened(*, marketplace: str, token: str, user: User | None) -> Ticket:
    """The ticket behind a link, for its page. Raises ``NotFound``, or ``Forbidden`` for somebody else."""
    rows = Ticket.objects.select_related("organization", "user")
    ticket = rows.filter(digest=digest(token), marketplace=marketplace, used=None, expires__gt=now()).first()
    if ticket is None:
        raise NotFound(OVER, code="ticket_over")
    if user is not None and user.pk != ticket.user_id:
        raise Forbidden("This link belongs to somebody else. Sign out, or start your own.", code="not_your_ticket")
    return ticket


def bind(ticket: Ticket, browser: str) -> str:
    """Tie the ticket to the browser that goes on with it; the browser's new cookie. Raises ``Conflict``."""
    cookie = secrets.token_urlsafe(32)
    allowed = ["", digest(browser)] if browser else [""]
    free = Ticket.objects.filter(uid=ticket.uid, used=None, expires__gt=now(), browser__in=allowed)
    if not free.update(browser=digest(cookie)):
        raise Conflict("This link was opened in another browser. Start connecting again.", code="ticket_taken")
    ticket.browser = digest(cookie)
    return cookie


def keep(ticket: Ticket, kept: Mapping[str, str]) -> None:
    """What the callback will need, as long as the ticket is still this browser's."""
    secret = {name: Secret(value) for name, value in kept.items()}
    if not Ticket.objects.filter(uid=ticket.uid, used=None, browser=ticket.browser).update(kept=secret):
        raise Conflict(OVER, code="ticket_over")


def take(*, marketplace: str, browser: str, user: User | None) -> Ticket:
    """Use up the ticket of this browser. Raises ``Forbidden`` for whatever was not started here by this person."""
    refused = Forbidden(STRANGE, code="state_mismatch")
    with transaction.atomic():
        rows = Ticket.objects.select_related("organization", "user", "connection").select_for_update(of=("self",))
        ticket = rows.filter(marketplace=marketplace, used=None, expires__gt=now(), browser=digest(browser)).first()
        if not browser or ticket is None or (user is not None and user.pk != ticket.user_id):
            raise refused
        ticket.used = now()
        ticket.save(update_fields=["used"])
    return ticket


def hold(ticket: Ticket, grant: Grant) -> str:
    """Keep a grant that its starter must still ask for; the one-time code. Needs a transaction."""
    code = secrets.token_urlsafe(32)
    ticket.grant, ticket.kept, ticket.answers = dict(grant.secrets), {}, {}
    ticket.account = described(grant)
    ticket.code, ticket.used, ticket.expires = digest(code), now(), now() + FINISH_WITHIN
    ticket.save(update_fields=["grant", "kept", "answers", "account", "code", "used", "expires"])
    drop_later(ticket)
    return code


def redeem(*, code: str, user: User, organization: Organization) -> Ticket:
    """The ticket of a code, locked, for the person who started it. Raises ``NotFound``. Needs a transaction."""
    rows = Ticket.objects.select_related("organization", "user", "connection").select_for_update(of=("self",))
    ticket = rows.filter(code=digest(code), user=user, organization=organization, expires__gt=now()).first()
    if not code or ticket is None:
        raise NotFound("This code was used already, is too old, or is not yours.", code="code_over")
    return ticket


def described(grant: Grant) -> dict[str, object]:
    """The parts of a grant that are no secret, to be stored beside it."""
    account = grant.account
    return {
        "scopes": list(grant.scopes),
        "expires_at": grant.expires_at.isoformat() if grant.expires_at else "",
        "details": dict(grant.details),
        "remote_id": account.remote_id if account else "",
        "username": account.username if account else "",
        "name": account.name if account else "",
        "currency": account.currency if account else "",
        "url": account.url if account else "",
    }
