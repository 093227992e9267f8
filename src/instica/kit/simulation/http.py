"""A request and a response as a simulator sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

LARGEST_BODY = 64 * 1024 * 1024


class Refusal(Exception):
    """Answered as ``response``; raised by handlers instead of returned where that reads better."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(slots=True)
class Request:
    """One call: ``origin`` is how the caller addressed us, ``address`` where it came from; header names are lower."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    address: str
    query: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.query = parse_qsl(self.query_string, keep_blank_values=True)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)

    def form(self) -> list[tuple[str, str]]:
        """The fields of a form-encoded body; empty for any other kind."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def json(self) -> Any:
        """The JSON body. Raises ``ValueError`` when it is none."""
        return json.loads(self.body)


@dataclass(slots=True)
class Response:
    """An answer; ``body`` may be an iterator for what is too large to hold."""

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def line(self) -> str:
        """``200 OK``."""
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"{self.status} Unknown"

    def with_headers(self, *headers: tuple[str, str]) -> Response:
        """Itself, after adding headers."""
        self.headers.extend(headers)
        return self


def json_response(status: int, content: Any, *headers: tuple[str, str]) -> Response:
    """``content`` as JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, [("Content-Type", "application/json"), *headers])


def read(environ: Mapping[str, Any]) -> Request:
    """The request behind a WSGI environment."""
    headers = {
        name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    scheme = environ.get("wsgi.url_scheme", "http")
    host = headers.get("host") or f"{environ.get('SERVER_NAME', '')}:{environ.get('SERVER_PORT', '')}"
    return Request(
        method=environ["REQUEST_METHOD"].upper(),
        path=_path(environ.get("PATH_INFO", "")) or "/",
        query_string=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=_body(environ),
        origin=f"{scheme}://{host}",
        address=environ.get("REMOTE_ADDR", ""),
    )


def _body(environ: Mapping[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH") or environ.get("HTTP_CONTENT_LENGTH") or "0"
    wanted = min(int(length), LARGEST_BODY) if str(length).isdigit() else 0
    return bytes(environ["wsgi.input"].read(wanted)) if wanted else b""


def _path(told: str) -> str:
    """WSGI tells paths as UTF-8 in Latin-1 clothes; an in-process client may tell them as they are."""
    try:
        return told.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return told
