"""ETag and If-Match: who changes something says what it looked like, and is refused when it no longer does."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from pydantic_core import to_json

from instica.core.errors import Stale

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag you read; 412 when it has changed since."
)


def tag(content: bytes) -> str:
    """The mark of an answer."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def unless_stale(request: HttpRequest, now: object) -> None:
    """Raise ``Stale`` when the caller says how it looked and it does not look so now."""
    given = request.META.get("HTTP_IF_MATCH", "")
    known = {each.strip().removeprefix("W/") for each in given.split(",") if each.strip()}
    if known and "*" not in known and tag(to_json(now)) not in known:
        raise Stale("It changed since you read it. Read it again and decide anew.", code="changed_since_read")


def tagged(result: object, status: int = 200) -> HttpResponse:
    """An answer with its mark, so that the next change can name it."""
    response = HttpResponse(to_json(result), status=status, content_type="application/json")
    response["ETag"] = tag(response.content)
    return response
