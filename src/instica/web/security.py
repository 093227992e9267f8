"""The headers that keep a page to itself."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from instica.marketplaces import every

PERMISSIONS = ", ".join(
    f"{name}=()" for name in "accelerometer camera geolocation gyroscope magnetometer microphone payment usb".split()
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}


def sandboxes() -> list[str]:
    """Origins that stand in for marketplaces on this installation; their photos come from there."""
    names = (f"INSTICA_{slug.upper()}_ORIGIN" for slug in every())
    return sorted({origin.rstrip("/") for name in names if (origin := os.environ.get(name, "").strip())})


def policy(form_targets: tuple[str, ...] = ()) -> str:
    """No inline script or style, nothing from elsewhere but photos, no frames."""
    photos = " ".join(["'self'", "data:", "https:", *sandboxes()])
    forms = " ".join(["'self'", *form_targets])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self';"
        f" manifest-src 'self'; img-src {photos}; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Sets them on every answer. A view may set its own policy, or name ``form_targets`` its form redirects to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        response.headers.setdefault("Content-Security-Policy", policy(getattr(response, "form_targets", ())))
        return response
