"""Invitations into the organization."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, RootModel

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.v1.organization import own
from instica.core.clock import iso
from instica.people import invitations, queries
from instica.people.models import Invitation, Role


class InvitationShape(BaseModel):
    """An open invitation."""

    uid: str
    email: str
    role: Role
    created: str
    expires: str


class SentShape(InvitationShape):
    """An invitation with its link, given only when it is sent."""

    link: str


class InvitationList(RootModel[list[InvitationShape]]):
    """All open invitations."""


class NewInvitation(Body):
    """Whom to invite as what."""

    email: str
    role: str = Field(default=Role.MEMBER.value, description="`admin` or `member`.")


def shape(invitation: Invitation) -> dict[str, Any]:
    """An invitation as listed."""
    return {
        "uid": invitation.public_id,
        "email": invitation.email,
        "role": invitation.role,
        "created": iso(invitation.created),
        "expires": iso(invitation.expires),
    }


def sent(made: tuple[Invitation, str]) -> dict[str, Any]:
    """An invitation with its link, for when the mail does not arrive."""
    invitation, link = made
    return shape(invitation) | {"link": invitations.url_of(link)}


class Invitations(Endpoint):
    """All open ones."""

    @operation(
        "organization_invitations",
        "List open invitations",
        answer=InvitationList,
        scope="organization",
        role=Role.ADMIN,
    )
    def get(self, call: Call, uid: str) -> object:
        """A bare array, newest first; expired ones can be sent again."""
        return [shape(invitation) for invitation in queries.invitations(own(call, uid))]

    @operation(
        "organization_invite",
        "Invite somebody",
        answer=SentShape,
        status=201,
        body=NewInvitation,
        scope="organization",
        role=Role.ADMIN,
    )
    def post(self, call: Call, uid: str) -> object:
        """Owner or admin; the link goes out by mail and works once, for seven days."""
        organization, body = own(call, uid), call.read(NewInvitation)
        return sent(invitations.invite(organization=organization, by=call.user, email=body.email, role=body.role))


class InvitationView(Endpoint):
    """One of them."""

    @operation(
        "organization_invitation_cancel",
        "Cancel an invitation",
        answer=None,
        status=204,
        scope="organization",
        role=Role.ADMIN,
    )
    def delete(self, call: Call, uid: str, invitation_uid: str) -> object:
        """Its link is dead at once."""
        invitations.cancel(invitation=queries.invitation(own(call, uid), invitation_uid), by=call.user)
        return None


class Resend(Endpoint):
    """Sending one again."""

    @operation(
        "organization_invitation_resend",
        "Send an invitation again",
        answer=SentShape,
        scope="organization",
        role=Role.ADMIN,
    )
    def post(self, call: Call, uid: str, invitation_uid: str) -> object:
        """With a new link and a new week; the old link is dead."""
        invitation = queries.invitation(own(call, uid), invitation_uid)
        return sent(invitations.resend(invitation=invitation, by=call.user))
