"""Takes deliveries in: proven, stored, answered; what they mean is found out later."""

from __future__ import annotations

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from instica.connections.credentials import app_for
from instica.core.errors import NotFound
from instica.kit.errors import NotGenuine, RemoteFailure
from instica.sync import services

log = structlog.get_logger(__name__)


@csrf_exempt
def receive(request: HttpRequest, marketplace: str) -> HttpResponse:
    """One delivery, or a marketplace that wants to know whether this address is ours."""
    try:
        services.webhooks_of(marketplace)
        if request.method == "GET":
            return _challenged(request, marketplace)
        if request.method == "POST":
            return _stored(request, marketplace)
    except NotFound:
        return _said(404, "Not found")
    except NotGenuine:
        log.warning("webhook.forged", marketplace=marketplace)
        return _said(401, "Not genuine")
    except RemoteFailure:
        return _said(503, "Try again later", {"Retry-After": "60"})
    return HttpResponseNotAllowed(["GET", "POST"])


def _stored(request: HttpRequest, marketplace: str) -> HttpResponse:
    try:
        body = request.body
    except RequestDataTooBig:
        return _said(413, "Too large")
    count = services.deliver(marketplace=marketplace, headers=_headers(request), body=body)
    log.info("webhook.stored", marketplace=marketplace, count=count)
    return _said(200, "Stored")


def _challenged(request: HttpRequest, marketplace: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    webhooks = services.webhooks_of(marketplace)
    answer = webhooks.challenge(app_for(marketplace), "GET", _headers(request), query)
    if answer is None:
        return HttpResponseNotAllowed(["POST"])
    return HttpResponse(answer, content_type="application/json" if answer.startswith("{") else "text/plain")


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _said(status: int, words: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8", headers=headers or {})
