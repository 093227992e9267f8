"""OAuth 2: consent on a page, a code with PKCE, and tokens whose refresh token changes with every use."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urlencode

from instica.kit.simulation import Refusal, Response, Routes, json_response
from instica.marketplaces.etsy.simulator import pages, words
from instica.marketplaces.etsy.simulator.answers import Call, error, said
from instica.marketplaces.etsy.simulator.gate import keyed, seller
from instica.marketplaces.etsy.simulator.site import HOUR, NINETY_DAYS, Application, Code, Site, Token

TOKENS = Routes()
CONSENT = Routes()
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")


@CONSENT("GET", "/oauth/connect")
def ask(site: Site, call: Call) -> Response:
    """The page on which the person decides; a bad request goes back with its error."""
    asked = {name: call.get(name) for name in ASKED}
    app = _app(site, asked)
    if isinstance(app, Response):
        return app
    if problem := _problem(asked):
        return _back(asked, error="invalid_request", error_description=problem)
    person = seller(site.signed_in)
    return pages.consent(app.name, person.name if person else "", asked)


@CONSENT("POST", "/oauth/connect")
def decide(site: Site, call: Call) -> Response:
    """The person decided: ``decision`` is ``allow``, and anything else is no."""
    sent = dict(call.request.form())
    app = _app(site, sent)
    if isinstance(app, Response):
        return app
    if problem := _problem(sent):
        return _back(sent, error="invalid_request", error_description=problem)
    if sent.get("decision") != "allow":
        return _back(sent, error="access_denied", error_description="The user denied access")
    code = site.secret("code")
    scopes = tuple(sent["scope"].split())
    until = site.clock.now() + HOUR / 6
    site.codes[code] = Code(app.key, sent["redirect_uri"], sent["code_challenge"], scopes, site.signed_in, until)
    return _back(sent, code=code)


def _app(site: Site, asked: dict[str, str]) -> Application | Response:
    app, redirect = site.apps.get(asked.get("client_id", "")), asked.get("redirect_uri", "")
    if app is None:
        return pages.notice(400, "Unknown application", "The keystring is not that of an application.")
    if not redirect or (app.redirects and redirect not in app.redirects):
        return pages.notice(400, "Not permitted", "The requested redirect URL is not permitted.")
    return app


def _problem(asked: dict[str, str]) -> str:
    if missing := [name for name in ASKED if not asked.get(name)]:
        return f"Missing: {', '.join(missing)}"
    if asked["response_type"] != "code" or asked["code_challenge_method"] != "S256":
        return "response_type must be code and code_challenge_method S256"
    unknown = set(asked["scope"].split()) - set(words.SCOPES)
    return f"Unknown scope: {', '.join(sorted(unknown))}" if unknown else ""


def _back(asked: dict[str, str], **answer: str) -> Response:
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    query = urlencode({**answer, "state": asked.get("state", "")})
    return Response(302, b"", [("Location", f"{asked['redirect_uri']}{joint}{query}")])


@TOKENS("POST", "/v3/public/oauth/token")
def token(site: Site, call: Call) -> Response:
    """A code or a refresh token for a fresh pair."""
    if site.switches["token_key"]:
        keyed(site, call.request)
    sent = call.body()
    key = str(sent.get("client_id", "")).partition(":")[0]
    if key not in site.apps:
        raise error(401, "invalid_client", error_description="client_id is invalid")
    if sent.get("grant_type") == "authorization_code":
        return _exchanged(site, key, sent)
    if sent.get("grant_type") == "refresh_token":
        return _refreshed(site, key, str(sent.get("refresh_token", "")))
    return said(400, "unsupported_grant_type", error_description="grant_type is not supported")


def _exchanged(site: Site, key: str, sent: dict[str, Any]) -> Response:
    code, verifier = site.codes.pop(str(sent.get("code", "")), None), str(sent.get("code_verifier", ""))
    if code is None or code.until <= site.clock.now() or code.key != key:
        raise _invalid("code is invalid, spent or expired")
    if code.redirect != sent.get("redirect_uri"):
        raise _invalid("redirect_uri does not match")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not VERIFIER.fullmatch(verifier) or digest != code.challenge:
        raise _invalid("code_verifier is invalid")
    return _pair(site, code.user_id, key, code.scopes, next(site.families))


def _refreshed(site: Site, key: str, given: str) -> Response:
    held = site.refresh.get(given)
    if held is None or held.key != key or (given in site.spent and not site.switches["old_refresh_lives"]):
        raise _invalid("refresh_token is revoked")
    if held.until <= site.clock.now():
        raise _invalid("refresh_token is expired")
    site.spent.add(given)
    return _pair(site, held.user_id, key, held.scopes, held.family)


def _pair(site: Site, user_id: int, key: str, scopes: tuple[str, ...], family: int) -> Response:
    access, refresh = f"{user_id}.{site.secret('access')}", f"{user_id}.{site.secret('refresh')}"
    now = site.clock.now()
    site.access[access] = Token(user_id, key, scopes, now + HOUR, family)
    site.refresh[refresh] = Token(user_id, key, scopes, now + NINETY_DAYS, family)
    pair = {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh}
    return json_response(200, pair, ("Cache-Control", "no-store"))


def _invalid(why: str) -> Refusal:
    return error(400, "invalid_grant", error_description=why)
