"""The profile of the person behind a key."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress

from instica.people import addresses, services
from instica.people.models import Membership, Role, User
from instica.people.tokens import issue
from tests import builders
from tests.api.calling import Api, api_for, is_problem

HOME = {"full_name": "Ada King", "line1": "12 Green Street", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}
DEFAULTS = {
    "preferred_name": "Ada",
    "items_per_page": 25,
    "timezone": "UTC",
    "measurement_system": "metric",
    "date_format": "ymd",
    "currency_display": "USD",
    "channel_notifications_enabled": True,
    "preferred_notification_channels": ["email"],
}


def test_me_has_the_documented_keys_in_their_order(api: Api, person: User) -> None:
    response = api.get("user/me/")
    assert response.status_code == 200
    expected = {
        "uid": person.public_id,
        "username": "ada@example.com",
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "",
        "phone_number": "",
        "email_verified": False,
        "can_manage_api_environment": True,
        "preferences": DEFAULTS,
        "organization": {
            "uid": api.organization.public_id,
            "display_name": "Green Street Records",
            "slug": "green-street-records",
        },
        "listing_eligibility": {"can_list_items": False, "error_code": "primary_address_required"},
    }
    assert json.dumps(response.json()) == json.dumps(expected)


def test_eligibility_asks_for_the_subscription_first_then_the_address(api: Api, person: User) -> None:
    services.end_subscription(organization=api.organization)
    ended = api.get("user/me/").json()["listing_eligibility"]
    services.start_subscription(organization=api.organization)
    without = api.get("user/me/").json()["listing_eligibility"]
    addresses.add(organization=api.organization, by=person, values=HOME)
    ready = api.get("user/me/").json()["listing_eligibility"]
    assert ended == {"can_list_items": False, "error_code": "subscription_required"}
    assert without == {"can_list_items": False, "error_code": "primary_address_required"}
    assert ready == {"can_list_items": True, "error_code": None}


def test_a_proved_address_is_verified(api: Api, person: User) -> None:
    EmailAddress.objects.create(user=person, email="ada@example.com", verified=True, primary=True)
    assert api.get("user/me/").json()["email_verified"] is True


def test_a_member_does_not_manage_the_api_environment(person: User) -> None:
    Membership.objects.filter(user=person).update(role=Role.MEMBER)
    assert api_for_member(person).get("user/me/").json()["can_manage_api_environment"] is False


def api_for_member(user: User) -> Api:
    organization = Membership.objects.get(user=user).organization
    row, token = issue(user=user, organization=organization, name="test")
    return Api(token, organization, row)


def test_names_and_single_preferences_change_and_the_rest_stays(api: Api, person: User) -> None:
    api.call("PATCH", "user/me/", {"preferences": {"currency_display": "EUR"}})
    response = api.call("PATCH", "user/me/", {"last_name": " King ", "preferences": {"date_format": "dmy"}})
    assert response.status_code == 200
    changed = response.json()
    assert (changed["first_name"], changed["last_name"]) == ("Ada", "King")
    assert changed["preferences"] == DEFAULTS | {"currency_display": "EUR", "date_format": "dmy"}
    assert changed == api.get("user/me/").json()


def test_what_is_not_writable_is_ignored(api: Api, person: User) -> None:
    before = api.get("user/me/").json()
    sent = {"uid": "usr_x", "email": "x@example.com", "username": "x", "email_verified": True, "phone_number": "+1",
            "can_manage_api_environment": False, "organization": None}  # fmt: skip
    assert api.call("PATCH", "user/me/", sent).json() == before
    refused = api.call("PATCH", "user/me/", {"first_name": "Eve", "is_superuser": True})
    assert (refused.status_code, refused.json()["errors"]) == (
        400,
        [{"detail": "There is no such field.", "pointer": "#/is_superuser"}],
    )
    assert api.get("user/me/").json() == before
    person.refresh_from_db()
    assert (person.email, person.is_superuser, person.phone_number) == ("ada@example.com", False, "")


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"first_name": 3}, "#/first_name"),
        ({"first_name": "x" * 151}, "#/first_name"),
        ({"preferences": []}, "#/preferences"),
        ({"preferences": {"colour": "red"}}, "#/preferences/colour"),
        ({"preferences": {"items_per_page": 0}}, "#/preferences/items_per_page"),
        ({"preferences": {"items_per_page": 101}}, "#/preferences/items_per_page"),
        ({"preferences": {"items_per_page": True}}, "#/preferences/items_per_page"),
        ({"preferences": {"items_per_page": "25"}}, "#/preferences/items_per_page"),
        ({"preferences": {"timezone": "Mars/Olympus"}}, "#/preferences/timezone"),
        ({"preferences": {"timezone": 1}}, "#/preferences/timezone"),
        ({"preferences": {"measurement_system": "furlongs"}}, "#/preferences/measurement_system"),
        ({"preferences": {"date_format": None}}, "#/preferences/date_format"),
        ({"preferences": {"currency_display": "XYZ"}}, "#/preferences/currency_display"),
        ({"preferences": {"channel_notifications_enabled": 1}}, "#/preferences/channel_notifications_enabled"),
        (
            {"preferences": {"preferred_notification_channels": ["sms"]}},
            "#/preferences/preferred_notification_channels",
        ),
        ({"preferences": {"preferred_notification_channels": [[]]}}, "#/preferences/preferred_notification_channels"),
        ({"preferences": {"preferred_name": "a\nb"}}, "#/preferences/preferred_name"),
    ],
)
def test_bad_values_are_refused_by_name_and_nothing_changes(
    api: Api, person: User, sent: dict[str, object], pointer: str
) -> None:
    before = api.get("user/me/").json()
    problem = is_problem(api.call("PATCH", "user/me/", {"last_name": "King", **sent}), 400, "validation_error")
    assert [each["pointer"] for each in problem["errors"]] == [pointer]
    assert api.get("user/me/").json() == before
    person.refresh_from_db()
    assert (person.last_name, person.preferences) == ("", {})


def test_every_fault_is_named_at_once(api: Api) -> None:
    sent = {"preferences": {"items_per_page": 0, "date_format": "x"}}
    problem = is_problem(api.call("PATCH", "user/me/", sent), 400, "validation_error")
    assert [each["pointer"] for each in problem["errors"]] == [
        "#/preferences/items_per_page",
        "#/preferences/date_format",
    ]


def test_a_narrow_key_may_ask_whose_it_is_but_not_change_the_person(person: User) -> None:
    narrow = api_for(person, scopes=["imports"])
    assert narrow.get("user/me/").json()["email"] == "ada@example.com"
    is_problem(narrow.call("PATCH", "user/me/", {"last_name": "King"}), 403, "scope_missing")
    person.refresh_from_db()
    assert person.last_name == ""


def test_without_a_key_there_is_nobody(db: None) -> None:
    builders.person()
    response = Api("", None, None).get("user/me/")  # type: ignore[arg-type]
    is_problem(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")
