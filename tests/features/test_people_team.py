"""Team, invitations and addresses: who may what, and what the database never lets happen."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction

from instica.core.clock import now
from instica.core.errors import Conflict, Forbidden, Invalid, NotFound
from instica.people import addresses, invitations, queries, services, tokens
from instica.people.models import Address, ApiToken, Invitation, Membership, Organization, Role, Subscription, User
from tests import builders

HOME = {"full_name": "Ada King", "line1": "12 Green Street", "city": "Leeds", "postal_code": "LS1 1AA", "country": "gb"}


@pytest.fixture
def house(person: User) -> Organization:
    return builders.house(person)


def join(house: Organization, name: str, role: Role = Role.MEMBER) -> Membership:
    user = User.objects.create_user(username=name, email=f"{name}@example.com", password="another long one")
    return Membership.objects.create(organization=house, user=user, role=role)


def roles(house: Organization) -> dict[str, str]:
    return {member.user.email.partition("@")[0]: member.role for member in queries.team(house)}


def test_the_owner_is_never_removed_demoted_or_doubled(person: User, house: Organization) -> None:
    owner = house.memberships.get()
    admin = join(house, "grace", Role.ADMIN)
    for act in (
        lambda: services.remove_member(member=owner, by=person),
        lambda: services.remove_member(member=owner, by=admin.user),
        lambda: services.change_role(member=owner, by=admin.user, role="member"),
        lambda: services.change_role(member=owner, by=person, role="admin"),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "owner_must_transfer"
    with pytest.raises(Invalid):
        services.change_role(member=admin, by=person, role="owner")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=admin.pk).update(role=Role.OWNER)
    assert roles(house) == {"ada": "owner", "grace": "admin"}


def test_a_transfer_swaps_owner_and_admin(person: User, house: Organization) -> None:
    grace = join(house, "grace")
    with pytest.raises(Forbidden):
        services.transfer(member=grace, by=grace.user)
    assert roles(house) == {"ada": "owner", "grace": "member"}
    services.transfer(member=grace, by=person)
    assert roles(house) == {"ada": "admin", "grace": "owner"}


def test_members_change_nobody_but_may_leave(person: User, house: Organization) -> None:
    grace, linus = join(house, "grace"), join(house, "linus")
    for act in (
        lambda: services.change_role(member=linus, by=grace.user, role="admin"),
        lambda: services.change_role(member=grace, by=grace.user, role="admin"),
        lambda: services.remove_member(member=linus, by=grace.user),
    ):
        with pytest.raises(Forbidden):
            act()
    assert roles(house) == {"ada": "owner", "grace": "member", "linus": "member"}
    services.remove_member(member=grace, by=grace.user)
    assert roles(house) == {"ada": "owner", "linus": "member"}
    assert queries.organization_of(grace.user) is None


def test_who_is_removed_loses_his_keys_here_and_only_here(person: User, house: Organization, stranger: User) -> None:
    other = builders.house(stranger)
    member = Membership.objects.create(organization=house, user=stranger, role=Role.MEMBER)
    tokens.issue(user=stranger, organization=house, name="Here")
    tokens.issue(user=stranger, organization=other, name="There")
    services.remove_member(member=member, by=person)
    assert list(ApiToken.objects.values_list("name", flat=True)) == ["There"]


def test_a_stranger_changes_nothing(stranger: User, person: User, house: Organization) -> None:
    grace = join(house, "grace")
    for act in (
        lambda: services.change_role(member=grace, by=stranger, role="admin"),
        lambda: services.remove_member(member=grace, by=stranger),
        lambda: services.transfer(member=grace, by=stranger),
        lambda: services.update_organization(organization=house, by=stranger, changes={"display_name": "Mine"}),
        lambda: invitations.invite(organization=house, by=stranger, email="x@example.com", role="member"),
        lambda: addresses.add(organization=house, by=stranger, values=HOME),
    ):
        with pytest.raises(Forbidden):
            act()
    house.refresh_from_db()
    assert roles(house) == {"ada": "owner", "grace": "member"}
    assert (house.display_name, Invitation.objects.count(), Address.objects.count()) == ("Green Street Records", 0, 0)


def test_equal_names_get_different_short_names(person: User) -> None:
    first = services.create_organization(user=person, display_name="Øre & Co.")
    second = services.create_organization(user=person, display_name="Øre & Co.")
    third = services.create_organization(user=person, display_name="レコード")
    assert (first.slug, third.slug) == ("re-co", "shop")
    assert re.fullmatch("re-co-[0-9a-f]{6}", second.slug)
    assert Subscription.objects.filter(organization__in=[first, second, third], is_active=True).count() == 3


def test_the_organization_chosen_last_is_the_one_worked_in(person: User, house: Organization) -> None:
    second = services.create_organization(user=person, display_name="Second")
    assert queries.organization_of(person) == second
    services.choose(organization=house, user=person)
    assert queries.organization_of(person) == house


def test_nobody_works_where_he_does_not_belong(person: User, stranger: User) -> None:
    with pytest.raises(NotFound):
        services.choose(organization=builders.house(stranger), user=person)
    assert queries.organization_of(person) == builders.house(person)


# --- Invitations


def test_only_the_hash_of_a_link_is_kept_and_it_works_once(person: User, house: Organization, stranger: User) -> None:
    invitation, link = invitations.invite(organization=house, by=person, email="Grace@Example.com", role="admin")
    assert link not in str(vars(Invitation.objects.get()))
    assert invitation.email == "grace@example.com"
    member = invitations.accept(user=stranger, link=link)
    assert (member.organization, member.role) == (house, "admin")
    with pytest.raises(NotFound):
        invitations.accept(user=join(house, "linus").user, link=link)
    assert sorted(roles(house)) == ["ada", "linus", "mallory"]


def test_an_invitation_lasts_seven_days(person: User, house: Organization, stranger: User) -> None:
    with time_machine.travel(dt.datetime(2026, 2, 1, tzinfo=dt.UTC), tick=False) as clock:
        _, link = invitations.invite(organization=house, by=person, email="mallory@example.com", role="member")
        clock.shift(dt.timedelta(days=7))
        with pytest.raises(NotFound):
            invitations.accept(user=stranger, link=link)
        assert list(roles(house)) == ["ada"]
        clock.shift(dt.timedelta(seconds=-1))
        assert invitations.accept(user=stranger, link=link).role == "member"


def test_sending_again_kills_the_old_link(person: User, house: Organization, stranger: User) -> None:
    invitation, old = invitations.invite(organization=house, by=person, email="mallory@example.com", role="member")
    _, new = invitations.resend(invitation=invitation, by=person)
    with pytest.raises(NotFound):
        invitations.accept(user=stranger, link=old)
    assert invitations.accept(user=stranger, link=new).organization == house


def test_the_proved_holder_of_the_address_needs_no_link(person: User, house: Organization, stranger: User) -> None:
    invitation, _ = invitations.invite(organization=house, by=person, email="mallory@example.com", role="member")
    assert invitations.waiting_for(stranger) == []
    with pytest.raises(NotFound):
        invitations.accept_own(user=stranger, invitation=invitation)
    assert list(roles(house)) == ["ada"]
    EmailAddress.objects.create(user=stranger, email="mallory@example.com", verified=True, primary=True)
    assert invitations.waiting_for(stranger) == [invitation]
    invitations.accept_own(user=stranger, invitation=invitation)
    assert sorted(roles(house)) == ["ada", "mallory"]
    assert invitations.waiting_for(stranger) == []


def test_one_open_invitation_an_address(person: User, house: Organization) -> None:
    invitations.invite(organization=house, by=person, email="grace@example.com", role="member")
    with pytest.raises(Conflict) as refused:
        invitations.invite(organization=house, by=person, email="GRACE@example.com", role="admin")
    assert refused.value.code == "already_invited"
    assert Invitation.objects.get().role == "member"


def test_members_are_not_invited_again(person: User, house: Organization) -> None:
    with pytest.raises(Conflict) as refused:
        invitations.invite(organization=house, by=person, email="ADA@example.com", role="member")
    assert refused.value.code == "already_member"
    assert not Invitation.objects.exists()


def test_a_member_who_opens_a_link_stays_what_he_is(person: User, house: Organization) -> None:
    _, link = invitations.invite(organization=house, by=person, email="x@example.com", role="member")
    with pytest.raises(Conflict):
        invitations.accept(user=person, link=link)
    assert roles(house) == {"ada": "owner"}
    assert invitations.find(link) is not None


@pytest.mark.parametrize(("email", "role"), [("nobody", "member"), ("", "member"), ("a@b.co", "owner"), ("a@b.co", "")])
def test_a_bad_invitation_is_not_made(person: User, house: Organization, email: str, role: str) -> None:
    with pytest.raises(Invalid):
        invitations.invite(organization=house, by=person, email=email, role=role)
    assert not Invitation.objects.exists()


def test_a_withdrawn_invitation_is_gone(person: User, house: Organization, stranger: User) -> None:
    invitation, link = invitations.invite(organization=house, by=person, email="x@example.com", role="member")
    invitations.cancel(invitation=invitation, by=person)
    with pytest.raises(NotFound):
        invitations.accept(user=stranger, link=link)
    with pytest.raises(NotFound):
        invitations.resend(invitation=Invitation(pk=invitation.pk, organization=house), by=person)
    assert list(roles(house)) == ["ada"]


# --- Addresses


def primaries(house: Organization) -> list[str]:
    return list(house.addresses.filter(is_primary=True).values_list("line1", flat=True))


def add(house: Organization, person: User, line1: str, *, is_primary: bool = False) -> Address:
    return addresses.add(organization=house, by=person, values=HOME | {"line1": line1}, is_primary=is_primary)


def test_the_first_address_is_primary_and_a_new_primary_takes_its_place(person: User, house: Organization) -> None:
    first = add(house, person, "One")
    assert (first.is_primary, first.country) == (True, "GB")
    assert not add(house, person, "Two").is_primary
    assert primaries(house) == ["One"]
    add(house, person, "Three", is_primary=True)
    assert primaries(house) == ["Three"]


def test_primary_is_passed_on_but_not_given_up(person: User, house: Organization) -> None:
    first, second = add(house, person, "One"), add(house, person, "Two")
    with pytest.raises(Invalid) as refused:
        addresses.update(address=first, by=person, values={"city": "York"}, is_primary=False)
    assert refused.value.faults[0].pointer == "#/is_primary"
    first.refresh_from_db()
    assert (first.is_primary, first.city) == (True, "Leeds")
    addresses.update(address=second, by=person, values={}, is_primary=True)
    assert primaries(house) == ["Two"]


def test_the_oldest_inherits_when_the_primary_goes(person: User, house: Organization) -> None:
    first, second, third = (add(house, person, name) for name in ("One", "Two", "Three"))
    addresses.remove(address=second, by=person)
    assert primaries(house) == ["One"]
    addresses.remove(address=first, by=person)
    assert primaries(house) == ["Three"]
    addresses.remove(address=third, by=person)
    assert primaries(house) == []
    with pytest.raises(NotFound):
        addresses.remove(address=Address(pk=first.pk, organization=house), by=person)


@pytest.mark.parametrize(
    ("values", "pointers"),
    [
        ({"full_name": " "}, ["#/full_name"]),
        ({"line1": "x" * 121, "city": ""}, ["#/city", "#/line1"]),
        ({"country": "GBR"}, ["#/country"]),
        ({"country": "ZZ"}, ["#/country"]),
        ({"country": ""}, ["#/country"]),
        ({"postal_code": "x" * 21}, ["#/postal_code"]),
    ],
)
def test_a_bad_address_is_neither_made_nor_changed(
    person: User, house: Organization, values: dict[str, str], pointers: list[str]
) -> None:
    kept = add(house, person, "One")
    acts: list[Callable[[], object]] = [
        lambda: addresses.add(organization=house, by=person, values=HOME | values),
        lambda: addresses.update(address=kept, by=person, values=values),
    ]
    for act in acts:
        with pytest.raises(Invalid) as refused:
            act()
        assert sorted(fault.pointer for fault in refused.value.faults) == pointers
    kept = house.addresses.get()
    assert (kept.full_name, kept.line1, kept.city, kept.country) == ("Ada King", "One", "Leeds", "GB")


def test_the_database_itself_refuses_a_second_primary(person: User, house: Organization) -> None:
    add(house, person, "One")
    second = add(house, person, "Two")
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.filter(pk=second.pk).update(is_primary=True)
    assert primaries(house) == ["One"]


# --- At once


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Run them together; what each did or was refused with."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait(10)
        try:
            act()
            outcomes.append("done")
        except (Conflict, Forbidden, NotFound) as problem:
            outcomes.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_many_first_and_primary_addresses_at_once_leave_one_primary() -> None:
    person = builders.person()
    house = builders.house(person)
    acts = [partial(add, house, person, f"Street {n}", is_primary=n % 2 == 0) for n in range(8)]
    assert at_once(acts) == ["done"] * 8
    assert (house.addresses.count(), len(primaries(house))) == (8, 1)


@pytest.mark.django_db(transaction=True)
def test_removing_the_primary_while_another_becomes_it_leaves_one() -> None:
    person = builders.person()
    house = builders.house(person)
    rows = [add(house, person, f"Street {n}") for n in range(4)]
    at_once(
        [
            lambda: addresses.remove(address=rows[0], by=person),
            lambda: addresses.update(address=rows[1], by=person, values={}, is_primary=True),
            lambda: addresses.update(address=rows[2], by=person, values={}, is_primary=True),
            lambda: addresses.remove(address=rows[3], by=person),
        ]
    )
    assert (house.addresses.count(), len(primaries(house))) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_an_invitation_opened_by_many_at_once_lets_one_in() -> None:
    person = builders.person()
    house = builders.house(person)
    users = [User.objects.create_user(username=f"u{n}", email=f"u{n}@example.com") for n in range(4)]
    _, link = invitations.invite(organization=house, by=person, email="x@example.com", role="member")
    outcomes = at_once([partial(invitations.accept, user=user, link=link) for user in users])
    assert outcomes == ["NotFound", "NotFound", "NotFound", "done"]
    assert house.memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_transfers_at_once_leave_one_owner() -> None:
    person = builders.person()
    house = builders.house(person)
    heirs = [join(house, "grace"), join(house, "linus")]
    outcomes = at_once([partial(services.transfer, member=heir, by=person) for heir in heirs])
    assert outcomes == ["Forbidden", "done"]
    assert sorted(roles(house).values()) == ["admin", "member", "owner"]


@pytest.mark.django_db(transaction=True)
def test_a_limit_of_keys_holds_when_many_are_made_at_once() -> None:
    person = builders.person()
    house = builders.house(person)
    for number in range(98):
        ApiToken.objects.create(user=person, organization=house, name="x", digest=str(number), token_key="x")
    outcomes = at_once([lambda: tokens.issue(user=person, organization=house, name="More") for _ in range(5)])
    assert outcomes == ["Conflict", "Conflict", "Conflict", "done", "done"]
    assert ApiToken.objects.count() == 100


def test_expired_invitations_do_not_open(person: User, house: Organization) -> None:
    _, link = invitations.invite(organization=house, by=person, email="x@example.com", role="member")
    Invitation.objects.update(expires=now())
    assert invitations.find(link) is None
