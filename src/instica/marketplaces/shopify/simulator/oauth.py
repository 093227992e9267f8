"""The authorization code grant: the consent page, the signed callback, tokens that expire and are renewed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from instica.kit.simulation import Refusal, Request, Response, Routes, json_response
from instica.marketplaces.shopify.simulator import pages
from instica.marketplaces.shopify.simulator.site import DAYS_90, MINUTES_60, Application, Code, Grant, Site

ROUTES = Routes()
CODE_LIVES = 3_600
UNKNOWN = "[API] Invalid API key or access token (unrecognized login or wrong password)"
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@ROUTES("GET", "/admin/oauth/authorize")
def ask(site: Site, request: Request) -> Response:
    """The page on which the merchant decides."""
    asked = dict(request.query)
    app = site.apps.get(asked.get("client_id", ""))
    if app is None:
        return pages.notice(400, "Oauth error invalid_request", "Could not find Shopify API application.")
    if not _is_address(asked.get("redirect_uri", "")):
        return pages.notice(400, "Oauth error invalid_request", "The redirect_uri is not whitelisted.")
    scopes = [scope.strip() for scope in asked.get("scope", "").split(",") if scope.strip()]
    return pages.consent(app.name, site.shop, scopes, asked)


@ROUTES("POST", "/admin/oauth/authorize")
def decide(site: Site, request: Request) -> Response:
    """The merchant decided: ``decision`` is ``allow``, and anything else is no."""
    sent = dict(request.form())
    app = site.apps.get(sent.get("client_id", ""))
    if app is None or not _is_address(sent.get("redirect_uri", "")):
        return pages.notice(400, "Oauth error invalid_request", "Could not find Shopify API application.")
    state = {"state": sent["state"]} if sent.get("state") else {}
    if sent.get("decision") != "allow":
        if site.switches["denial"] == "page":
            return pages.notice(200, "Not installed", "You went back to your shop. Nothing was installed.")
        refusal = {"error": "access_denied", "error_description": "The merchant denied the request", **state}
        return _back(site, app, sent["redirect_uri"], refusal)
    wanted = site.switches["granted"] or sent.get("scope", "")
    scopes = tuple(scope.strip() for scope in wanted.split(",") if scope.strip())
    code = site.secret("code")
    site.codes[code] = Code(app.key, reduced(scopes), sent["redirect_uri"], site.now + CODE_LIVES)
    return _back(site, app, sent["redirect_uri"], {"code": code, **state})


def reduced(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """To write is to read: only the former is kept."""
    return tuple(
        scope
        for scope in dict.fromkeys(scopes)
        if scope.replace("read_", "write_", 1) not in scopes or scope.startswith("write_")
    )


def _is_address(uri: str) -> bool:
    return urlsplit(uri).scheme in ("http", "https") and bool(urlsplit(uri).netloc)


def _back(site: Site, app: Application, uri: str, answer: dict[str, str]) -> Response:
    handle = site.shop.domain.partition(".")[0]
    query = {
        **answer,
        "host": base64.b64encode(f"admin.shopify.com/store/{handle}".encode()).decode().rstrip("="),
        "shop": site.shop.domain,
        "timestamp": str(site.now - site.switches["callback_age"]),
    }
    query["hmac"] = signed(query, app.secret)
    return Response(302, b"", [("Location", f"{uri}{'&' if '?' in uri else '?'}{urlencode(query)}")])


def signed(query: dict[str, str], secret: str) -> str:
    """The hexadecimal HMAC of a callback's pairs, sorted and joined."""
    message = urlencode(sorted((name, value) for name, value in query.items() if name != "hmac"))
    return hmac.new(secret.encode(), message.replace("+", "%20").encode(), hashlib.sha256).hexdigest()


@ROUTES("POST", "/admin/oauth/access_token")
def access_token(site: Site, request: Request) -> Response:
    """A token for a code, for a refresh token, for an older token, or for the app's own shop."""
    sent = _sent(request)
    app = site.apps.get(sent.get("client_id", ""))
    if app is None or not hmac.compare_digest(app.secret.encode(), sent.get("client_secret", "").encode()):
        raise _error("invalid_client", "Client authentication failed")
    kind = sent.get("grant_type", "")
    if kind == "refresh_token":
        return _refreshed(site, app, sent)
    if kind == EXCHANGE:
        return _exchanged(site, app, sent)
    if kind == "client_credentials":
        return _given(site, app, tuple(next(iter(site.grants.values())).scopes), lives=86_399)
    code = site.codes.pop(sent.get("code", ""), None)
    if code is None or code.app != app.key or code.ends < site.now:
        raise _error("invalid_request", "The authorization code was not found or was already used")
    expiring = sent.get("expiring") in ("1", "true") and site.switches["expiring"]
    return _given(site, app, code.scopes, lives=MINUTES_60 if expiring else 0, refreshable=expiring)


def _sent(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            found = request.json()
        except ValueError:
            raise _error("invalid_request", "The body is not JSON") from None
        return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
    return dict(parse_qsl(request.body.decode("utf-8", "replace")))


def _error(word: str, description: str, status: int = 400) -> Refusal:
    return Refusal(json_response(status, {"error": word, "error_description": description}))


def _given(
    site: Site, app: Application, scopes: tuple[str, ...], *, lives: int, refreshable: bool = False, replaced: str = ""
) -> Response:
    held = Grant(f"shpat_{site.secret('hold')}", scopes, app.key, replaced=replaced)
    answer: dict[str, Any] = {"access_token": held.token, "scope": ",".join(scopes)}
    if lives:
        held.ends = site.now + lives
        answer["expires_in"] = lives
    if refreshable:
        held.refresh, held.refresh_ends = f"shprt_{site.secret('renew')}", site.now + DAYS_90
        answer |= {"refresh_token": held.refresh, "refresh_token_expires_in": DAYS_90}
    site.grants[held.token] = held
    return json_response(200, answer)


def _refreshed(site: Site, app: Application, sent: dict[str, str]) -> Response:
    """A new pair. The old refresh token works on until the new pair is first used: a lost answer harms nobody."""
    asked = sent.get("refresh_token", "")
    held = next((grant for grant in site.grants.values() if grant.refresh and grant.refresh == asked), None)
    if held is None or held.app != app.key or held.refresh_ends < site.now:
        raise _error("invalid_grant", "This request requires an active refresh_token")
    for token in [token for token, grant in site.grants.items() if grant.replaced == asked]:
        del site.grants[token]
    return _given(site, app, held.scopes, lives=MINUTES_60, refreshable=True, replaced=asked)


def _exchanged(site: Site, app: Application, sent: dict[str, str]) -> Response:
    """An older token that never expires becomes one that does, and dies."""
    held = site.grants.get(sent.get("subject_token", ""))
    if sent.get("subject_token_type") != OFFLINE or held is None or held.app != app.key:
        raise _error("invalid_subject_token", "The subject token is invalid")
    del site.grants[held.token]
    return _given(site, app, held.scopes, lives=MINUTES_60, refreshable=True)


def used(site: Site, held: Grant) -> None:
    """The first use of a new pair ends the one it replaced."""
    if held.replaced:
        site.grants = {
            token: grant for token, grant in site.grants.items() if grant.refresh != held.replaced or grant is held
        }
        held.replaced = ""


def holder(site: Site, request: Request) -> Grant:
    """The grant behind a call. Raises the 401 of a token that is unknown or has expired."""
    held = site.grants.get(request.headers.get("x-shopify-access-token", ""))
    if held is None or (held.ends and held.ends <= site.now):
        raise Refusal(json_response(401, {"errors": UNKNOWN}))
    used(site, held)
    return held


@ROUTES("GET", "/admin/oauth/access_scopes.json")
def access_scopes(site: Site, request: Request) -> Response:
    """What the token may do."""
    held = holder(site, request)
    return json_response(200, {"access_scopes": [{"handle": scope} for scope in held.scopes]})
