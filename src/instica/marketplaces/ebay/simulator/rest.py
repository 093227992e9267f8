"""How the REST APIs answer: error envelopes, pages, and the call a handler gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from instica.kit.simulation import Refusal, Request, Response, Routes, json_response
from instica.marketplaces.ebay.simulator.people import User
from instica.marketplaces.ebay.simulator.site import Site, Token
from instica.marketplaces.ebay.simulator.words import BASE, LOCALES

Body = dict[str, Any]
DOMAINS = {
    "inventory": "API_INVENTORY",
    "fulfillment": "API_FULFILLMENT",
    "account": "API_ACCOUNT",
    "notification": "API_NOTIFICATION",
    "taxonomy": "API_TAXONOMY",
    "metadata": "API_METADATA",
    "feed": "API_FEED",
    "identity": "API_IDENTITY",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a REST API. ``token`` is who calls; ``local`` is the path inside of the API."""

    site: Site
    request: Request
    token: Token
    base: str

    @property
    def user(self) -> User:
        """The person acting. Refuses an application's own token."""
        if not self.token.user:
            raise forbidden()
        return self.site.users[self.token.user]

    def get(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.get(name, default)

    def body(self) -> Body:
        """The JSON object that was sent."""
        try:
            given = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise error(
                400, 2004, "ACCESS", "Invalid request", "The request has errors. Could not serialize."
            ) from None
        if not isinstance(given, dict):
            raise error(400, 2004, "ACCESS", "Invalid request", "Could not serialize field [body]")
        return given

    def url(self, path: str) -> str:
        """A link into this API."""
        return f"{self.request.origin}{self.base}{path}"

    def wants_language(self) -> None:
        """Refuse a write without the language it is in."""
        if self.request.headers.get("content-language") not in LOCALES:
            raise error(400, 25709, "API_INVENTORY", "Invalid value for header Content-Language.")


def problem(
    number: int, domain: str, message: str, long: str = "", category: str = "REQUEST", parameters: Iterable[Body] = ()
) -> Body:
    """One error or warning."""
    said: Body = {"errorId": number, "domain": domain, "category": category, "message": message}
    if long:
        said["longMessage"] = long
    if parameters := list(parameters):
        said["parameters"] = parameters
    return said


def error(
    status: int,
    number: int,
    domain: str,
    message: str,
    long: str = "",
    category: str = "REQUEST",
    parameters: Iterable[Body] = (),
) -> Refusal:
    """A refusal with one error."""
    return errors(status, [problem(number, domain, message, long, category, parameters)])


def errors(status: int, problems: list[Body]) -> Refusal:
    """A refusal with several."""
    return Refusal(json_response(status, {"errors": problems}))


def forbidden() -> Refusal:
    """403: the token does not reach that far."""
    text = "Insufficient permissions to fulfill the request."
    return error(403, 1100, "ACCESS", "Access denied", text)


def unauthorized() -> Refusal:
    """401."""
    long = "Invalid access token. Check the value of the Authorization HTTP request header."
    return error(401, 1001, "OAuth", "Invalid access token", long)


def throttled() -> Response:
    """429."""
    long = "The call limit for this API has been reached. For details, see the API Call Limits page."
    said = problem(2001, "ACCESS", "Too many requests. The request limit has been reached for the resource.", long)
    return json_response(429, {"errors": [said]})


def bearer(site: Site, request: Request) -> Token:
    """The token a call carries. Refuses one that is unknown or over."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = site.grants.access.get(value.strip()) if scheme.lower() == "bearer" else None
    if token is None or (token.until and token.until <= site.clock.now()):
        raise unauthorized()
    return token


def demand(token: Token, *names: str) -> None:
    """Refuse a token that holds none of these scopes (``""`` is the base scope)."""
    wanted = {f"{BASE}/{name}" if name else BASE for name in names}
    if not wanted & set(token.scopes):
        raise forbidden()


def whole(call: Call, name: str, default: int, least: int, most: int, refusal: Callable[[], Refusal]) -> int:
    """A whole number in the query, within bounds."""
    text = call.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise refusal()
    return int(text)


def page(call: Call, path: str, rows: Mapping[str, Any], *, limit: int, offset: int, step: int, total: int) -> Body:
    """The frame of a list. ``step`` is what ``offset`` moves by: 1 where it counts pages, ``limit`` where records."""
    shown = offset * limit if step == 1 else offset
    kept = [(name, value) for name, value in call.request.query if name not in ("limit", "offset")]

    def link(target: int) -> str:
        return call.url(f"{path}?{urlencode([*kept, ('limit', limit), ('offset', target)])}")

    frame: Body = {"href": link(offset), "limit": limit, "total": total}
    if shown + limit < total:
        frame["next"] = link(offset + step)
    if offset:
        frame["prev"] = link(max(0, offset - step))
    return {**frame, **rows}


def amount(cents: int | None, currency: str) -> Body:
    """``{"value", "currency"}`` with two places."""
    return {"value": f"{(cents or 0) / 100:.2f}", "currency": currency}


def cents(given: object) -> int | None:
    """An amount in hundredths, ``None`` where it is none."""
    value = given.get("value") if isinstance(given, dict) else None
    try:
        return round(float(str(value)) * 100)
    except (ValueError, OverflowError):
        return None


def answer(status: int, content: Any = None, *headers: tuple[str, str]) -> Response:
    """Content as JSON, or nothing at all."""
    if content is None:
        return Response(status, b"", list(headers))
    return json_response(status, content, *headers)


__all__ = ["Body", "Call", "Routes", "amount", "answer", "bearer", "cents", "demand", "error", "errors", "page"]
