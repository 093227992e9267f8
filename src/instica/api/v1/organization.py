"""The organization the key belongs to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from pydantic import BaseModel, Field

from instica.api import uploads
from instica.api.bodies import Body, fit
from instica.api.endpoint import Call, Endpoint, operation
from instica.core.clock import iso
from instica.core.errors import NotFound
from instica.people import logos, queries, services
from instica.people.models import Address, Organization, Role, User

FULL = 2_400_000


class PersonShape(BaseModel):
    """A person, briefly."""

    uid: str
    username: str
    first_name: str
    last_name: str


class PrimaryAddressShape(BaseModel):
    """Where the organization ships from."""

    uid: str
    full_name: str
    line1: str
    city: str
    state: str
    postal_code: str
    country: str


class OrganizationShape(BaseModel):
    """An organization."""

    uid: str
    display_name: str
    slug: str
    logo: str | None = Field(description="Address of the picture.")
    created: str
    owner: PersonShape
    member_count: int
    primary_address: PrimaryAddressShape | None


class OrganizationChange(Body):
    """What an owner or admin may change; the logo itself comes as a file of a multipart form."""

    passed_over: ClassVar[frozenset[str]] = frozenset(OrganizationShape.model_fields)

    display_name: str = ""
    slug: str = ""
    logo: None = Field(default=None, description="null takes the logo away.")


def own(call: Call, uid: str) -> Organization:
    """The caller's organization, when that is the one asked for. Raises ``NotFound``."""
    if uid != call.organization.public_id:
        raise NotFound("No such organization.")
    return call.organization


def person(user: User) -> dict[str, str]:
    """A person, briefly."""
    return {
        "uid": user.public_id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }


def primary(address: Address | None) -> dict[str, str] | None:
    """The primary address, if there is one."""
    if address is None:
        return None
    names = ("full_name", "line1", "city", "state", "postal_code", "country")
    return {"uid": address.public_id, **{name: getattr(address, name) for name in names}}


def shape(organization: Organization) -> dict[str, Any]:
    """The documented keys in their order."""
    return {
        "uid": organization.public_id,
        "display_name": organization.display_name,
        "slug": organization.slug,
        "logo": f"{settings.SITE_URL}{organization.logo.url}" if organization.logo else None,
        "created": iso(organization.created),
        "owner": person(queries.owner(organization)),
        "member_count": queries.team(organization).filter(is_active=True).count(),
        "primary_address": primary(queries.primary_address(organization)),
    }


class OrganizationView(Endpoint):
    """The organization the key belongs to."""

    @operation("organization_read", "Read the organization", answer=OrganizationShape, scope="organization")
    def get(self, call: Call, uid: str) -> object:
        """Any member may."""
        return shape(own(call, uid))

    @operation(
        "organization_update",
        "Change the organization",
        answer=OrganizationShape,
        body=OrganizationChange,
        scope="organization",
        role=Role.ADMIN,
        largest=FULL,
    )
    def patch(self, call: Call, uid: str) -> object:
        """Only what is sent changes; JSON, or a multipart form when a logo comes along."""
        organization = own(call, uid)
        services.require_admin(organization, call.user)
        if uploads.is_form(call.request):
            values, files = uploads.read(call.request)
            body, picture = fit(values, OrganizationChange), files.get("logo")
        else:
            body, picture = call.read(OrganizationChange), None
        changes = {name: getattr(body, name) for name in body.model_fields_set - {"logo"}}
        if changes:
            services.update_organization(organization=organization, by=call.user, changes=changes)
        if picture is not None or "logo" in body.model_fields_set:
            logos.change(organization=organization, by=call.user, content=picture)
        return shape(organization)
