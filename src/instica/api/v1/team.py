"""The members of the organization and what each may do."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, RootModel

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.v1.organization import own
from instica.core.clock import iso
from instica.people import queries, services
from instica.people.models import Membership, Role


class MemberUserShape(BaseModel):
    """A member's person."""

    uid: str
    username: str
    email: str
    first_name: str
    last_name: str


class MemberShape(BaseModel):
    """A member."""

    uid: str = Field(description="Of the membership.")
    user: MemberUserShape
    role: Role
    joined: str
    is_active: bool


class MemberList(RootModel[list[MemberShape]]):
    """All members."""


class RoleChange(Body):
    """The new role."""

    role: str = Field(description="`admin` or `member`.")


def shape(member: Membership) -> dict[str, Any]:
    """The documented keys in their order."""
    user = member.user
    return {
        "uid": member.public_id,
        "user": {
            "uid": user.public_id,
            "username": user.username,
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
        },
        "role": member.role,
        "joined": iso(member.joined),
        "is_active": member.is_active,
    }


class Team(Endpoint):
    """All members."""

    @operation("organization_team", "List the team", answer=MemberList, scope="organization")
    def get(self, call: Call, uid: str) -> object:
        """A bare array, the longest-standing first."""
        return [shape(member) for member in queries.team(own(call, uid))]


class Member(Endpoint):
    """One member."""

    @operation(
        "organization_team_update",
        "Change a member's role",
        answer=MemberShape,
        body=RoleChange,
        scope="organization",
        role=Role.ADMIN,
    )
    def patch(self, call: Call, uid: str, member_uid: str) -> object:
        """Owner or admin; the owner's own role changes only by a transfer."""
        member = queries.member(own(call, uid), member_uid)
        role = call.read(RoleChange).role
        return shape(services.change_role(member=member, by=call.user, role=role))

    @operation("organization_team_remove", "Remove a member, or leave", answer=None, status=204, scope="organization")
    def delete(self, call: Call, uid: str, member_uid: str) -> object:
        """Owner or admin, or the member; the keys of that person in this organization die too."""
        services.remove_member(member=queries.member(own(call, uid), member_uid), by=call.user)
        return None


class Transfer(Endpoint):
    """Handing the organization on."""

    @operation(
        "organization_transfer",
        "Make a member the owner",
        answer=MemberShape,
        scope="organization",
        role=Role.OWNER,
    )
    def post(self, call: Call, uid: str, member_uid: str) -> object:
        """Only the owner, who becomes an admin."""
        return shape(services.transfer(member=queries.member(own(call, uid), member_uid), by=call.user))
