"""Connect, test and disconnect shops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from instica.connections import adopting, returning, tickets
from instica.connections.credentials import app_for, is_configured, manifest_of
from instica.connections.forgetting import disconnect
from instica.connections.models import Connection, Ticket
from instica.connections.pausing import wake
from instica.connections.testing import test
from instica.core.clock import now
from instica.core.errors import Fault, Forbidden, Invalid, Problem, Unprocessable
from instica.kit.contract import Auth, Marketplace
from instica.kit.errors import Denied, NotGenuine, RemoteFailure, Throttled, TryLater, Unsure
from instica.kit.types import Grant
from instica.people.models import Organization, User

__all__ = ["begin", "confirm", "disconnect", "finish", "problem", "proceed", "questions", "returned", "test", "ticket"]

ANSWER_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Begun:
    """Go to ``url`` with the one-time ``cookie``; or the answers held a token and it is ``done`` already."""

    url: str = ""
    cookie: str = ""
    done: Returned | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a callback led to: a live connection, a ``code`` that the ticket's starter must redeem, or ``trouble``."""

    connection: Connection | None = None
    code: str = ""
    return_to: str = ""
    trouble: Problem | None = None


def begin(
    *,
    organization: Organization,
    user: User,
    marketplace: str,
    answers: Mapping[str, str] | None = None,
    connection: Connection | None = None,
) -> Begun:
    """Start connecting in the browser of a signed-in person; with ``connection``, that very shop again."""
    with transaction.atomic():
        ticket, _ = _issue(organization, user, marketplace, answers or {}, connection=connection)
    return proceed(ticket=ticket, signed_in=True)


def ticket(
    *, organization: Organization, user: User, marketplace: str, answers: Mapping[str, str], return_to: str = ""
) -> tuple[Ticket, str]:
    """A one-time ticket for a native app and the token of its page (D34)."""
    returning.check(return_to)
    with transaction.atomic():
        return _issue(organization, user, marketplace, answers, return_to)


def proceed(*, ticket: Ticket, browser: str = "", signed_in: bool = False) -> Begun:
    """Go on with a ticket in this browser: to the marketplace's consent page, or straight to the end."""
    cookie = tickets.bind(ticket, browser)
    answers = {name: secret.reveal() for name, secret in ticket.answers.items()}
    try:
        step = _auth(manifest_of(ticket.marketplace)).begin(app_for(ticket.marketplace), answers)
    except RemoteFailure as failure:
        raise problem(ticket.marketplace, failure) from None
    if isinstance(step, Grant):
        taken = tickets.take(marketplace=ticket.marketplace, browser=cookie, user=None)
        return Begun(done=_arrive(taken, step, signed_in))
    tickets.keep(ticket, step.kept)
    return Begun(step.url, cookie)


def returned(*, marketplace: str, browser: str, raw_query: str, user: User | None) -> Returned:
    """The marketplace sent the browser back. Refuses what was forged, replayed, or started elsewhere."""
    manifest = manifest_of(marketplace)
    ticket = tickets.take(marketplace=marketplace, browser=browser, user=user)
    kept = {name: secret.reveal() for name, secret in ticket.kept.items()}
    try:
        grant = _auth(manifest).finish(app_for(marketplace), kept, raw_query)
    except RemoteFailure as failure:
        return Returned(trouble=problem(marketplace, failure), return_to=ticket.return_to)
    return _arrive(ticket, grant, signed_in=user is not None)


def finish(*, user: User, organization: Organization, code: str) -> Connection:
    """Activate the connection behind a one-time code, for the person who started it (D34)."""
    with transaction.atomic():
        ticket = tickets.redeem(code=code, user=user, organization=organization)
        return adopting.adopt_stored(ticket, ticket.grant, ticket.account)


def confirm(*, connection: Connection) -> None:
    """The owner's first yes: from now on what is done automatically may reach this shop (D23)."""
    with transaction.atomic():
        Connection.objects.filter(uid=connection.uid, confirmed_at=None).update(confirmed_at=now())
        wake(connection)
    connection.refresh_from_db(fields=["confirmed_at"])


def questions(marketplace: str) -> list[tuple[str, str, str, bool, bool]]:
    """What is asked before consent: name, label, help, secret, required."""
    asks = _auth(manifest_of(marketplace)).asks
    return [(each.name, each.label, each.help, each.secret, each.required) for each in asks]


def problem(marketplace: str, failure: RemoteFailure) -> Problem:
    """Why connecting did not work, in words for the person who tries."""
    name = manifest_of(marketplace).name
    match failure:
        case Denied():
            detail = f"You said no on {name}. Nothing was connected and nothing was changed."
            return Forbidden(detail, code="access_denied")
        case NotGenuine():
            return Forbidden(tickets.STRANGE, code="state_mismatch")
        case Throttled():
            detail = f"All calls {name} allows for now are used up. Nothing was changed. Try again in a minute."
            return Unprocessable(detail, code="try_later")
        case TryLater() | Unsure():
            return Unprocessable(f"{name} cannot be reached now: {failure}. Try again.", code="try_later")
        case _:
            return Unprocessable(f"{name} refused: {failure}", code="marketplace_refused")


def _issue(
    organization: Organization,
    user: User,
    marketplace: str,
    answers: Mapping[str, str],
    return_to: str = "",
    connection: Connection | None = None,
) -> tuple[Ticket, str]:
    manifest = manifest_of(marketplace)
    if not manifest.auth:
        detail = f"{manifest.name} cannot be connected this way."
        raise Invalid(detail, code="use_extension" if manifest.connection == "extension" else "not_available")
    checked = _checked(manifest, answers)
    if connection is None:
        adopting.check_plan(organization)
    return tickets.issue(
        organization=organization,
        user=user,
        marketplace=marketplace,
        answers=checked,
        return_to=return_to,
        connection=connection,
    )


def _checked(manifest: Marketplace, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers, when they are to what is asked. Without any, the operator's credentials must be there."""
    asked = {each.name: each for each in _auth(manifest).asks}
    given = {name: value.strip() for name, value in answers.items() if value.strip()}
    unknown = sorted(answers.keys() - asked.keys())
    if unknown or any(len(value) > ANSWER_LENGTH for value in given.values()):
        faults = [Fault("Unknown or too long.", f"#/answers/{name}") for name in unknown or given]
        raise Invalid("These answers were not asked for.", code="answers_invalid", faults=faults)
    for name, question in asked.items():
        if question.required and name not in given:
            detail = f"{question.label} is needed."
            raise Invalid(detail, code=f"{name}_required", faults=[Fault(detail, f"#/answers/{name}")])
    if not given and not is_configured(manifest.slug):
        raise Invalid(f"{manifest.name} is not set up on this installation.", code="not_configured")
    return given


def _arrive(ticket: Ticket, grant: Grant, signed_in: bool) -> Returned:
    """Activate at once for the person at the browser; otherwise keep the grant until its starter asks for it."""
    if signed_in and not ticket.return_to:
        return Returned(adopting.adopt(ticket, grant))
    with transaction.atomic():
        return Returned(code=tickets.hold(ticket, grant), return_to=ticket.return_to)


def _auth(manifest: Marketplace) -> Auth:
    auth: Auth = manifest.load("auth")()
    return auth
