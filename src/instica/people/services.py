"""What changes people: signing up, organizations, their team, their subscription."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from instica.core.clock import now
from instica.core.errors import Conflict, Forbidden, NotFound
from instica.people import invitations, locks, preferences
from instica.people.models import ApiToken, Membership, Organization, Role, Subscription, User
from instica.people.queries import role_in
from instica.people.validation import check, fault

ATTEMPTS = 5


def may_sign_up(link: str = "") -> bool:
    """Whether somebody who is not signed in may have an account now."""
    policy = settings.CONFIG.signup
    if policy == "open" or (policy == "first" and not User.objects.exists()):
        return True
    return bool(link) and invitations.find(link) is not None


@transaction.atomic
def sign_up(*, user: User, shop: str = "", link: str = "") -> User:
    """Save a new person: into the organization that invited, else with one of their own. Raises ``Forbidden``."""
    invited = invitations.find(link) if link else None
    if invited is None:
        claim_place(user)
    if user._state.adding:
        insert(user)
    if invited is None:
        create_organization(user=user, display_name=shop or default_name(user))
    else:
        invitations.accept(user=user, link=link)
    return user


def insert(user: User) -> None:
    """Save a new person. Raises ``Conflict`` when the address or the name was taken in this very moment."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("Somebody has just signed up with this address.", code="email_taken") from error


def claim_place(user: User) -> None:
    """Take the place the sign-up policy leaves; of two first people at once the database lets one in."""
    policy = settings.CONFIG.signup
    if policy == "closed" or (policy == "first" and User.objects.exists()):
        raise Forbidden("Sign-up is closed here; ask for an invitation.", code="signup_closed")
    if policy != "first":
        return
    user.is_founder = True
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Forbidden(
            "Somebody else has just signed up here; ask for an invitation.", code="signup_closed"
        ) from error


def default_name(user: User) -> str:
    """What an organization is called when its owner did not say."""
    name = user.first_name or user.email.partition("@")[0] or user.username
    return f"{name}'s shop"[:120]


@transaction.atomic
def create_organization(*, user: User, display_name: str) -> Organization:
    """A new organization owned by ``user``, on the self-hosted plan."""
    organization = Organization(display_name=display_name)
    check(organization, ["display_name"])
    place(organization)
    Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
    Subscription.objects.create(organization=organization)
    return organization


def place(organization: Organization) -> None:
    """Insert it under a slug nobody has: its name, or its name and a random tail."""
    plain = slugify(organization.display_name)[:70].strip("-") or "shop"
    for attempt in range(ATTEMPTS):
        organization.slug = plain if attempt == 0 else f"{plain}-{secrets.token_hex(2 + attempt)}"
        try:
            with transaction.atomic():
                organization.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise Conflict("No free short name was found; try another name.", code="slug_taken")


@transaction.atomic
def update_organization(*, organization: Organization, by: User, changes: dict[str, Any]) -> Organization:
    """Set ``display_name`` and ``slug``; owner or admin."""
    locks.hold(organization)
    require_admin(organization, by)
    names = [name for name in ("display_name", "slug") if name in changes]
    for name in names:
        setattr(organization, name, changes[name])
    check(organization, names)
    try:
        with transaction.atomic():
            organization.save(update_fields=names)
    except IntegrityError as error:
        raise fault("This short name is taken.", "slug", "slug_taken") from error
    return organization


def require_admin(organization: Organization, user: User) -> Role:
    """The person's role there, when it is owner or admin. Raises ``Forbidden``."""
    role = role_in(organization, user)
    if role not in (Role.OWNER, Role.ADMIN):
        raise Forbidden("Only an owner or admin can do this.")
    return role


@transaction.atomic
def change_role(*, member: Membership, by: User, role: str) -> Membership:
    """Make a member an admin or a member; the owner changes only by ``transfer``."""
    locks.hold(member.organization)
    require_admin(member.organization, by)
    if role not in (Role.ADMIN, Role.MEMBER):
        raise fault("The role is admin or member; an owner is made by a transfer.", "role")
    fresh = changeable(member)
    fresh.role = role
    fresh.save(update_fields=["role"])
    return fresh


@transaction.atomic
def remove_member(*, member: Membership, by: User) -> None:
    """Take a member out, with the keys he has here; anybody may leave, the owner only after a transfer."""
    locks.hold(member.organization)
    if member.user_id != by.pk:
        require_admin(member.organization, by)
    fresh = changeable(member)
    ApiToken.objects.filter(organization=member.organization, user=member.user).delete()
    fresh.delete()


def changeable(member: Membership) -> Membership:
    """The row as it is now. Raises ``NotFound`` when it is gone and ``Conflict`` for the owner's."""
    fresh = Membership.objects.filter(pk=member.pk).first()
    if fresh is None:
        raise NotFound("No such member.")
    if fresh.role == Role.OWNER:
        raise Conflict("The owner stays until the organization is transferred.", code="owner_must_transfer")
    return fresh


@transaction.atomic
def transfer(*, member: Membership, by: User) -> Membership:
    """Hand the organization to another member; its owner becomes an admin."""
    locks.hold(member.organization)
    if role_in(member.organization, by) != Role.OWNER:
        raise Forbidden("Only the owner can hand the organization on.")
    fresh = Membership.objects.filter(pk=member.pk, is_active=True).first()
    if fresh is None:
        raise NotFound("No such member.")
    Membership.objects.filter(organization=fresh.organization, role=Role.OWNER).update(role=Role.ADMIN)
    fresh.role = Role.OWNER
    fresh.save(update_fields=["role"])
    return fresh


def choose(*, organization: Organization, user: User) -> None:
    """Work in this organization from now on. Raises ``NotFound`` for one the person does not belong to."""
    if not Membership.objects.filter(organization=organization, user=user, is_active=True).update(chosen=now()):
        raise NotFound("No such organization.")


def update_person(*, user: User, changes: dict[str, Any]) -> User:
    """Set ``first_name``, ``last_name`` and, key by key, ``preferences``."""
    names = [name for name in ("first_name", "last_name") if name in changes]
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        for name in names:
            setattr(fresh, name, changes[name])
        fresh.preferences = preferences.merge(fresh, changes.get("preferences", {}))
        check(fresh, names)
        fresh.save(update_fields=[*names, "preferences"])
    return fresh


def end_subscription(*, organization: Organization) -> None:
    """The plan is no longer in force: listing answers 402."""
    switch(organization, active=False)


def start_subscription(*, organization: Organization) -> None:
    """The plan is in force again."""
    switch(organization, active=True)


def switch(organization: Organization, *, active: bool) -> None:
    """Set the subscription, making it when it is missing."""
    Subscription.objects.update_or_create(organization=organization, defaults={"is_active": active, "changed": now()})
