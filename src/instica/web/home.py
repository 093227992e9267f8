"""The landing page, the choice of colours, and the marketplaces' icons."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from instica import marketplaces
from instica.web.door import came_from
from instica.web.posted import takes_forms
from instica.web.templatetags.web import theme

YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is and the way in; who is signed in goes to the inventory."""
    if request.user.is_authenticated:
        return redirect("web:inventory")
    return render(request, "web/home.html", {"marketplaces": marketplaces.every().values()})


@takes_forms
def colours(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or auto in a cookie."""
    response = HttpResponseRedirect(came_from(request))
    secure = request.is_secure()
    response.set_cookie("theme", theme(request.POST.get("theme")), YEAR, samesite="Lax", secure=secure, httponly=True)
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def icon(request: HttpRequest, slug: str) -> HttpResponse:
    """The icon of a marketplace's folder."""
    manifest = marketplaces.get(slug)
    path = manifest.folder / "icon.svg" if manifest else None
    if path is None or not path.is_file():
        raise Http404("There is no such icon.")
    return HttpResponse(path.read_bytes(), content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=3600)
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, where browsers and tools look for it unasked."""
    return HttpResponseRedirect(static("web/mark.svg"))
