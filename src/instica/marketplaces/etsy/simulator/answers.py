"""How this site answers and what it understands: errors, lists of rows, parameters in every form clients send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from instica.kit.simulation import Refusal, Request, Response, json_response
from instica.marketplaces.etsy.simulator import words
from instica.marketplaces.etsy.simulator.people import Seller

MOST, USUAL, DEEPEST = 100, 25, 12_000
LONGEST_NUMBER = 19


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: ``user`` only with a good token, ``scopes`` as that token grants them."""

    user: Seller | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One API call."""

    request: Request
    caller: Caller = field(default_factory=Caller)

    @property
    def origin(self) -> str:
        """Where our own links start."""
        return self.request.origin

    def get(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.get(name, default)

    def many(self, name: str) -> list[str]:
        """A list in the query: by commas, repeated, or with brackets."""
        given = [value for key, value in self.request.query if key in (name, f"{name}[]")]
        return [part.strip() for value in given for part in value.split(",") if part.strip()]

    def body(self) -> dict[str, Any]:
        """What was sent: JSON, a form, or a multipart form, whose files are bytes."""
        kind = self.request.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return _parts(kind, self.request.body)
        if kind.startswith("application/x-www-form-urlencoded"):
            return _fields(self.request.form())
        try:
            given = self.request.json() if self.request.body.strip() else {}
        except ValueError:
            raise error(400, "The request body could not be read as JSON") from None
        return given if isinstance(given, dict) else {}


def _fields(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        name = key.removesuffix("[]")
        if key.endswith("[]") or name in found:
            before = found.get(name, [])
            found[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            found[name] = value
    return found


def _parts(kind: str, body: bytes) -> dict[str, Any]:
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=HTTP)
    found: dict[str, Any] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        found[str(name)] = content if part.get_filename() else content.decode("utf-8", "replace")
    return found


def said(status: int, text: str, **more: str) -> Response:
    """``{"error": text}``."""
    return json_response(status, {"error": text, **more})


def error(status: int, text: str, **more: str) -> Refusal:
    """A refusal with that text."""
    return Refusal(said(status, text, **more))


def missing(name: str) -> Refusal:
    """A parameter that has to be there is not."""
    return error(400, f"Missing input parameter: [{name}]")


def found(content: Any, status: int = 200) -> Response:
    """Content, as JSON."""
    return json_response(status, content)


def rows(content: Sequence[Any], count: int | None = None) -> Response:
    """A list in its envelope."""
    return json_response(200, {"count": len(content) if count is None else count, "results": list(content)})


def page(call: Call, count: int, make: Callable[[int, int], Sequence[Mapping[str, Any]]]) -> Response:
    """One page of ``count`` rows; ``make(start, stop)`` makes those shown. More than 100 at once are cut silently."""
    limit, offset = asked(call, "limit", USUAL), asked(call, "offset", 0)
    if offset > DEEPEST:
        raise error(400, words.TOO_DEEP)
    return rows(make(offset, offset + min(MOST, max(1, limit))), count)


def asked(call: Call, name: str, default: int) -> int:
    """A whole number of the query."""
    text = call.get(name)
    if not text:
        return default
    if number(text) < 0:
        raise error(400, f"Expected int value for '{name}' (got '{text}')")
    return number(text)


def number(text: object) -> int:
    """The number that a path or a field names; -1, which is nobody's, where that is none."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    plain = str(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER else -1


def yes(given: object) -> bool:
    """``true`` in any of its spellings."""
    return str(given).lower() in {"true", "1"}


def texts(given: object) -> tuple[str, ...]:
    """A list of texts: as such, or by commas."""
    parts = given if isinstance(given, list) else str(given or "").split(",")
    return tuple(str(part).strip() for part in parts if str(part).strip())
