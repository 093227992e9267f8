"""Who is calling: OAuth 1.0a, a personal token, key and secret, or nobody."""

from __future__ import annotations

from instica.kit.simulation import Request
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Caller, message, unauthorized
from instica.marketplaces.discogs.simulator.signatures import Signed, read
from instica.marketplaces.discogs.simulator.site import Site


def claimed(request: Request) -> bool:
    """Whether any credential is offered, good or bad: that alone decides the tier of the rate limit."""
    return bool(request.headers.get("authorization") or request.get("token") or request.get("key"))


def token(request: Request) -> str:
    """The personal or OAuth token a request carries, good or bad."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "oauth":
        return read(request).token
    return _fields(rest).get("token", "") or request.get("token")


def caller(site: Site, request: Request) -> Caller:
    """The caller of an API request. Refuses a credential that is not good."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "oauth":
        return _by_oauth(site, request)
    given = _fields(rest) if scheme.lower() == "discogs" else {}
    given = given or {name: request.get(name) for name in ("token", "key", "secret") if request.get(name)}
    if token := given.get("token"):
        return _by_token(site, token)
    if given.get("key"):
        return _by_key(site, given["key"], given.get("secret", ""))
    if scheme:
        raise unauthorized(words.BAD_TOKEN)
    return Caller()


def _fields(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(","))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if value}


def _by_token(site: Site, token: str) -> Caller:
    username = site.personal.get(token)
    if username is None:
        raise unauthorized(words.BAD_TOKEN)
    return Caller(True, site.users[username], username)


def _by_key(site: Site, key: str, secret: str) -> Caller:
    app = site.apps.get(key)
    if app is None or app.secret != secret:
        raise unauthorized(words.BAD_KEY)
    return Caller(True, None, app.name)


def _by_oauth(site: Site, request: Request) -> Caller:
    signed = read(request)
    app = site.apps.get(signed.key)
    held = site.access.get(signed.token)
    if app is None or held is None or held.key != app.key or not signed.genuine(app.secret, held.secret):
        raise unauthorized(words.BAD_TOKEN)
    if (signed.careless or _replayed(site, signed)) and request.path != "/oauth/identity":
        raise message(403, words.NOT_YOURS)
    return Caller(True, site.users[held.username], app.name)


def _replayed(site: Site, signed: Signed) -> bool:
    if site.switches["nonce_replay"] == "accept":
        return False
    seen = signed.once in site.nonces
    site.nonces.add(signed.once)
    return seen
