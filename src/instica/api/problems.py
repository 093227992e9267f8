"""Turns everything that can go wrong into ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from pydantic import BaseModel, Field
from pydantic_core import to_json
from rest_framework import exceptions

from instica.api.problem_types import kind_of
from instica.core.errors import Fault, Problem

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="Instica API"'


class FaultShape(BaseModel):
    """One thing wrong with what was sent."""

    detail: str
    pointer: str = Field(description="JSON pointer into the body, or `?name` for a query parameter.")


class ProblemShape(BaseModel):
    """What every answer of 400 and above looks like (RFC 9457)."""

    type: str = Field(description="Address of the page that explains this kind of problem.")
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    error_code: str | None = Field(default=None, description="For machines; never changes.")
    errors: list[FaultShape] | None = Field(default=None, description="Every fault of the body or query at once.")


def request_id(request: HttpRequest) -> str:
    """The id this request carries through answer and log."""
    return str(request.META.get("HTTP_X_REQUEST_ID", ""))


def respond(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    code: str = "",
    faults: Sequence[Fault] = (),
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The problem document as a response."""
    kind = kind_of(status, code)
    body: dict[str, Any] = {
        "type": f"{settings.SITE_URL}/api/v1/problems/{kind.slug}/",
        "title": kind.title,
        "status": status,
        "detail": detail or kind.help,
        "instance": request.path,
        "request_id": request_id(request),
    }
    if code:
        body["error_code"] = code
    if faults:
        body["errors"] = [{"detail": fault.detail, "pointer": fault.pointer} for fault in faults]
    response = HttpResponse(to_json(body | (extra or {})), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = CHALLENGE
    return response


def faults_of(detail: Any, pointer: str = "#") -> Iterator[Fault]:
    """The faults inside a serializer's nested errors."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from faults_of(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for inner in detail:
            yield from faults_of(inner, pointer)
    else:
        yield Fault(str(detail), pointer)


def of_framework(error: exceptions.APIException, request: HttpRequest) -> HttpResponse:
    """A problem from an exception of the REST framework."""
    if isinstance(error, exceptions.ValidationError):
        faults = tuple(faults_of(error.detail))
        return respond(request, 400, "The request is not valid.", code="validation_error", faults=faults)
    response = respond(request, error.status_code, str(error.detail))
    wait: float | None = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(max(1, math.ceil(wait)))
    return response


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The exception handler of every endpoint; what it does not know becomes a 500 further out."""
    request: HttpRequest = context["request"]
    match error:
        case Problem():
            return respond(
                request, error.status, error.detail, code=error.code, faults=error.faults, extra=dict(error.extra)
            )
        case Http404():
            return respond(request, 404, "Not found.")
        case PermissionDenied():
            return respond(request, 403, "Not allowed.")
        case RequestDataTooBig():
            return respond(request, 413, "The body is too large.")
        case exceptions.APIException():
            return of_framework(error, request)
    return None
