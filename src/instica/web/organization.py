"""The Organization page: name and logo, addresses, team, invitations, plan and usage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from instica.connections import queries as connections
from instica.core.errors import NotFound
from instica.inventory import queries as inventory
from instica.people import addresses, invitations, logos, plans, queries, services
from instica.people.models import Organization, Role
from instica.web.account import tried, who
from instica.web.door import act
from instica.web.people_forms import AddressForm, InvitationForm, OrganizationForm, ShopForm
from instica.web.posted import takes_forms

HERE = "web:organization"


def page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; a form that was refused, or a fresh link, takes the place of the usual."""
    user = who(request)
    organization = queries.organization_of(user)
    waiting = invitations.waiting_for(user)
    if organization is None:
        return render(request, "organization/none.html", {"shop_form": ShopForm(), "waiting": waiting}, status=status)
    role = queries.role_in(organization, user)
    calls = queries.usage_by_day(organization)
    context = {
        "form": OrganizationForm.of(organization),
        "address_form": AddressForm(),
        "invitation_form": InvitationForm(),
        "addresses": queries.addresses(organization),
        "team": queries.team(organization),
        "invitations": queries.invitations(organization),
        "waiting": waiting,
        "memberships": list(queries.memberships(user)),
        "manages": role in (Role.OWNER, Role.ADMIN),
        "owns": role == Role.OWNER,
        "plan": plans.plan_of(organization),
        "usage": usage(organization),
        "calls": {
            "calls": sum(day.calls for day in calls.values()),
            "errors": sum(day.errors for day in calls.values()),
        },
        **more,
    }
    return render(request, "organization/overview.html", context, status=status)


def usage(organization: Organization) -> list[tuple[str, int, int | None]]:
    """What is used of what the plan allows."""
    plan = plans.plan_of(organization)
    used = {
        "inventory_items": inventory.tally(organization).items,
        "marketplace_connections": connections.live(organization).count(),
    }
    return [(name, used[key], plan.limit(key) if plan else None) for key, name in plans.FEATURES.items()]


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Everything at a glance."""
    return page(request)


def own(request: HttpRequest) -> Organization:
    """The organization the person works in. Raises ``NotFound``."""
    organization = queries.organization_of(who(request))
    if organization is None:
        raise NotFound("You belong to no organization yet.")
    return organization


@takes_forms
@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Name, short name and logo."""
    form = OrganizationForm(request.POST, request.FILES)

    def change() -> None:
        organization, user = own(request), who(request)
        values = {name: form.cleaned_data[name] for name in ("display_name", "slug")}
        services.update_organization(organization=organization, by=user, changes=values)
        picture = form.cleaned_data["logo"]
        if picture or form.cleaned_data["without_logo"]:
            content = picture.read(logos.LARGEST + 1) if picture else None
            logos.change(organization=organization, by=user, content=content)

    if form.is_valid() and tried(form, change):
        messages.success(request, "Saved.")
        return redirect(HERE)
    return page(request, 400, form=form)


@takes_forms
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """An organization of one's own, for who belongs to none."""
    form = ShopForm(request.POST)
    if queries.organization_of(who(request)) is None and form.is_valid():
        name = form.cleaned_data["display_name"]
        if not tried(form, lambda: services.create_organization(user=who(request), display_name=name)):
            return page(request, 400)
    return redirect(HERE)


@act
def choose(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Work in another organization one belongs to."""
    for member in queries.memberships(who(request)):
        if member.organization.public_id == uid:
            services.choose(organization=member.organization, user=who(request))
            return reverse(HERE)
    raise NotFound("No such organization.")


@act
def change_role(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Make a member an admin or a member."""
    member = queries.member(organization, uid)
    services.change_role(member=member, by=who(request), role=request.POST.get("role", ""))
    messages.success(request, "The role is changed.")
    return reverse(HERE)


@act
def remove_member(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Take a member out, or leave."""
    services.remove_member(member=queries.member(organization, uid), by=who(request))
    messages.success(request, "Done. The keys of that person here no longer work.")
    return reverse(HERE)


@act
def transfer(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Hand the organization on."""
    services.transfer(member=queries.member(organization, uid), by=who(request))
    messages.success(request, "The organization has a new owner. You are an admin now.")
    return reverse(HERE)


@takes_forms
@login_required
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Send an invitation, and show its link this once."""
    form, links = InvitationForm(request.POST), []

    def send() -> None:
        made = invitations.invite(organization=own(request), by=who(request), **form.cleaned_data)
        links.append(made[1])

    if form.is_valid() and tried(form, send):
        return page(request, fresh_link=invitations.url_of(links[0]), fresh_email=form.cleaned_data["email"])
    return page(request, 400, invitation_form=form)


@takes_forms
@login_required
@never_cache
def resend(request: HttpRequest, uid: str) -> HttpResponse:
    """Send it again, and show the new link this once."""
    form, links = InvitationForm(), []

    def send() -> None:
        invitation = queries.invitation(own(request), uid)
        links.append(invitations.resend(invitation=invitation, by=who(request)))

    if tried(form, send):
        invitation, link = links[0]
        return page(request, fresh_link=invitations.url_of(link), fresh_email=invitation.email)
    return page(request, 403)


@act
def cancel(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Withdraw an invitation."""
    invitations.cancel(invitation=queries.invitation(organization, uid), by=who(request))
    messages.success(request, "The invitation is withdrawn.")
    return reverse(HERE)


@takes_forms
@login_required
def add_address(request: HttpRequest) -> HttpResponse:
    """One address more."""
    form = AddressForm(request.POST)

    def add() -> None:
        addresses.add(organization=own(request), by=who(request), values=form.cleaned_data)

    if form.is_valid() and tried(form, add):
        messages.success(request, "The address is added.")
        return redirect(HERE)
    return page(request, 400, address_form=form)


@login_required
def edit_address(request: HttpRequest, uid: str) -> HttpResponse:
    """An address with its form."""
    found = []
    form = AddressForm(request.POST or None)

    def find() -> None:
        found.append(queries.address(own(request), uid))

    def save_it() -> None:
        addresses.update(address=found[0], by=who(request), values=form.cleaned_data)

    tried(form, find)
    if request.method != "POST":
        form = AddressForm(initial={name: getattr(found[0], name) for name in addresses.FIELDS})
    elif form.is_valid() and tried(form, save_it):
        messages.success(request, "The address is changed.")
        return redirect(HERE)
    context = {"form": form, "address": found[0]}
    return render(request, "organization/address.html", context, status=400 if form.errors else 200)


@act
def make_primary(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Ship from here."""
    address = queries.address(organization, uid)
    addresses.update(address=address, by=who(request), values={}, is_primary=True)
    return reverse(HERE)


@act
def remove_address(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Forget it; the oldest of the rest becomes primary when this one was."""
    addresses.remove(address=queries.address(organization, uid), by=who(request))
    messages.success(request, "The address is removed.")
    return reverse(HERE)
