"""OAuth 2.0 as eBay has it: consent for a RuName, codes that live five minutes, refresh tokens that stay the same."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from instica.kit.simulation import Refusal, Request, Response, Routes, json_response
from instica.marketplaces.ebay.simulator import pages
from instica.marketplaces.ebay.simulator.limits import MINTS
from instica.marketplaces.ebay.simulator.post import LOOPBACK
from instica.marketplaces.ebay.simulator.site import Application, Code, Site, Token
from instica.marketplaces.ebay.simulator.words import BASE

TOKENS = Routes()
CONSENT = Routes()
CODE_SECONDS = 299
TOKEN_SECONDS = 7_200
REFRESH_SECONDS = 47_304_000


@CONSENT("GET", "/oauth2/authorize")
def ask(site: Site, request: Request) -> Response:
    """The page on which the person decides."""
    app, accepted, _ = _asked(site, dict(request.query))
    scopes = request.get("scope").split()
    if refused := [scope for scope in scopes if scope not in app.scopes]:
        why = f"The requested scope is invalid, unknown, malformed, or exceeds the scope granted: {refused[0]}"
        return _back(accepted, error="invalid_scope", error_description=why, state=request.get("state"))
    user = site.users[site.signed_in]
    return pages.consent(app.name, user.name, user.username, dict(request.query))


@CONSENT("POST", "/oauth2/authorize")
def decide(site: Site, request: Request) -> Response:
    """The person decided: ``decision`` is ``allow``, and anything else is no."""
    sent = dict(request.form())
    app, accepted, declined = _asked(site, sent)
    state = sent.get("state", "")
    if sent.get("decision") != "allow":
        return _back(declined, error="access_denied", error_description="The resource owner denied it", state=state)
    scopes = tuple(sent.get("scope", "").split()) or app.scopes
    until = site.clock.now() + dt.timedelta(seconds=CODE_SECONDS)
    code = site.secret("i-code")
    site.grants.codes[code] = Code(app.key, sent["redirect_uri"], site.signed_in, scopes, until)
    return _back(accepted, code=code, expires_in=str(CODE_SECONDS), state=state)


def _asked(site: Site, given: dict[str, str]) -> tuple[Application, str, str]:
    """The app that asks, and where a yes and a no lead: its RuName stands for both."""
    app = site.grants.apps.get(given.get("client_id", ""))
    if app is None or given.get("response_type") != "code":
        raise Refusal(pages.notice(400, "Something went wrong", "unauthorized_client"))
    name = given.get("redirect_uri", "")
    if name == app.ru_name:
        return app, app.accepted, app.declined
    if app.key == "sandbox" and urlsplit(name).hostname in LOOPBACK:
        return app, name, name
    raise Refusal(pages.notice(400, "Something went wrong", "The redirect_uri is not the RuName of this application."))


@TOKENS("POST", "/identity/v1/oauth2/token")
def token(site: Site, request: Request) -> Response:
    """Mint or refresh."""
    app = _client(site, request)
    form = dict(request.form())
    kind = form.get("grant_type", "")
    if kind not in MINTS:
        raise _refused(400, "unsupported_grant_type", "The grant type in the request is not supported")
    if not site.limits.take(f"mint {kind}", MINTS[kind], site.clock.now()):
        raise _refused(429, "too_many_requests", "The daily limit of token requests is reached")
    if kind == "client_credentials":
        return _for_application(site, app, form)
    if kind == "authorization_code":
        return _for_code(site, app, form)
    return _refreshed(site, app, form)


def _for_application(site: Site, app: Application, form: dict[str, str]) -> Response:
    scopes = _scopes(form, (BASE,))
    if set(scopes) - set(app.scopes):
        raise _refused(400, "invalid_scope", "The requested scope is invalid, unknown, malformed, or exceeds the scope")
    return json_response(200, _minted(site, app, "", scopes, "Application Access Token"))


def _for_code(site: Site, app: Application, form: dict[str, str]) -> Response:
    given = form.get("code", "")
    code = site.grants.codes.pop(given, None) or site.grants.codes.pop(unquote(given), None)
    fits = code and code.key == app.key and code.back_to == form.get("redirect_uri") and code.until > site.clock.now()
    if not code or not fits:
        why = "the provided authorization grant code is invalid or was issued to another client"
        raise _refused(400, "invalid_grant", why)
    refresh = site.secret("r-refresh")
    until = site.clock.now() + dt.timedelta(seconds=REFRESH_SECONDS)
    site.grants.refresh[refresh] = Token(app.key, code.user, code.scopes, until)
    minted = _minted(site, app, code.user, code.scopes, "User Access Token")
    more = {"refresh_token": refresh, "refresh_token_expires_in": REFRESH_SECONDS}
    return json_response(200, {**minted, **more})


def _refreshed(site: Site, app: Application, form: dict[str, str]) -> Response:
    held = site.grants.refresh.get(form.get("refresh_token", ""))
    if held is None or held.key != app.key or (held.until and held.until <= site.clock.now()):
        why = "the provided authorization refresh token is invalid or was issued to another client"
        raise _refused(400, "invalid_grant", why)
    scopes = _scopes(form, held.scopes)
    if set(scopes) - set(held.scopes):
        raise _refused(400, "invalid_scope", "The requested scope is invalid, unknown, malformed, or exceeds the scope")
    return json_response(200, _minted(site, app, held.user, scopes, "User Access Token"))


def _minted(site: Site, app: Application, user: str, scopes: tuple[str, ...], kind: str) -> dict[str, Any]:
    access = site.secret("t-access")
    until = site.clock.now() + dt.timedelta(seconds=TOKEN_SECONDS)
    site.grants.access[access] = Token(app.key, user, scopes, until)
    return {"access_token": access, "expires_in": TOKEN_SECONDS, "token_type": kind}


def _client(site: Site, request: Request) -> Application:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    try:
        key, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        key, secret = "", ""
    app = site.grants.apps.get(unquote(key))
    if scheme.lower() != "basic" or app is None or app.secret != unquote(secret):
        raise _refused(401, "invalid_client", "client authentication failed")
    return app


def _scopes(form: dict[str, str], default: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(form.get("scope", "").split()) or default


def _refused(status: int, name: str, why: str) -> Refusal:
    return Refusal(json_response(status, {"error": name, "error_description": why}))


def _back(address: str, **fields: str) -> Response:
    joint = "&" if "?" in address else "?"
    query = urlencode({name: value for name, value in fields.items() if value})
    return Response(302, b"", [("Location", f"{address}{joint}{query}")])
