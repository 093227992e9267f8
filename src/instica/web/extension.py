"""The pages of the browser extension: where to get it, pairing a browser, and taking a pairing back."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import qrcode
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from instica.kit.contract import Marketplace
from instica.marketplaces import every, get
from instica.people import pairing, queries, tokens
from instica.people.models import Organization, User
from instica.web.door import act
from instica.web.posted import takes_forms

PACKAGES = ("instica-chromium.zip", "instica-firefox.zip")
BUILT = Path(settings.ROOT).parent.parent / "dist"
AGENT = re.compile(r"(?P<firefox>Firefox|FxiOS)/")


@require_safe
@never_cache
def install(request: HttpRequest) -> HttpResponse:
    """What it is, where to get it, how to load it, and pairing."""
    return page(request, None)


@require_safe
def package(request: HttpRequest, name: str) -> FileResponse:
    """The extension as it was built here. Raises ``Http404`` where nobody built it."""
    if name not in PACKAGES or not (BUILT / name).is_file():
        raise Http404("The extension was not built here.")
    return FileResponse((BUILT / name).open("rb"), as_attachment=True, filename=name, content_type="application/zip")


@takes_forms
@login_required
@never_cache
def pair(request: HttpRequest) -> HttpResponse:
    """A fresh code, shown this once: the answer is the page itself, so that the code is kept nowhere."""
    assert isinstance(request.user, User)
    organization = queries.organization_of(request.user)
    if organization is None:
        raise Http404("You belong to no organization yet.")
    made, code = pairing.offer(organization=organization, user=request.user)
    link = f"{settings.SITE_URL}{reverse('web:extension')}#{code}"
    fresh = {"code": code, "link": link, "expires": made.expires, "drawn": drawn(link)}
    return page(request, manifest_of(request.POST.get("place", "")), fresh=fresh)


@act
def unpair(request: HttpRequest, organization: Organization, number: int) -> str:
    """That browser's key is dead at once; what it delivered stays."""
    assert isinstance(request.user, User)
    own = (token for token in pairing.browsers(organization, request.user) if token.id == number)
    token = next(own, None)
    if token is None:
        raise Http404("No such browser.")
    tokens.delete(token=token, by=request.user)
    messages.success(request, f"{token.name} is no longer paired. What it brought here stays.")
    return reverse("web:extension")


def manifest_of(slug: str) -> Marketplace | None:
    """The marketplace whose page it is, if the extension reads it."""
    found = get(slug)
    return found if found is not None and found.connection == "extension" else None


def page(request: HttpRequest, manifest: Marketplace | None, **more: Any) -> HttpResponse:
    """The page of the extension, or of one marketplace that it reads."""
    user = request.user if isinstance(request.user, User) else None
    organization = queries.organization_of(user) if user else None
    firefox = AGENT.search(request.headers.get("User-Agent", "")) is not None
    context = {
        "manifest": manifest,
        "places": [place for place in every().values() if place.connection == "extension"],
        "packages": [name for name in PACKAGES if (BUILT / name).is_file()],
        "firefox": firefox,
        "organization": organization,
        "browsers": pairing.browsers(organization, user) if organization and user else [],
        **more,
    }
    return render(request, "connect/extension.html", context)


def drawn(link: str) -> dict[str, Any]:
    """A link as a QR code: its width in modules and the path of its dark ones."""
    code = qrcode.QRCode(border=2)
    code.add_data(link)
    code.make(fit=True)
    rows = code.get_matrix()
    path = io.StringIO()
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                path.write(f"M{across} {down}h1v1h-1z")
    return {"size": len(rows), "path": path.getvalue()}
