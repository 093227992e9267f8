"""Invitations into an organization: made, sent, accepted by their link or by the address' holder, cancelled."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from functools import partial

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from instica.core.clock import now
from instica.core.errors import Conflict, Forbidden, NotFound
from instica.people import locks
from instica.people.models import Invitation, Membership, Organization, Role, User
from instica.people.queries import role_in
from instica.people.validation import check, fault

VALID_FOR = dt.timedelta(days=7)
MOST = 100
log = logging.getLogger(__name__)


def digest_of(link: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(link.encode()).hexdigest()


def url_of(link: str) -> str:
    """The address an invitation is opened at."""
    return f"{settings.SITE_URL}/invitations/{link}/"


def find(link: str) -> Invitation | None:
    """The invitation behind a link's secret, while it is open."""
    open_now = Invitation.objects.select_related("organization", "invited_by")
    return open_now.filter(digest=digest_of(link), accepted=None, expires__gt=now()).first()


def waiting_for(user: User) -> list[Invitation]:
    """Open invitations to an address this person has proved to hold."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    addresses = {email.lower() for email in proved}
    open_now = Invitation.objects.select_related("organization").filter(email__in=addresses, accepted=None)
    return list(open_now.filter(expires__gt=now()).order_by("created"))


@transaction.atomic
def invite(*, organization: Organization, by: User, email: str, role: str) -> tuple[Invitation, str]:
    """Invite an address; answers the invitation and its link, and mails it. Owner or admin."""
    locks.hold(organization)
    require_admin(organization, by)
    if role not in (Role.ADMIN, Role.MEMBER):
        raise fault("The role is admin or member.", "role")
    invitation = Invitation(organization=organization, email=email.lower(), role=role, invited_by=by)
    check(invitation, ["email"])
    if organization.memberships.filter(user__email__iexact=invitation.email).exists():
        raise Conflict("This person is a member already.", code="already_member")
    if organization.invitations.filter(accepted=None).count() >= MOST:
        raise Conflict("Too many open invitations; cancel some first.", code="too_many_invitations")
    link = renew(invitation)
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("This address is invited already; send it again.", code="already_invited") from error
    transaction.on_commit(partial(mail, invitation, link), robust=True)
    return invitation, link


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> tuple[Invitation, str]:
    """A new link and a new week; the old link is dead. Owner or admin."""
    fresh = held(invitation, by)
    link = renew(fresh)
    fresh.save(update_fields=["digest", "expires"])
    transaction.on_commit(partial(mail, fresh, link), robust=True)
    return fresh, link


@transaction.atomic
def cancel(*, invitation: Invitation, by: User) -> None:
    """Withdraw an open invitation. Owner or admin."""
    held(invitation, by).delete()


def held(invitation: Invitation, by: User) -> Invitation:
    """The row as it is now, locked, when it is open and ``by`` may touch it."""
    locks.hold(invitation.organization)
    require_admin(invitation.organization, by)
    fresh = Invitation.objects.filter(pk=invitation.pk, accepted=None).first()
    if fresh is None:
        raise NotFound("No such invitation.")
    return fresh


def require_admin(organization: Organization, by: User) -> None:
    """Raises ``Forbidden`` unless ``by`` is an owner or admin there."""
    if role_in(organization, by) not in (Role.OWNER, Role.ADMIN):
        raise Forbidden("Only an owner or admin can invite.")


@transaction.atomic
def accept(*, user: User, link: str) -> Membership:
    """Join by the link. Raises ``NotFound`` when it is unknown, used, cancelled or expired."""
    invitation = find(link)
    if invitation is None:
        raise NotFound("This invitation is not valid any more; ask for a new one.")
    return join(user, invitation)


@transaction.atomic
def accept_own(*, user: User, invitation: Invitation) -> Membership:
    """Join as the proved holder of the invited address."""
    if invitation not in waiting_for(user):
        raise NotFound("No such invitation.")
    return join(user, invitation)


def join(user: User, invitation: Invitation) -> Membership:
    """Use the invitation up, once, and make the member."""
    locks.hold(invitation.organization)
    open_now = Invitation.objects.filter(pk=invitation.pk, digest=invitation.digest, accepted=None)
    if not open_now.update(accepted=now()):
        raise NotFound("This invitation is not valid any more; ask for a new one.")
    member, made = Membership.objects.get_or_create(
        organization=invitation.organization, user=user, defaults={"role": invitation.role}
    )
    if not made:
        raise Conflict("You are a member already.", code="already_member")
    return member


def renew(invitation: Invitation) -> str:
    """Put a new secret and a new expiry on the invitation; gives the secret."""
    link = secrets.token_urlsafe(32)
    invitation.digest, invitation.expires = digest_of(link), now() + VALID_FOR
    return link


def mail(invitation: Invitation, link: str) -> None:
    """Send the link to the invited address; when mail fails the inviter still has the link."""
    context = {"invitation": invitation, "url": url_of(link), "days": VALID_FOR.days}
    body = render_to_string("people/invitation.txt", context)
    name = " ".join(invitation.organization.display_name.split())
    try:
        send_mail(f"Join {name} on Instica", body, None, [invitation.email])
    except OSError:
        log.exception("invitation mail failed", extra={"invitation": invitation.public_id})
