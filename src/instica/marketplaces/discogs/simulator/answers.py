"""How this site answers: messages, pages of rows, and the call a handler gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from instica.kit.simulation import Refusal, Request, Response, json_response
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.people import User

MOST = 100
USUAL = 50
LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: ``images`` with any good credential, ``user`` only where it acts as a person."""

    images: bool = False
    user: User | None = None
    consumer: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One API call."""

    request: Request
    caller: Caller

    @property
    def origin(self) -> str:
        """Where our own links start."""
        return self.request.origin

    def signed_in(self) -> User:
        """The person acting. Refuses a call without one."""
        if self.caller.user is None:
            raise unauthorized(words.SIGN_IN)
        return self.caller.user

    def owns(self, user: User) -> bool:
        """Whether that person is the one acting."""
        return self.caller.user is not None and self.caller.user.id == user.id

    def get(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.get(name, default)

    def body(self) -> dict[str, Any]:
        """The JSON object sent; a form is read as one too, and nothing as an empty one."""
        if fields := self.request.form():
            return dict(fields)
        try:
            given = self.request.json() if self.request.body.strip() else {}
        except ValueError:
            raise message(400, "The body could not be read as JSON.") from None
        if not isinstance(given, dict):
            raise message(400, "The body must be a JSON object.")
        return given


def said(status: int, text: str) -> Response:
    """``{"message": text}``."""
    return json_response(status, {"message": text})


def message(status: int, text: str) -> Refusal:
    """A refusal with that message."""
    return Refusal(said(status, text))


def unauthorized(text: str) -> Refusal:
    """401 with the challenge."""
    return Refusal(said(401, text).with_headers(("WWW-Authenticate", words.REALM)))


def found(status: int, content: Any) -> Response:
    """Content, as JSON."""
    return json_response(status, content)


def number(text: str) -> int:
    """The id that a path or a cell names; -1, which is nobody's, where that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else -1


def _asked(text: str, default: int) -> int:
    return -number(text[1:]) if text.startswith("-") else number(text) if text and number(text) >= 0 else default


def page(
    call: Call, key: str, total: int, rows: Callable[[int, int], Sequence[Mapping[str, Any]]], *, pages_at_most: int = 0
) -> Response:
    """One page of ``total`` rows; ``rows(start, stop)`` makes those shown. Past the end is a 404."""
    size = min(MOST, max(1, _asked(call.get("per_page"), USUAL)))
    which = max(1, _asked(call.get("page"), 1))
    pages = max(1, -(-total // size))
    if which > pages or (pages_at_most and which > pages_at_most):
        raise message(404, words.NOT_FOUND)
    urls = _urls(call, which, pages, size)
    links = ", ".join(f'<{url}>; rel="{name}"' for name, url in urls.items())
    content = {
        "pagination": {"page": which, "pages": pages, "per_page": size, "items": total, "urls": urls},
        key: rows((which - 1) * size, which * size),
    }
    return json_response(200, content, *([("Link", links)] if links else []))


def _urls(call: Call, which: int, pages: int, size: int) -> dict[str, str]:
    kept = [(name, value) for name, value in call.request.query if name not in {"page", "per_page"}]

    def url(target: int) -> str:
        return f"{call.origin}{call.request.path}?{urlencode([*kept, ('page', target), ('per_page', size)])}"

    urls: dict[str, str] = {}
    if which > 1:
        urls |= {"first": url(1), "prev": url(which - 1)}
    if which < pages:
        urls |= {"last": url(pages), "next": url(which + 1)}
    return urls
