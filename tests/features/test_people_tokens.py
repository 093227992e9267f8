"""API keys: hashed, scoped, shown once, dead at once when rotated or deleted."""

from __future__ import annotations

import datetime as dt

import pytest
from knox.crypto import hash_token

from instica.core.clock import now
from instica.core.errors import Conflict, Forbidden, Invalid, NotFound
from instica.people import queries, tokens
from instica.people.models import ApiToken, Membership, Organization, Role, User
from tests import builders


@pytest.fixture
def house(person: User) -> Organization:
    return builders.house(person)


def colleague(house: Organization, role: Role = Role.MEMBER) -> User:
    user = User.objects.create_user(username="grace", email="grace@example.com", password="another long one")
    Membership.objects.create(organization=house, user=user, role=role)
    return user


def test_plain_text_is_given_once_and_only_its_hash_is_kept(person: User, house: Organization) -> None:
    token, plain = tokens.issue(user=person, organization=house, name="  Scanner ")
    kept = ApiToken.objects.get()
    assert plain.startswith("instica_")
    assert len(plain) == 72
    assert (kept.pk, kept.name, kept.scopes, kept.expiry, kept.last_used) == (token.pk, "Scanner", ["*"], None, None)
    assert kept.digest == hash_token(plain)
    assert kept.token_key == plain[:15]
    assert plain not in str(vars(kept))
    assert isinstance(kept.pk, int)


def test_a_person_has_many_keys_and_numbers_are_never_used_again(person: User, house: Organization) -> None:
    first, _ = tokens.issue(user=person, organization=house, name="One")
    second, _ = tokens.issue(user=person, organization=house, name="Two")
    tokens.delete(token=second, by=person)
    third, _ = tokens.issue(user=person, organization=house, name="Three")
    assert first.pk < second.pk < third.pk
    assert [token.name for token in queries.tokens(house, person)] == ["One", "Three"]


def test_rotation_kills_the_old_secret_and_keeps_number_name_and_scopes(person: User, house: Organization) -> None:
    token, old = tokens.issue(user=person, organization=house, name="Phone", scopes=["read"])
    fresh, new = tokens.rotate(token=token, by=person)
    assert (fresh.pk, fresh.name, fresh.scopes) == (token.pk, "Phone", ["read"])
    assert not ApiToken.objects.filter(digest=hash_token(old)).exists()
    assert ApiToken.objects.get(digest=hash_token(new)) == token


def test_scopes_are_kept_once_each_in_order(person: User, house: Organization) -> None:
    token, _ = tokens.issue(user=person, organization=house, name="A", scopes=["keys", "read", "keys"])
    assert token.scopes == ["read", "keys"]
    assert tokens.issue(user=person, organization=house, name="B", scopes=["read", "*"])[0].scopes == ["*"]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"name": "   "}, "#/name"),
        ({"name": "x" * 81}, "#/name"),
        ({"scopes": []}, "#/scopes"),
        ({"scopes": ["read", "root"]}, "#/scopes"),
        ({"expires": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "#/expires"),
        ({"expires": dt.datetime(2099, 1, 1)}, "#/expires"),  # noqa: DTZ001
    ],
)
def test_bad_input_makes_no_key(person: User, house: Organization, values: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        tokens.issue(user=person, organization=house, **{"name": "Fine", **values})  # type: ignore[arg-type]
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert not ApiToken.objects.exists()


def test_strangers_get_no_key(stranger: User, house: Organization) -> None:
    with pytest.raises(Forbidden):
        tokens.issue(user=stranger, organization=house, name="Mine")
    assert not ApiToken.objects.exists()


def test_members_see_their_own_keys_and_admins_everybodys(person: User, house: Organization) -> None:
    grace = colleague(house)
    hers, _ = tokens.issue(user=grace, organization=house, name="Hers")
    his, _ = tokens.issue(user=person, organization=house, name="Ada's")
    assert list(queries.tokens(house, grace)) == [hers]
    assert list(queries.tokens(house, person)) == [hers, his]
    with pytest.raises(NotFound):
        queries.token(house, grace, his.pk)


def test_nobody_rotates_a_key_that_acts_as_somebody_else(person: User, house: Organization) -> None:
    grace = colleague(house, Role.ADMIN)
    token, plain = tokens.issue(user=person, organization=house, name="Owner's")
    with pytest.raises(Forbidden):
        tokens.rotate(token=token, by=grace)
    assert ApiToken.objects.get().digest == hash_token(plain)


def test_members_cannot_delete_other_peoples_keys_but_admins_can(person: User, house: Organization) -> None:
    grace = colleague(house)
    token, _ = tokens.issue(user=person, organization=house, name="Owner's")
    with pytest.raises(Forbidden):
        tokens.delete(token=token, by=grace)
    assert ApiToken.objects.count() == 1
    Membership.objects.filter(user=grace).update(role=Role.ADMIN)
    tokens.delete(token=token, by=grace)
    assert not ApiToken.objects.exists()


def test_an_expired_key_cannot_be_rotated_back_to_life(person: User, house: Organization) -> None:
    token, plain = tokens.issue(user=person, organization=house, name="Old")
    ApiToken.objects.update(expiry=now() - dt.timedelta(seconds=1))
    with pytest.raises(Conflict) as refused:
        tokens.rotate(token=token, by=person)
    assert refused.value.code == "key_expired"
    assert ApiToken.objects.get().digest == hash_token(plain)


def test_an_organization_has_a_hundred_keys_at_most(person: User, house: Organization) -> None:
    for number in range(100):
        ApiToken.objects.create(user=person, organization=house, name="x", digest=str(number), token_key="x")
    with pytest.raises(Conflict) as refused:
        tokens.issue(user=person, organization=house, name="One more")
    assert refused.value.code == "too_many_keys"
    assert ApiToken.objects.count() == 100


@pytest.mark.parametrize(
    ("scopes", "scope", "reading", "answer"),
    [
        (["*"], "keys", False, True),
        (["read"], "orders", True, True),
        (["read"], "orders", False, False),
        (["read"], "keys", True, False),
        (["keys"], "keys", False, True),
        (["imports"], "orders", True, False),
        ([], "orders", True, False),
    ],
)
def test_what_a_scope_allows(scopes: list[str], scope: str, reading: bool, answer: bool) -> None:
    assert tokens.permits(scopes, scope, reading=reading) is answer


def test_a_key_hands_out_no_more_than_it_has() -> None:
    assert tokens.covers(["*"], ["keys", "*"])
    assert tokens.covers(["keys", "read"], ["read"])
    assert not tokens.covers(["keys", "read"], ["*"])
    assert not tokens.covers(["keys", "read"], ["orders"])
