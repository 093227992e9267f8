"""Opening an invitation's link: joining at once, or after signing in or up."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from instica.core.errors import NotFound, Problem
from instica.people import invitations, services
from instica.people.adapter import INVITATION
from instica.people.models import Membership
from instica.web.account import who
from instica.web.posted import takes_forms


@require_safe
@never_cache
def open_link(request: HttpRequest, link: str) -> HttpResponse:
    """What one is invited to, and the ways to accept; a visitor's link is kept for the sign-up that follows."""
    invitation = invitations.find(link)
    if invitation is None:
        return render(request, "organization/invitation_gone.html", status=404)
    if not request.user.is_authenticated:
        request.session[INVITATION] = link
    response = render(request, "organization/invitation.html", {"invitation": invitation, "link": link})
    response["Referrer-Policy"] = "no-referrer"
    return response


@takes_forms
@login_required
def accept(request: HttpRequest, link: str) -> HttpResponse:
    """Join by the link."""
    try:
        member = invitations.accept(user=who(request), link=link)
    except NotFound:
        return render(request, "organization/invitation_gone.html", status=404)
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("web:organization")
    return welcome(request, member)


@takes_forms
@login_required
def accept_own(request: HttpRequest, uid: str) -> HttpResponse:
    """Join as the proved holder of the invited address."""
    for invitation in invitations.waiting_for(who(request)):
        if invitation.public_id == uid:
            return welcome(request, invitations.accept_own(user=who(request), invitation=invitation))
    raise Http404("No such invitation.")


def welcome(request: HttpRequest, member: Membership) -> HttpResponse:
    """Into the organization just joined."""
    request.session.pop(INVITATION, None)
    services.choose(organization=member.organization, user=who(request))
    messages.success(request, f"You joined {member.organization.display_name}.")
    return redirect("web:organization")
