"""Gives every request an id, and every failure below /api/ the form of a problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from instica.api import problems
from instica.core import ids

Next = Callable[[HttpRequest], HttpResponseBase]
ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIds:
    """Keeps the caller's X-Request-ID when it is harmless, else makes one; answers it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if ACCEPTED_ID.fullmatch(given) else ids.show("req", ids.new())
        request.META["HTTP_X_REQUEST_ID"] = chosen
        response = self.get_response(request)
        response["X-Request-ID"] = chosen
        return response


class ApiProblems:
    """Replaces whatever page the framework made of a failure below /api/: unknown paths, bad hosts, crashes."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or not request.path.startswith("/api/"):
            return response
        if response.get("Content-Type", "").startswith(problems.MEDIA_TYPE):
            return response
        return self.translate(request, response)

    @staticmethod
    def translate(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
        """The same status as a problem document, keeping what the client needs of the headers."""
        problem = problems.respond(request, response.status_code, "")
        for header in ("Allow", "Retry-After"):
            if header in response:
                problem[header] = response[header]
        return problem
