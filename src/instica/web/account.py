"""The Account page: who one is, how one signs in, where one is signed in, and the API keys."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from instica.core.errors import NotFound, Problem
from instica.people import queries, services, tokens
from instica.people.models import ApiToken, User
from instica.web.blame import blame
from instica.web.browsers import named
from instica.web.people_forms import KeyForm, ProfileForm
from instica.web.posted import takes_forms


def who(request: HttpRequest) -> User:
    """The person who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; a form that was refused, or a fresh key, takes the place of the usual."""
    user = who(request)
    organization = queries.organization_of(user)
    sessions = sorted(UserSession.objects.purge_and_list(user), key=lambda one: one.created_at, reverse=True)
    context = {
        "profile": ProfileForm.of(user),
        "key_form": KeyForm(),
        "sessions": [(named(one.user_agent), one) for one in sessions],
        "factors": factors(user),
        "keys": [key for key in queries.tokens(organization, user) if key.user_id == user.pk] if organization else [],
        "member": organization is not None,
        **more,
    }
    return render(request, "account/overview.html", context, status=status)


def factors(user: User) -> dict[str, int]:
    """How many second factors of each kind a person has."""
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {kind.value: kinds.count(kind.value) for kind in Authenticator.Type}


@require_safe
@login_required
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Everything at a glance."""
    return page(request)


@takes_forms
@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Names and preferences."""
    form = ProfileForm(request.POST)
    if form.is_valid() and tried(form, lambda: services.update_person(user=who(request), changes=form.changes())):
        messages.success(request, "Saved.")
        return redirect("web:account")
    return page(request, 400, profile=form)


def tried(form: forms.Form, act: Any) -> bool:
    """Whether it was done; a refusal is put onto the form. What is not theirs does not exist."""
    try:
        act()
    except NotFound as problem:
        raise Http404(problem.detail) from None
    except Problem as problem:
        blame(form, problem)
        return False
    return True


@takes_forms
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one browser; one's own means signing out here."""
    session = UserSession.objects.filter(user=who(request), pk=pk).first()
    if session is None:
        raise Http404("No such session.")
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect("web:home")
    session.end()
    messages.success(request, "That browser is signed out.")
    return redirect("web:account")


@takes_forms
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out every browser but this one."""
    for session in UserSession.objects.filter(user=who(request)).exclude(session_key=request.session.session_key):
        session.end()
    messages.success(request, "Every other browser is signed out.")
    return redirect("web:account")


@takes_forms
@login_required
@never_cache
def create_key(request: HttpRequest) -> HttpResponse:
    """A new key, shown this once: the answer is the page itself, so that the key is kept nowhere."""
    form, organization = KeyForm(request.POST), queries.organization_of(who(request))
    if organization is None:
        raise Http404("You belong to no organization yet.")
    if not form.is_valid():
        return page(request, 400, key_form=form)
    given = {"name": form.cleaned_data["name"], "scopes": form.cleaned_data["scopes"], "expires": form.expires()}
    try:
        token, plain = tokens.issue(user=who(request), organization=organization, **given)
    except Problem as problem:
        blame(form, problem)
        return page(request, 400, key_form=form)
    return page(request, fresh_key=plain, fresh_name=token.name)


@takes_forms
@login_required
@never_cache
def rotate_key(request: HttpRequest, number: int) -> HttpResponse:
    """A new secret, shown this once."""
    try:
        token, plain = tokens.rotate(token=key_of(request, number), by=who(request))
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("web:account")
    return page(request, fresh_key=plain, fresh_name=token.name)


@takes_forms
@login_required
def delete_key(request: HttpRequest, number: int) -> HttpResponse:
    """Dead at once."""
    token = key_of(request, number)
    tokens.delete(token=token, by=who(request))
    messages.success(request, f"The key {token.name} no longer works.")
    return redirect("web:account")


def key_of(request: HttpRequest, number: int) -> ApiToken:
    """One of the person's own keys in the organization he works in."""
    organization = queries.organization_of(who(request))
    token = organization and organization.tokens.filter(id=number, user=who(request)).first()
    if not token:
        raise Http404("No such API key.")
    return token
