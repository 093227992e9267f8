"""The pages that connect a shop: on to the marketplace's consent page, back from it, and one-time tickets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from instica.connections import queries, returning, services, tickets
from instica.connections.credentials import app_for, is_configured
from instica.connections.models import Connection, Ticket
from instica.connections.services import Begun, Returned
from instica.core.errors import NotFound, Problem
from instica.kit.contract import Marketplace
from instica.marketplaces import get
from instica.people import queries as people
from instica.people.models import Organization, User
from instica.web import extension

COOKIE_SECONDS = 20 * 60
View = Callable[..., HttpResponse]


class BackToApp(HttpResponseRedirect):
    """A redirect to an address that was checked to be registered, whatever its scheme."""

    def __init__(self, address: str) -> None:
        self.allowed_schemes = [urlsplit(address).scheme]
        super().__init__(address)


def shown(view: View) -> View:
    """A refusal becomes a page that says what happened and what to do; unknown platforms do not exist."""

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, slug: str) -> HttpResponse:
        manifest = get(slug)
        if manifest is None:
            raise Http404("There is no such platform.")
        try:
            return view(request, manifest)
        except Problem as problem:
            context = {
                "manifest": manifest,
                "problem": problem,
                "again": again(request, manifest),
                "others": has_others(request, manifest),
            }
            return render(request, "connect/problem.html", context, status=problem.status)

    return inner


@shown
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest, manifest: Marketplace) -> HttpResponse:
    """Begin: with a ticket for whoever holds it, otherwise for the signed-in person."""
    token = request.POST.get("ticket") or request.GET.get("ticket")
    if token:
        return _ticket(request, manifest, token)
    if not manifest.auth:
        return _other_way(request, manifest)
    if _holds_a_secret(request, manifest):
        return redirect(f"{request.path}?ask=1")
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    organization = people.organization_of(request.user)
    if organization is None:
        raise Http404("You belong to no organization yet. Ask for an invitation.")
    connection = _reconnected(request, organization)
    if request.method == "POST" or _straight_on(request, manifest):
        return _begin(request, manifest, organization, connection)
    return _start_page(request, manifest, organization, connection)


@shown
@require_safe
def callback(request: HttpRequest, manifest: Marketplace) -> HttpResponse:
    """The marketplace sent the browser back."""
    user = request.user if request.user.is_authenticated else None
    returned = services.returned(
        marketplace=manifest.slug,
        browser=request.COOKIES.get(cookie_name(manifest), ""),
        raw_query=request.META.get("QUERY_STRING", ""),
        user=user,
    )
    response = _arrived(request, manifest, returned)
    response.delete_cookie(cookie_name(manifest))
    return response


def _other_way(request: HttpRequest, manifest: Marketplace) -> HttpResponse:
    """By the browser extension, or not in this version."""
    if manifest.connection == "extension":
        return extension.page(request, manifest)
    return render(request, "connect/later.html", {"manifest": manifest})


def _ticket(request: HttpRequest, manifest: Marketplace, token: str) -> HttpResponse:
    """A ticket's page names organization and person; going on binds it to this browser."""
    user = request.user if request.user.is_authenticated else None
    ticket = tickets.opened(marketplace=manifest.slug, token=token, user=user)
    if request.method != "POST":
        response = render(request, "connect/ticket.html", {"manifest": manifest, "ticket": ticket, "token": token})
        return _may_lead_to(response, manifest, ticket)
    browser = request.COOKIES.get(cookie_name(manifest), "")
    begun = services.proceed(ticket=ticket, browser=browser, signed_in=user is not None)
    return _onward(request, manifest, begun)


def _begin(
    request: HttpRequest, manifest: Marketplace, organization: Organization, connection: Connection | None
) -> HttpResponse:
    assert isinstance(request.user, User)
    given = request.POST if request.method == "POST" else request.GET
    asked = [name for name, *_ in services.questions(manifest.slug)]
    answers = {name: value for name in asked if (value := given.get(name, ""))}
    try:
        begun = services.begin(
            organization=organization,
            user=request.user,
            marketplace=manifest.slug,
            answers=answers,
            connection=connection,
        )
    except Problem as problem:
        return _start_page(request, manifest, organization, connection, problem)
    return _onward(request, manifest, begun)


def _onward(request: HttpRequest, manifest: Marketplace, begun: Begun) -> HttpResponse:
    """To the consent page with the one-time cookie, or to the end when there was nothing to consent to."""
    if begun.done:
        return _arrived(request, manifest, begun.done)
    response = redirect(begun.url)
    response.set_cookie(
        cookie_name(manifest), begun.cookie, COOKIE_SECONDS, secure=secure(), httponly=True, samesite="Lax"
    )
    return response


def _arrived(request: HttpRequest, manifest: Marketplace, returned: Returned) -> HttpResponse:
    if returned.return_to:
        problem = returned.trouble
        answer = {"error": problem.code} if problem else {"code": returned.code}
        return BackToApp(returning.with_answer(returned.return_to, **answer))
    if returned.trouble:
        raise returned.trouble
    if returned.connection is None:
        return render(request, "connect/code.html", {"manifest": manifest, "code": returned.code})
    messages.success(request, _welcome(manifest, returned.connection))
    return redirect("web:marketplaces")


def _welcome(manifest: Marketplace, connection: Connection) -> str:
    """Which shop it is, and what comes next."""
    if not connection.jobs.exists():
        return f"{manifest.name} is connected as {connection.username}. Next: press Import on its card."
    return f"{manifest.name}: {connection.username} is connected again. It is the shop you had here before."


def _start_page(
    request: HttpRequest,
    manifest: Marketplace,
    organization: Organization,
    connection: Connection | None,
    problem: Problem | None = None,
) -> HttpResponse:
    questions = services.questions(manifest.slug)
    context: dict[str, Any] = {
        "manifest": manifest,
        "organization": organization,
        "connection": connection,
        "problem": problem,
        "questions": questions,
        "takes_token": any(secret for _, _, _, secret, _ in questions),
        "configured": is_configured(manifest.slug),
    }
    return _may_lead_to(
        render(request, "connect/start.html", context, status=problem.status if problem else 200), manifest
    )


def _holds_a_secret(request: HttpRequest, manifest: Marketplace) -> bool:
    """Secrets are taken from the page's own form only: an address that holds one was made by somebody else."""
    return any(secret and name in request.GET for name, _, _, secret, _ in services.questions(manifest.slug))


def _straight_on(request: HttpRequest, manifest: Marketplace) -> bool:
    """Whether opening the page may already begin: nothing left to ask, and the person came here on purpose."""
    answered = all(request.GET.get(name) for name, _, _, _, required in services.questions(manifest.slug) if required)
    asked_to = request.headers.get("Sec-Fetch-Site", "none") != "cross-site" and "Sec-Purpose" not in request.headers
    return (
        request.method == "GET" and answered and asked_to and "ask" not in request.GET and is_configured(manifest.slug)
    )


def _reconnected(request: HttpRequest, organization: Organization) -> Connection | None:
    """The shop that is to be connected again, if one is named."""
    public_id = request.POST.get("reconnect") or request.GET.get("reconnect")
    try:
        return queries.get(organization, public_id) if public_id else None
    except NotFound as problem:
        raise Http404(problem.detail) from None


def _may_lead_to(response: HttpResponse, manifest: Marketplace, ticket: Ticket | None = None) -> HttpResponse:
    """Let the page's form redirect to the marketplace, and back to the app that asked."""
    host = urlsplit(manifest.url).hostname
    origin = app_for(manifest.slug).origin
    theirs = (host, f"*.{host}", *manifest.consent_hosts)
    targets = [origin] if origin else [f"https://{each}" for each in theirs]
    if ticket and ticket.return_to:
        parts = urlsplit(ticket.return_to)
        web = parts.scheme in ("http", "https")
        targets.append(f"{parts.scheme}://{parts.netloc}" if web else f"{parts.scheme}:")
    response.form_targets = tuple(targets)  # type: ignore[attr-defined]
    return response


def again(request: HttpRequest, manifest: Marketplace) -> str:
    """Where to start over; a ticket cannot be used twice."""
    signed_in = request.user.is_authenticated
    return f"{reverse('web:connect_login', args=[manifest.slug])}?ask=1" if signed_in else ""


def has_others(request: HttpRequest, manifest: Marketplace) -> bool:
    """Whether a shop of theirs is connected there already."""
    organization = people.organization_of(request.user) if request.user.is_authenticated else None
    return organization is not None and queries.newest_valid(organization, manifest.slug) is not None


def cookie_name(manifest: Marketplace) -> str:
    """One flow a platform in a browser; bound to this very host where there is https."""
    return f"{'__Host-' if secure() else ''}connect_{manifest.slug}"


def secure() -> bool:
    """Whether people come over https."""
    return bool(settings.CONFIG.secure)
