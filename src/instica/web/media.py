"""Serves pictures: only what we drew ourselves, under names nobody guesses and whose content never changes."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

LOGO = re.compile(r"[0-9a-f]{32}\.png")
PHOTO = re.compile(r"[0-9a-f]{32}/[0-9a-f]{32}\.jpg")


@require_safe
def logo(request: HttpRequest, name: str) -> FileResponse:
    """A logo; anything that is not named as we name them does not exist."""
    return drawn("logos", LOGO, name, "image/png")


@require_safe
def photo(request: HttpRequest, name: str) -> FileResponse:
    """Our copy of a photo. Marketplaces and API clients fetch it too, so its name is its key."""
    return drawn("photos", PHOTO, name, "image/jpeg")


def drawn(folder: str, names: re.Pattern[str], name: str, kind: str) -> FileResponse:
    """A picture of ours, kept by browsers for good. Raises ``Http404``."""
    path = Path(settings.MEDIA_ROOT) / folder / name
    if not names.fullmatch(name) or not path.is_file():
        raise Http404("There is no such picture.")
    response = FileResponse(path.open("rb"), content_type=kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
