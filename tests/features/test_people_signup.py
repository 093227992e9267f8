"""Who may sign up, what they get, and how sign-in is kept safe."""

from __future__ import annotations

import threading

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.test import Client

from instica.core.errors import Conflict, Forbidden
from instica.people import invitations, plans, queries, services
from instica.people.models import Invitation, Membership, Organization, User
from instica.web import second_factor
from tests import builders

PASSWORD = "green vinyl on sunday"
FORM = {
    "email": "Grace@Example.com",
    "first_name": "Grace",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "organization": "Grace's Grooves",
}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> object:
    return lambda value: monkeypatch.setattr(settings.CONFIG, "signup", value)


def test_the_first_person_gets_an_organization_and_the_door_closes(db: None) -> None:
    assert Client().post("/accounts/signup/", FORM).status_code == 302
    grace = User.objects.get()
    house = queries.organization_of(grace)
    assert house is not None
    assert (grace.email, grace.first_name, grace.is_founder) == ("grace@example.com", "Grace", True)
    assert (house.display_name, house.slug) == ("Grace's Grooves", "graces-grooves")
    assert queries.owner(house) == grace
    assert plans.active(house)
    assert EmailAddress.objects.get().email == "grace@example.com"
    second = Client().post("/accounts/signup/", FORM | {"email": "other@example.com"})
    assert b"Sign-up is closed" in second.content
    assert User.objects.count() == 1


def test_open_lets_everybody_in_each_with_an_own_organization(db: None, policy) -> None:  # type: ignore[no-untyped-def]
    policy("open")
    Client().post("/accounts/signup/", FORM)
    Client().post("/accounts/signup/", FORM | {"email": "other@example.com"})
    assert sorted(Organization.objects.values_list("slug", flat=True))[0] == "graces-grooves"
    assert (User.objects.count(), Organization.objects.count(), Membership.objects.count()) == (2, 2, 2)
    assert not User.objects.filter(is_founder=True).exists()


def test_closed_lets_nobody_in_but_the_invited(person: User, policy) -> None:  # type: ignore[no-untyped-def]
    policy("closed")
    visitor = Client()
    assert b"Sign-up is closed" in visitor.post("/accounts/signup/", FORM).content
    assert User.objects.count() == 1
    house = builders.house(person)
    _, link = invitations.invite(organization=house, by=person, email="grace@example.com", role="member")
    visitor.get(f"/invitations/{link}/")
    page = visitor.post("/accounts/signup/", FORM, follow=True).content.decode()
    assert f"You joined {house.display_name}." in page
    assert queries.organization_of(User.objects.get(email="grace@example.com")) == house


def test_a_withdrawn_invitation_opens_nothing(person: User) -> None:
    house, visitor = builders.house(person), Client()
    invitation, link = invitations.invite(organization=house, by=person, email="grace@example.com", role="member")
    visitor.get(f"/invitations/{link}/")
    invitations.cancel(invitation=invitation, by=person)
    assert b"Sign-up is closed" in visitor.post("/accounts/signup/", FORM).content
    assert (User.objects.count(), Invitation.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"email": ""},
        {"email": "not an address"},
        {"password1": "short77", "password2": "short77"},
        {"password1": "password1", "password2": "password1"},
        {"password1": "grace@example.com", "password2": "grace@example.com"},
        {"password2": "something else entirely"},
        {"organization": "x" * 121},
    ],
)
def test_a_bad_form_makes_nobody(db: None, changes: dict[str, str]) -> None:
    assert Client().post("/accounts/signup/", FORM | changes).status_code == 200
    assert (User.objects.count(), Organization.objects.count()) == (0, 0)


@pytest.mark.parametrize("password", ["zqxwvuts", "nnnnnnnnm", "ö" * 64, "a long one with spaces " * 6])
def test_eight_characters_are_enough_and_long_ones_are_taken_whole(db: None, password: str) -> None:
    assert Client().post("/accounts/signup/", FORM | {"password1": password, "password2": password}).status_code == 302
    grace = User.objects.get()
    assert grace.check_password(password)
    assert not grace.check_password(password[:-1])


def test_an_address_is_taken_whatever_its_case(person: User, policy) -> None:  # type: ignore[no-untyped-def]
    policy("open")
    assert Client().post("/accounts/signup/", FORM | {"email": "ADA@example.com"}).status_code == 200
    with pytest.raises(Conflict) as refused:
        services.sign_up(user=User(username="x", email="ADA@EXAMPLE.COM"))
    assert refused.value.code == "email_taken"
    assert (User.objects.count(), Organization.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_first_people_at_once_one_gets_in() -> None:
    start, outcomes = threading.Barrier(2), []

    def sign_up(name: str) -> None:
        start.wait(10)
        try:
            services.sign_up(user=User(username=name, email=f"{name}@example.com"))
            outcomes.append("in")
        except Forbidden as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_up, args=(name,)) for name in ("ada", "grace")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["in", "signup_closed"]
    assert (User.objects.count(), Organization.objects.count(), Membership.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("login", ["ada@example.com", "ADA@example.com"])
def test_sign_in_by_address_and_the_session_changes_its_key(person: User, login: str) -> None:
    client = Client()
    client.get("/accounts/login/")
    client.session["visited"] = True
    client.session.save()
    before = client.session.session_key
    client.post("/accounts/login/", {"login": login, "password": "correct horse battery"})
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.session.session_key != before


def test_sign_in_by_username(person: User) -> None:
    User.objects.update(username="vinyl_dealer")
    found = authenticate(HttpRequest(), username="vinyl_dealer", password="correct horse battery")
    assert found == person


def test_wrong_passwords_are_refused_and_soon_slowed_down(person: User) -> None:
    client = Client()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"})
    response = client.post("/accounts/login/", {"login": "ada@example.com", "password": "correct horse battery"})
    assert b"Too many failed attempts. Wait five minutes, then try again." in response.content
    assert "_auth_user_id" not in client.session


def test_a_new_password_by_mail_works_once_and_ends_other_sessions(person: User) -> None:
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    elsewhere = Client()
    elsewhere.force_login(person)
    client = Client()
    client.post("/accounts/password/reset/", {"email": "ada@example.com"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    path = link.removeprefix("http://testserver")
    form_at = client.get(path)["Location"]
    assert client.post(form_at, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert elsewhere.get("/account/").status_code == 302
    assert b"too old, or was used before" in Client().get(path, follow=True).content


def test_asking_for_a_strangers_password_tells_and_sends_nothing(db: None) -> None:
    response = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/password/reset/done/")
    assert mail.outbox == []


def code_of(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def signed_in(person: User) -> Client:
    """A browser whose person has just typed the password twice: to come in, and to confirm it."""
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": "correct horse battery"})
    client.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    return client


def test_second_factors_are_changed_only_after_the_password_again(person: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": "correct horse battery"})
    response = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not Authenticator.objects.exists()


@pytest.fixture
def guarded(person: User) -> tuple[User, str, list[str]]:
    """Ada with an authenticator app, turned on through the pages, and her recovery codes."""
    client = signed_in(person)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    cache.clear()
    return person, secret, codes


def test_the_secret_of_an_app_is_not_in_the_database(guarded: tuple[User, str, list[str]]) -> None:
    _, secret, codes = guarded
    kept = str(list(Authenticator.objects.values("data")))
    assert secret not in kept
    assert codes[0] not in kept
    assert Authenticator.objects.count() == 2


def test_with_an_app_the_password_alone_is_not_enough(guarded: tuple[User, str, list[str]]) -> None:
    person, secret, _ = guarded
    client = Client()
    response = client.post("/accounts/login/", {"login": person.email, "password": "correct horse battery"})
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    cache.clear()
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_recovery_code_works_once(guarded: tuple[User, str, list[str]]) -> None:
    person, _, codes = guarded
    outcomes = []
    for _ in range(2):
        cache.clear()
        client = Client()
        client.post("/accounts/login/", {"login": person.email, "password": "correct horse battery"})
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        outcomes.append("_auth_user_id" in client.session)
    assert outcomes == [True, False]


def test_new_keys_reach_second_factors_too(guarded: tuple[User, str, list[str]]) -> None:
    newest = Fernet(Fernet.generate_key())
    assert second_factor.reencrypt(newest) == 2
    assert second_factor.reencrypt(newest) == 0
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert newest.decrypt(kept.encode()).decode() == guarded[1]


def test_a_passkey_can_be_begun(person: User) -> None:
    client = signed_in(person)
    page = client.get("/accounts/2fa/webauthn/add/")
    assert page.status_code == 200
    assert page.context["js_data"]["creation_options"]["publicKey"]["user"]["name"] == "ada@example.com"
    offered = Client().get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    assert offered["request_options"]["publicKey"]["challenge"]


@pytest.mark.parametrize("credential", ["", "{}", "[]", "1", '{"id": "x"}', '{"rawId": 3, "id": {}}', "{not json"])
def test_a_forged_passkey_signs_nobody_in_and_adds_nothing(person: User, credential: str) -> None:
    visitor = Client()
    visitor.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert visitor.post("/accounts/2fa/webauthn/login/", {"credential": credential}).status_code in (200, 302)
    assert "_auth_user_id" not in visitor.session
    client = signed_in(person)
    client.get("/accounts/2fa/webauthn/add/")
    assert client.post("/accounts/2fa/webauthn/add/", {"name": "x", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()
