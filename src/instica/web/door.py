"""The door of the pages: who is asking, for which organization, and what a refusal looks like to a person."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from instica.core.errors import NotFound, Problem
from instica.people import preferences
from instica.people import queries as people
from instica.people.models import Organization, User
from instica.web.posted import takes_forms

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Organization, Parameters], HttpResponseBase]
Act = Callable[Concatenate[HttpRequest, Organization, Parameters], str]
Door = Callable[..., HttpResponseBase]
FIRST = "web:organization"
"""Where somebody goes who belongs to no organization yet."""


def page(view: View[Parameters]) -> Door:
    """A page that a signed-in member may read; what is not theirs does not exist."""
    return require_safe(_opened(view))


def form(view: View[Parameters]) -> Door:
    """The same for a page that is the target of its own form, so that a refusal is said beside what was typed."""
    return require_http_methods(["GET", "HEAD", "POST"])(_opened(view))


def _opened(view: View[Parameters]) -> Door:
    @never_cache
    @signed_in
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organization = _organization(request)
        if organization is None:
            return redirect(FIRST)
        try:
            with timezone.override(zone(request)):
                return view(request, organization, *args, **kwargs)
        except NotFound as problem:
            raise Http404(problem.detail) from None

    return inner


def act(view: Act[Parameters]) -> Door:
    """A form's target: do it and go on to the answered address; a refusal is said on the page one came from."""

    @wraps(view)
    def going_on(request: HttpRequest, organization: Organization, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return redirect(view(request, organization, *args, **kwargs))

    return shown(going_on)


def shown(view: Door) -> Door:
    """A form's target that answers with a page itself, for what is shown only once; refusals as above."""

    @takes_forms
    @never_cache
    @signed_in
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organization = _organization(request)
        if organization is None:
            return redirect(FIRST)
        try:
            with timezone.override(zone(request)):
                return view(request, organization, *args, **kwargs)
        except NotFound as problem:
            raise Http404(problem.detail) from None
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(came_from(request))

    return inner


def signed_in(view: Door) -> Door:
    """Others sign in first and return to the page they were on; a background request moves the whole page there."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        in_background = "HX-Request" in request.headers
        back = came_from(request) if in_background or request.method == "POST" else request.get_full_path()
        entrance = redirect_to_login(back)
        if not in_background:
            return entrance
        return HttpResponse(status=204, headers={"HX-Redirect": entrance.headers["Location"]})

    return inner


def zone(request: HttpRequest) -> ZoneInfo:
    """The time zone the person chose."""
    assert isinstance(request.user, User)
    return ZoneInfo(preferences.read(request.user)["timezone"])


def came_from(request: HttpRequest) -> str:
    """Where to return: the form's ``next``, else the page it stood on, else home. Never another site."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if address and url_has_allowed_host_and_scheme(
            address, {request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return reverse("web:home")


def _organization(request: HttpRequest) -> Organization | None:
    """The organization the person works in; the frame of the page shows it too."""
    assert request.user.is_authenticated
    organization = people.organization_of(request.user)
    request.organization = organization  # type: ignore[attr-defined]
    return organization
