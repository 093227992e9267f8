"""How an Etsy shop is connected: OAuth 2 with a code, PKCE, and refresh tokens that change with every use."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.contract import Auth
from instica.kit.errors import Complaint, Denied, Gone, NotGenuine, Refused, SignInAgain, TryLater, Unsure
from instica.kit.http import Call, Http
from instica.kit.types import Account, App, Grant, Redirect
from instica.marketplaces.etsy import mapping
from instica.marketplaces.etsy.client import APP, DIALECT, FORM, an_object, form, number, sign, site
from instica.marketplaces.etsy.words import SCOPES

TOKEN = "/v3/public/oauth/token"  # noqa: S105 - an address
LIFE_SECONDS = 3600
DEAD = frozenset({"invalid_grant", "invalid_token", "unauthorized_client"})


class EtsyAuth(Auth):
    """Access tokens live an hour, refresh tokens ninety days and once; both begin with the person's number."""

    def begin(self, app: App, answers: Mapping[str, str]) -> Redirect | Grant:
        """Etsy's consent page, with a state and a challenge of this one try."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        query = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": app.redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        page = site(app).url(f"/oauth/connect?{urlencode(query)}", "www")
        return Redirect(page, {"state": state, "verifier": verifier})

    def finish(self, app: App, kept: Mapping[str, str], raw_query: str) -> Grant:
        """The grant behind the callback, if it answers the very request that was kept."""
        answers = {name: values[0] for name, values in parse_qs(raw_query).items()}
        expected = kept.get("state", "")
        if not expected or not hmac.compare_digest(answers.get("state", "").encode(), expected.encode()):
            raise NotGenuine("This answer does not belong to the request that was started")
        if answers.get("error"):
            raise Denied(answers.get("error_description") or "The request was denied at Etsy")
        if not answers.get("code"):
            raise Denied("Etsy sent no confirmation")
        sent = {"code": answers["code"], "code_verifier": kept.get("verifier", ""), "redirect_uri": app.redirect_uri}
        try:
            grant = granted(app, {"grant_type": "authorization_code", **sent}, SCOPES)
        except Unsure as failure:
            raise TryLater("Etsy did not answer: connect again") from failure
        except SignInAgain as failure:
            raise NotGenuine("Etsy no longer knows this request: it is valid for a few minutes, once") from failure
        return identified(app, grant)

    def refresh(self, app: App, grant: Grant) -> Grant:
        """A fresh pair. The old refresh token is spent by it; an answer that gets lost may cost the connection."""
        held = grant.secrets.get("refresh_token")
        if not held:
            raise SignInAgain("This connection cannot be renewed: connect the shop again")
        try:
            sent = {"grant_type": "refresh_token", "refresh_token": held.reveal()}
            return granted(app, sent, grant.scopes)
        except Unsure as failure:
            raise TryLater("Etsy did not answer while the sign-in was renewed") from failure

    def revoke(self, app: App, grant: Grant) -> None:
        """Etsy takes no token back by API; its owner can, in the account's settings under Apps."""


def challenge(verifier: str) -> str:
    """What proves the verifier without telling it."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def granted(app: App, sent: Mapping[str, str], scopes: tuple[str, ...]) -> Grant:
    """The pair behind a code or a refresh token. Raises ``SignInAgain`` where Etsy calls it dead."""
    http = Http(site(app), DIALECT, sign, app=app)
    body = form({**sent, "client_id": app.client_id})
    try:
        said = http.send(Call("POST", site(app).url(TOKEN), "once", body=body, content_type=FORM)).data
    except Refused as refusal:
        if any(complaint.code in DEAD for complaint in refusal.complaints):
            raise SignInAgain("Etsy no longer accepts this connection: connect the shop again") from refusal
        raise
    pair = an_object(said)
    access, refresh = mapping.words(pair.get("access_token")), mapping.words(pair.get("refresh_token"))
    if not access or not refresh:
        raise TryLater("Etsy answered without a token")
    seconds = mapping.whole(pair.get("expires_in")) or LIFE_SECONDS
    held = {"access_token": Secret(access), "refresh_token": Secret(refresh)}
    return Grant(held, scopes=scopes, expires_at=clock.now() + dt.timedelta(seconds=seconds))


def identified(app: App, grant: Grant) -> Grant:
    """The grant with whose shop it is and what it allows, as Etsy says."""
    http = Http(site(app), DIALECT, partial(as_granted, grant), app=app)
    account = whose(http)
    scopes = allowed(http, grant)
    return Grant(grant.secrets, account, scopes, grant.expires_at, {"user_id": user_of(grant)})


def whose(http: Http) -> Account:
    """The shop behind a token."""
    try:
        shop_id = mapping.whole(an_object(http.read(f"{APP}/users/me")).get("shop_id"))
    except Gone:
        shop_id = 0
    if not shop_id:
        raise Refused([Complaint("This Etsy account has no shop", code="no_shop")])
    return mapping.account(an_object(http.read(f"{APP}/shops/{number(str(shop_id))}")))


def allowed(http: Http, grant: Grant) -> tuple[str, ...]:
    """The scopes of a token as Etsy tells them; those we asked for where it tells nothing we understand."""
    body = form({"token": grant.secrets["access_token"].reveal()})
    try:
        said = http.send(Call("POST", http.site.url(f"{APP}/scopes"), body=body, content_type=FORM)).data
    except Refused:
        return grant.scopes
    found = named(said)
    return tuple(scope for scope in grant.scopes if scope in found) or grant.scopes


def named(said: Any) -> set[str]:
    """Every word in an answer of unknown shape."""
    if isinstance(said, str):
        return set(said.split())
    if isinstance(said, list):
        return set().union(*map(named, said)) if said else set()
    if isinstance(said, dict):
        return {name for name, value in said.items() if value is True}.union(*map(named, said.values()))
    return set()


def user_of(grant: Grant) -> str:
    """The person's number that every token begins with."""
    return grant.secrets["access_token"].reveal().partition(".")[0]


def as_granted(fresh: Grant, app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The headers of a call with a grant that no shop holds yet."""
    return sign(app, fresh, method, url)
