"""The person behind the key: profile, preferences, and whether the organization may list."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from pydantic import BaseModel, Field

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.people import preferences, queries, services
from instica.people.models import Role


class PreferencesShape(BaseModel):
    """How the person likes things."""

    preferred_name: str
    items_per_page: int
    timezone: str
    measurement_system: str
    date_format: str
    currency_display: str
    channel_notifications_enabled: bool
    preferred_notification_channels: list[str]


class OrganizationBrief(BaseModel):
    """The organization the key belongs to."""

    uid: str
    display_name: str
    slug: str


class EligibilityShape(BaseModel):
    """Whether the organization may list, or what is missing first."""

    can_list_items: bool
    error_code: str | None = Field(description="`subscription_required` or `primary_address_required`.")


class MeShape(BaseModel):
    """The person."""

    uid: str
    username: str
    email: str
    first_name: str
    last_name: str
    phone_number: str
    email_verified: bool
    can_manage_api_environment: bool
    preferences: PreferencesShape
    organization: OrganizationBrief | None
    listing_eligibility: EligibilityShape


class MeChange(Body):
    """What a person may change; what the answer shows besides may be sent back and is passed over."""

    passed_over: ClassVar[frozenset[str]] = frozenset(MeShape.model_fields)

    first_name: str = ""
    last_name: str = ""
    preferences: dict[str, Any] = Field(default={}, description="Only the keys to change.")


def me(call: Call) -> dict[str, Any]:
    """The documented keys in their order."""
    user, organization = call.user, call.organization
    return {
        "uid": user.public_id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone_number": user.phone_number,
        "email_verified": EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists(),
        "can_manage_api_environment": call.caller.is_at_least(Role.ADMIN),
        "preferences": preferences.read(user),
        "organization": {
            "uid": organization.public_id,
            "display_name": organization.display_name,
            "slug": organization.slug,
        },
        "listing_eligibility": queries.listing_eligibility(organization)._asdict(),
    }


class Me(Endpoint):
    """The person the key belongs to."""

    @operation("user_read", "Read your profile", answer=MeShape)
    def get(self, call: Call) -> object:
        """Any key may ask whose it is."""
        return me(call)

    @operation("user_update", "Change your profile", answer=MeShape, body=MeChange, scope="user")
    def patch(self, call: Call) -> object:
        """Names and preferences, only those sent."""
        body = call.read(MeChange)
        changes = {name: getattr(body, name) for name in body.model_fields_set}
        fresh = services.update_person(user=call.user, changes=changes)
        call.user.first_name, call.user.last_name = fresh.first_name, fresh.last_name
        call.user.preferences = fresh.preferences
        return me(call)
