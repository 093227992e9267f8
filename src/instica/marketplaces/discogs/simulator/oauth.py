"""OAuth 1.0a: asking for consent, giving it on a page, and exchanging it for an access token."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from instica.kit.simulation import Refusal, Response, Routes
from instica.marketplaces.discogs.simulator import pages
from instica.marketplaces.discogs.simulator.answers import Call
from instica.marketplaces.discogs.simulator.signatures import Signed, form, read
from instica.marketplaces.discogs.simulator.site import AccessToken, Application, RequestToken, Site

TOKENS = Routes()
CONSENT = Routes()
LIFE = dt.timedelta(minutes=15)
MALFORMED = (
    "This URL is an OAuth endpoint, but the request you made doesn't appear to conform to the OAuth 1.0a protocol. "
    "Check that the request is signed, and that its token and verifier are known and not older than 15 minutes."
)


@TOKENS("GET POST", "/oauth/request_token")
def request_token(site: Site, call: Call) -> Response:
    """Begin: a token to ask the person with."""
    signed, app = _signed(site, call)
    _refuse_unless(signed.genuine(app.secret), 401, "Invalid consumer.")
    callback = signed.given.get("oauth_callback", "")
    _refuse_unless(not app.callback or callback in {"", "oob", app.callback}, 400, MALFORMED)
    token = RequestToken(site.secret("ask"), site.secret("ask"), app.key, callback, site.clock.now())
    site.asked[token.token] = token
    return _form(oauth_token=token.token, oauth_token_secret=token.secret, oauth_callback_confirmed="true")


@TOKENS("POST", "/oauth/access_token")
def access_token(site: Site, call: Call) -> Response:
    """Finish: consent, once, for a token that lasts."""
    signed, app = _signed(site, call)
    asked = site.asked.get(signed.token)
    verifier = signed.given.get("oauth_verifier", "")
    if asked is None or _late(site, asked) or not asked.verifier or verifier != asked.verifier or asked.key != app.key:
        raise _text(400, MALFORMED)
    _refuse_unless(signed.genuine(app.secret, asked.secret), 401, "Invalid consumer.")
    del site.asked[asked.token]
    held = AccessToken(site.secret("hold"), site.secret("hold"), app.key, asked.username)
    site.access[held.token] = held
    return _form(oauth_token=held.token, oauth_token_secret=held.secret)


@CONSENT("GET", "/oauth/authorize")
def ask(site: Site, call: Call) -> Response:
    """The page on which the person decides."""
    asked = site.asked.get(call.get("oauth_token"))
    if asked is None or _late(site, asked) or asked.verifier or asked.denied:
        return pages.notice(400, "This request has expired", "Go back to the application and connect again.")
    app, user = site.apps[asked.key], site.users[site.signed_in]
    return pages.consent(app.name, user.name, user.username, asked.token)


@CONSENT("POST", "/oauth/authorize")
def decide(site: Site, call: Call) -> Response:
    """The person decided: ``decision`` is ``allow``, and anything else is no."""
    sent = form(call.request.body)
    asked = site.asked.get(sent.get("oauth_token", ""))
    if asked is None or _late(site, asked) or asked.verifier or asked.denied:
        return pages.notice(400, "This request has expired", "Go back to the application and connect again.")
    if sent.get("decision") != "allow":
        return _denied(site, asked)
    asked.username = site.signed_in
    asked.verifier = site.secret("verify")[:10]
    if asked.callback in {"", "oob"}:
        return pages.code(site.apps[asked.key].name, asked.verifier)
    return _back(asked.callback, oauth_token=asked.token, oauth_verifier=asked.verifier)


def _denied(site: Site, asked: RequestToken) -> Response:
    asked.denied = True
    how = site.switches["denial"]
    if how == "page" or asked.callback in {"", "oob"}:
        return pages.notice(200, "Access denied", "The application was not connected.")
    if how == "problem":
        return _back(asked.callback, oauth_token=asked.token, oauth_problem="permission_denied")
    return _back(asked.callback, denied=asked.token)


def _signed(site: Site, call: Call) -> tuple[Signed, Application]:
    signed = read(call.request)
    if not signed.given:
        raise _text(400, MALFORMED)
    _refuse_unless(bool(signed.key), 401, "Parameter not found: oauth_consumer_key")
    app = site.apps.get(signed.key)
    if app is None:
        raise _text(401, "Invalid consumer.")
    _refuse_unless(not signed.careless, 400, MALFORMED)
    return signed, app


def _late(site: Site, asked: RequestToken) -> bool:
    return site.clock.now() - asked.asked_at > LIFE


def _text(status: int, text: str) -> Refusal:
    return Refusal(Response(status, text.encode(), [("Content-Type", "text/plain; charset=utf-8")]))


def _refuse_unless(fine: bool, status: int, text: str) -> None:
    if not fine:
        raise _text(status, text)


def _form(**fields: str) -> Response:
    return Response(200, urlencode(fields).encode(), [("Content-Type", "application/x-www-form-urlencoded")])


def _back(callback: str, **fields: str) -> Response:
    joint = "&" if "?" in callback else "?"
    return Response(302, b"", [("Location", f"{callback}{joint}{urlencode(fields)}")])
