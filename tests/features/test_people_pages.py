"""The Account and Organization pages, and opening an invitation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from instica.people import addresses, invitations, queries, tokens
from instica.people.models import Address, ApiToken, Invitation, Membership, Organization, Role, User
from instica.web.browsers import named
from tests import builders

PASSWORD = "correct horse battery"
HOME = {"full_name": "Ada King", "line1": "12 Green Street", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}


@pytest.fixture
def house(person: User) -> Organization:
    return builders.house(person)


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def colleague(house: Organization, role: Role = Role.MEMBER) -> tuple[User, Client]:
    user = User.objects.create_user(username="grace", email="grace@example.com", password=PASSWORD)
    Membership.objects.create(organization=house, user=user, role=role)
    client = Client()
    client.force_login(user)
    return user, client


@pytest.mark.parametrize("path", ["/account/", "/organization/"])
def test_strangers_are_asked_to_sign_in(db: None, path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/organization/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/sessions/",
    ],
)
def test_every_page_of_people_is_drawn(browser: Client, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 200
    assert b"Instica</title>" in response.content


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_the_way_in_is_drawn(db: None, path: str) -> None:
    assert Client().get(path).status_code == 200


def test_profile_is_saved(browser: Client, person: User) -> None:
    form = {
        "first_name": "Augusta", "last_name": "King", "preferred_name": "", "timezone": "Europe/London",
        "date_format": "dmy", "measurement_system": "metric", "currency_display": "GBP", "items_per_page": "50",
        "preferred_notification_channels": ["email", "push"],
    }  # fmt: skip
    response = browser.post("/account/profile/", form)
    assert (response.status_code, response["Location"]) == (302, "/account/")
    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Augusta", "King")
    assert person.preferences == {
        "preferred_name": "",
        "timezone": "Europe/London",
        "date_format": "dmy",
        "measurement_system": "metric",
        "currency_display": "GBP",
        "items_per_page": 50,
        "channel_notifications_enabled": False,
        "preferred_notification_channels": ["email", "push"],
    }


def test_a_wrong_profile_is_shown_again_and_not_saved(browser: Client, person: User) -> None:
    response = browser.post("/account/profile/", {"first_name": "X", "timezone": "Mars/Olympus"})
    assert response.status_code == 400
    person.refresh_from_db()
    assert (person.first_name, person.preferences) == ("Ada", {})


def test_a_new_key_is_shown_once_and_kept_nowhere(browser: Client, house: Organization) -> None:
    response = browser.post("/account/keys/", {"name": "Scanner", "scopes": ["read", "imports"], "lives": "30"})
    shown = re.search(r"instica_[0-9a-f]{64}", response.content.decode())
    assert shown is not None
    assert "no-store" in response["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, token.organization) == ("Scanner", ["read", "imports"], house)
    assert token.expiry is not None
    assert shown[0] not in browser.get("/account/").content.decode()


def test_a_key_without_a_name_is_not_made(browser: Client) -> None:
    assert browser.post("/account/keys/", {"name": " ", "scopes": ["*"]}).status_code == 400
    assert not ApiToken.objects.exists()


def test_a_key_is_rotated_and_deleted(browser: Client) -> None:
    browser.post("/account/keys/", {"name": "Scanner", "scopes": ["*"]})
    before = ApiToken.objects.get()
    assert browser.post(f"/account/keys/{before.pk}/rotate/").status_code == 200
    assert ApiToken.objects.get().digest != before.digest
    browser.post(f"/account/keys/{before.pk}/delete/")
    assert not ApiToken.objects.exists()


def test_another_persons_key_does_not_exist_here(browser: Client, house: Organization) -> None:
    _, other = colleague(house)
    browser.post("/account/keys/", {"name": "Ada's", "scopes": ["*"]})
    token = ApiToken.objects.get()
    for act in ("rotate", "delete"):
        assert other.post(f"/account/keys/{token.pk}/{act}/").status_code == 404
    assert ApiToken.objects.get().digest == token.digest


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def test_another_browser_is_signed_out(person: User) -> None:
    here, there = signed_in(person), signed_in(person)
    session = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/account/sessions/{session.pk}/end/")
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_all_other_browsers_are_signed_out(person: User) -> None:
    here, there, elsewhere = signed_in(person), signed_in(person), signed_in(person)
    here.post("/account/sessions/end-others/")
    assert [client.get("/account/").status_code for client in (here, there, elsewhere)] == [200, 302, 302]


def test_nobody_ends_a_strangers_session(person: User, stranger: User) -> None:
    here, theirs = signed_in(person), signed_in(stranger)
    session = UserSession.objects.get(session_key=theirs.session.session_key)
    assert here.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_organization_is_renamed_and_a_bad_name_is_shown_again(browser: Client, house: Organization) -> None:
    assert browser.post("/organization/save/", {"display_name": "Blue", "slug": "Not Good"}).status_code == 400
    house.refresh_from_db()
    assert (house.display_name, house.slug) == ("Green Street Records", "green-street-records")
    browser.post("/organization/save/", {"display_name": "Blue Records", "slug": "blue"})
    house.refresh_from_db()
    assert (house.display_name, house.slug) == ("Blue Records", "blue")


def test_a_member_sees_the_organization_and_changes_nothing(house: Organization, person: User) -> None:
    address = addresses.add(organization=house, by=person, values=HOME)
    _, browser = colleague(house)
    seen = browser.get("/organization/").content.decode()
    assert "12 Green Street" in seen
    assert "/organization/invitations/" not in seen
    for path, form in [
        ("save/", {"display_name": "Mine", "slug": "mine"}),
        ("invitations/", {"email": "x@example.com", "role": "admin"}),
        ("addresses/", HOME),
        (f"addresses/{address.public_id}/", HOME | {"line1": "Elsewhere"}),
        (f"addresses/{address.public_id}/remove/", {}),
        (f"team/{house.memberships.get(user=person).public_id}/remove/", {}),
    ]:
        assert browser.post(f"/organization/{path}", form).status_code in (302, 400)
    house.refresh_from_db()
    assert house.display_name == "Green Street Records"
    assert Address.objects.get().line1 == "12 Green Street"
    assert not Invitation.objects.exists()
    assert queries.owner(house) == person


def test_addresses_are_added_changed_and_removed(browser: Client) -> None:
    browser.post("/organization/addresses/", HOME)
    browser.post("/organization/addresses/", HOME | {"line1": "Second"})
    first, second = Address.objects.order_by("created")
    assert (first.is_primary, second.is_primary) == (True, False)
    assert b"12 Green Street" in browser.get(f"/organization/addresses/{first.public_id}/").content
    browser.post(f"/organization/addresses/{second.public_id}/primary/")
    browser.post(f"/organization/addresses/{first.public_id}/", HOME | {"line1": "Changed"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.line1, first.is_primary, second.is_primary) == ("Changed", False, True)
    browser.post(f"/organization/addresses/{second.public_id}/remove/")
    assert Address.objects.get().is_primary


def test_a_strangers_ids_do_not_exist(browser: Client, stranger: User) -> None:
    theirs = builders.house(stranger)
    address = addresses.add(organization=theirs, by=stranger, values=HOME)
    invitation, _ = invitations.invite(organization=theirs, by=stranger, email="x@example.com", role="member")
    member = theirs.memberships.get()
    for path in [
        f"addresses/{address.public_id}/remove/",
        f"addresses/{address.public_id}/primary/",
        f"addresses/{address.public_id}/",
        f"invitations/{invitation.public_id}/cancel/",
        f"invitations/{invitation.public_id}/resend/",
        f"invitations/{invitation.public_id}/accept/",
        f"team/{member.public_id}/remove/",
        f"team/{member.public_id}/role/",
        f"team/{member.public_id}/transfer/",
        f"choose/{theirs.public_id}/",
    ]:
        assert browser.post(f"/organization/{path}", HOME | {"role": "admin"}).status_code == 404
    assert Address.objects.get().line1 == "12 Green Street"
    assert Invitation.objects.get().digest == invitation.digest
    assert theirs.memberships.get().role == "owner"


def test_inviting_mails_a_link_and_shows_it_once(browser: Client, house: Organization) -> None:
    response = browser.post("/organization/invitations/", {"email": "Grace@example.com", "role": "admin"})
    assert response.status_code == 200
    found = re.search(r"http://localhost:8000/invitations/([\w-]{43})/", response.content.decode())
    assert found is not None
    invitation = invitations.find(found[1])
    assert invitation is not None
    assert (invitation.email, invitation.role, invitation.organization) == ("grace@example.com", "admin", house)
    assert found[1] not in browser.get("/organization/").content.decode()
    assert found[1] not in str(Invitation.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_the_mail_holds_the_link() -> None:
    person = builders.person()
    _, link = invitations.invite(
        organization=builders.house(person), by=person, email="grace@example.com", role="member"
    )
    (sent,) = mail.outbox
    assert sent.to == ["grace@example.com"]
    assert sent.subject == "Join Green Street Records on Instica"
    assert f"http://localhost:8000/invitations/{link}/" in sent.body


def test_a_visitor_signs_up_through_the_link_into_the_organization(person: User, house: Organization) -> None:
    _, link = invitations.invite(organization=house, by=person, email="grace@example.com", role="admin")
    visitor = Client()
    assert visitor.get(f"/invitations/{link}/").status_code == 200
    assert b'name="organization"' not in visitor.get("/accounts/signup/").content
    form = {"email": "grace@example.com", "password1": "a quite long one", "password2": "a quite long one"}
    assert visitor.post("/accounts/signup/", form).status_code == 302
    grace = User.objects.get(email="grace@example.com")
    member = Membership.objects.get(user=grace)
    assert (member.organization, member.role) == (house, "admin")
    assert Organization.objects.count() == 1
    assert visitor.get("/organization/").status_code == 200
    assert Client().get(f"/invitations/{link}/").status_code == 404


def test_somebody_signed_in_joins_by_the_link_and_works_there(person: User, stranger: User) -> None:
    house = builders.house(person)
    _, link = invitations.invite(organization=house, by=person, email="mallory@example.com", role="member")
    browser = Client()
    browser.force_login(stranger)
    assert b"Join Green Street Records" in browser.get(f"/invitations/{link}/").content
    joined = browser.post(f"/invitations/{link}/accept/", follow=True).content.decode()
    assert "You joined Green Street Records." in joined
    assert "Members connect shops, import and decide." in joined
    assert queries.organization_of(stranger) == house
    assert browser.post(f"/invitations/{link}/accept/").status_code == 404
    own = Organization.objects.get(display_name="Other Records")
    browser.post(f"/organization/choose/{own.public_id}/")
    assert queries.organization_of(stranger) == own


def test_who_left_can_begin_an_organization_of_his_own(house: Organization) -> None:
    user, browser = colleague(house)
    browser.post(f"/organization/team/{house.memberships.get(user=user).public_id}/remove/")
    assert queries.organization_of(user) is None
    assert b"You belong to no organization" in browser.get("/organization/").content
    assert browser.get("/account/").status_code == 200
    browser.post("/organization/new/", {"display_name": "Grace's Grooves"})
    own = queries.organization_of(user)
    assert own is not None
    assert (own.display_name, own.slug) == ("Grace's Grooves", "graces-grooves")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0 Safari/537.36 Edg/156", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Mac"),
        ("curl/8.5", "curl/8.5"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_browsers_are_named_in_words(header: str, words: str) -> None:
    assert named(header) == words


@pytest.fixture
def without_mail(settings: Any) -> None:
    """A hub without a mail server."""
    settings.EMAIL_BACKEND = "instica.project.mail.LogBackend"


@pytest.mark.usefixtures("without_mail")
def test_without_a_mail_server_nobody_is_told_that_mail_was_sent(person: User) -> None:
    browser = signed_in(person)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.post("/organization/invitations/", {"email": "grace@example.com", "role": "member"}).content.decode()
    assert "grace@example.com is invited. Pass the link on." in page
    assert "This hub has no mail server, so the mail stands in its log and nobody gets it." in page
    assert re.search(r"http://localhost:8000/invitations/\w", page)
    assert "on its way" not in page
    reset = Client().post("/accounts/password/reset/", {"email": "ada@example.com"}, follow=True).content.decode()
    assert "This hub has no mail server" in reset
    assert "on its way" not in reset
    added = browser.post("/accounts/email/", {"email": "second@example.com", "action_add": ""}, follow=True)
    assert "This hub has no mail server: the mail that proves second@example.com stands" in added.content.decode()


def test_with_a_mail_server_people_are_sent_to_their_mail(browser: Client) -> None:
    page = browser.post("/organization/invitations/", {"email": "grace@example.com", "role": "member"}).content.decode()
    assert "The invitation is on its way to grace@example.com." in page
    reset = Client().post("/accounts/password/reset/", {"email": "ada@example.com"}, follow=True).content.decode()
    assert "a mail with a link to choose a new password is on its way" in reset
    assert "no mail server" not in page + reset


def test_people_are_called_as_they_like(person: User) -> None:
    person.preferences = {"preferred_name": "Countess"}
    person.save()
    client = Client()
    page = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, follow=True).content.decode()
    assert "Hello, Countess." in page
    assert '<strong dir="auto">Countess</strong>' in page
    assert '<span dir="auto">Ada ' in client.get("/organization/").content.decode()


def test_addresses_offer_only_what_can_be_done(person: User) -> None:
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    EmailAddress.objects.create(user=person, email="second@example.com", verified=False)
    EmailAddress.objects.create(user=person, email="third@example.com", verified=True)
    browser = signed_in(person)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/email/").content.decode()
    assert re.findall(r'name="(action_\w+)" aria-label="([^"]+)"', page) == [
        ("action_primary", "Make second@example.com primary"),
        ("action_send", "Send the mail to second@example.com again"),
        ("action_remove", "Remove second@example.com"),
        ("action_primary", "Make third@example.com primary"),
        ("action_remove", "Remove third@example.com"),
    ]
    browser.post("/accounts/email/", {"email": "third@example.com", "action_primary": ""})
    browser.post("/accounts/email/", {"email": "second@example.com", "action_remove": ""})
    primary = EmailAddress.objects.filter(user=person, primary=True).values_list("email", flat=True)
    assert (list(primary), EmailAddress.objects.filter(user=person).count()) == (["third@example.com"], 2)


OLD_WORDS = ("Email", "Two-Factor", "Security Key", "Bad Token", "Successfully", "Are you sure", "login")


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/password/reset/key/x-y/",
        "/accounts/confirm-email/nonsense/",
        "/accounts/password/reset/",
        "/accounts/signup/",
    ],
)
def test_the_librarys_pages_speak_as_the_others(person: User, path: str) -> None:
    browser = signed_in(person)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client = browser if "2fa" in path or path == "/accounts/email/" else Client()
    page = client.get(path, follow=True).content.decode().partition("<main")[2].partition("</main>")[0]
    words = re.sub(r"<[^>]+>", " ", page)
    assert [word for word in OLD_WORDS if word in words] == []


def test_recovery_codes_say_what_they_are_for(person: User) -> None:
    browser = signed_in(person)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.get("/accounts/2fa/totp/activate/")
    counter = list(yield_hotp_counters_from_time())[1]
    code = format_hotp_value(hotp_value(browser.session["mfa.totp.secret"], counter))
    page = browser.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True).content.decode()
    assert "10 of 10 left" in page
    assert "Sign in with the password and one of these instead. Each works once." in page


def test_a_new_secret_is_asked_about_first(browser: Client, person: User) -> None:
    key, _ = tokens.issue(user=person, organization=builders.house(person), name="Till")
    page = browser.get("/account/").content.decode()
    dialog = page.partition(f'id="rotate-key-{key.pk}"')[2].partition("</dialog>")[0]
    assert "What uses the old one stops working at once." in dialog
    assert f'action="/account/keys/{key.pk}/rotate/"' in dialog
    assert page.count(f"/account/keys/{key.pk}/rotate/") == 1
