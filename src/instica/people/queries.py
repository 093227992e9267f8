"""Reads about people: who belongs where, and what an organization has."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from instica.core import ids
from instica.core.clock import now
from instica.core.errors import NotFound
from instica.people import plans
from instica.people.models import Address, ApiToken, Invitation, Membership, Organization, Role, Usage, User


class Eligibility(NamedTuple):
    """Whether an organization may list, and the code of the first thing missing."""

    can_list_items: bool
    error_code: str | None


class Count(NamedTuple):
    """Calls and how many of them failed."""

    calls: int = 0
    errors: int = 0


def uid_of(prefix: str, public_id: str) -> uuid.UUID:
    """The key behind a public id; one that nothing has when it is malformed."""
    return ids.read(prefix, public_id) or uuid.UUID(int=0)


def memberships(user: User) -> QuerySet[Membership]:
    """Where a person works, the organization chosen last first."""
    return user.memberships.filter(is_active=True).select_related("organization").order_by("-chosen", "-uid")


def membership_of(user: User) -> Membership | None:
    """The membership a person works under, if any."""
    return memberships(user).first()


def organization_of(user: User) -> Organization | None:
    """The organization a person works in, if any."""
    member = membership_of(user)
    return member.organization if member else None


def role_in(organization: Organization, user: User) -> Role | None:
    """A person's role there, or ``None`` for a stranger."""
    member = organization.memberships.filter(user=user, is_active=True).first()
    return Role(member.role) if member else None


def owner(organization: Organization) -> User:
    """The one person who owns it."""
    return organization.memberships.select_related("user").get(role=Role.OWNER).user


def team(organization: Organization) -> QuerySet[Membership]:
    """Its members, the longest-standing first."""
    return organization.memberships.select_related("user").order_by("joined", "uid")


def member(organization: Organization, public_id: str) -> Membership:
    """One member of it. Raises ``NotFound``."""
    found = team(organization).filter(uid=uid_of(Membership.prefix, public_id)).first()
    if found is None:
        raise NotFound("No such member.")
    return found


def invitations(organization: Organization) -> QuerySet[Invitation]:
    """Its open invitations, newest first; expired ones too, so that they can be sent again."""
    return organization.invitations.filter(accepted=None).select_related("invited_by").order_by("-created", "-uid")


def invitation(organization: Organization, public_id: str) -> Invitation:
    """One open invitation of it. Raises ``NotFound``."""
    found = invitations(organization).filter(uid=uid_of(Invitation.prefix, public_id)).first()
    if found is None:
        raise NotFound("No such invitation.")
    return found


def addresses(organization: Organization) -> QuerySet[Address]:
    """Its addresses, the primary one first."""
    return organization.addresses.order_by("-is_primary", "created", "uid")


def address(organization: Organization, public_id: str) -> Address:
    """One address of it. Raises ``NotFound``."""
    found = organization.addresses.filter(uid=uid_of(Address.prefix, public_id)).first()
    if found is None:
        raise NotFound("No such address.")
    return found


def primary_address(organization: Organization) -> Address | None:
    """Where it ships from, if it said so."""
    return organization.addresses.filter(is_primary=True).first()


def listing_eligibility(organization: Organization | None) -> Eligibility:
    """What listing asks of the organization itself, in the order the contract gives."""
    if organization is None or not plans.active(organization):
        return Eligibility(False, "subscription_required")
    if primary_address(organization) is None:
        return Eligibility(False, "primary_address_required")
    return Eligibility(True, None)


def tokens(organization: Organization, user: User) -> QuerySet[ApiToken]:
    """The keys a person may see there: his own, and everybody's for an owner or admin."""
    visible = organization.tokens.select_related("user").order_by("id")
    return visible if role_in(organization, user) in (Role.OWNER, Role.ADMIN) else visible.filter(user=user)


def token(organization: Organization, user: User, number: int) -> ApiToken:
    """One key that person may see. Raises ``NotFound``."""
    found = tokens(organization, user).filter(id=number).first() if number < 1 << 63 else None
    if found is None:
        raise NotFound("No such API key.")
    return found


def usage_by_day(
    organization: Organization, days: int = 30, only: Collection[int] | None = None
) -> dict[dt.date, Count]:
    """Calls of each of the last days, today last, of those keys or all; days without any are there with zero."""
    first = since(days)
    rows = counted(organization, first, only).values("day").annotate(c=Sum("calls"), e=Sum("errors"))
    found = {row["day"]: Count(row["c"], row["e"]) for row in rows}
    every = (first + dt.timedelta(days=number) for number in range(days))
    return {day: found.get(day, Count()) for day in every}


def usage_by_token(organization: Organization, days: int = 30, only: Collection[int] | None = None) -> dict[int, Count]:
    """Calls within the last days by the key's number, of those keys or all; deleted ones too."""
    rows = counted(organization, since(days), only).values("token_id")
    found = rows.annotate(c=Sum("calls"), e=Sum("errors")).order_by("token_id")
    return {row["token_id"]: Count(row["c"], row["e"]) for row in found}


def since(days: int) -> dt.date:
    """The first of the last ``days`` days."""
    return now().date() - dt.timedelta(days=days - 1)


def counted(organization: Organization, first: dt.date, only: Collection[int] | None) -> QuerySet[Usage]:
    """The counts from that day on."""
    rows = Usage.objects.filter(organization=organization, day__gte=first)
    return rows if only is None else rows.filter(token_id__in=only)
