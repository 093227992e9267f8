"""The whole URL map on one page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/", include("instica.hooks.urls")),
    path("api/v1/", include("instica.api.v1.urls")),
    path("", include("instica.web.urls")),
    path("accounts/", include("allauth.urls")),
]
