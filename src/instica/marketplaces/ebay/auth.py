"""How an eBay shop is connected: OAuth 2.0 with a RuName; the refresh token stays the same for 18 months."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.answers import Answer, Dialect, Effect
from instica.kit.contract import Auth
from instica.kit.errors import Complaint, Denied, NotGenuine, Refused, SignInAgain, TryLater, Unsure
from instica.kit.http import Call, Http
from instica.kit.types import Account, App, Grant, Redirect
from instica.marketplaces.ebay import mapping
from instica.marketplaces.ebay.client import IDENTITY, JSON, SCOPE, an_object, dialect, learn, sign, site

SCOPES = (
    SCOPE,
    f"{SCOPE}/sell.inventory",
    f"{SCOPE}/sell.fulfillment",
    f"{SCOPE}/sell.account",
    f"{SCOPE}/commerce.identity.readonly",
    f"{SCOPE}/commerce.notification.subscription",
)
TOKEN = "/identity/v1/oauth2/token"  # noqa: S105 - an address
FORM = "application/x-www-form-urlencoded"
NO_RU_NAME = "This installation has no RuName: set INSTICA_EBAY_RU_NAME"


def complaints(answer: Answer) -> Sequence[Complaint]:
    """What the token endpoint objects to."""
    said: Any = None
    with suppress(ValueError, RecursionError):
        said = json.loads(answer.body)
    if not isinstance(said, dict) or not said.get("error"):
        return []
    return [Complaint(str(said.get("error_description") or said["error"]), code=str(said["error"]))]


def counted(limit: str) -> Dialect:
    """How the token endpoint speaks: here 401 is about the installation, not about a grant."""
    return Dialect(limit, {limit: 1}, learn, complaints, rejected=lambda answer: False)


class EbayAuth(Auth):
    """Consent brings an access token for two hours and a refresh token that is never replaced."""

    def begin(self, app: App, answers: Mapping[str, str]) -> Redirect:
        """eBay's consent page, which knows us by our RuName."""
        state = secrets.token_urlsafe(24)
        asked = {
            "client_id": app.client_id,
            "redirect_uri": ru_name(app),
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "state": state,
        }
        page = site(app).url(f"/oauth2/authorize?{urlencode(asked, quote_via=quote)}", "auth")
        return Redirect(page, {"state": state})

    def finish(self, app: App, kept: Mapping[str, str], raw_query: str) -> Grant:
        """The grant behind the callback, if it answers the very request that was kept."""
        answers = {name: values[0] for name, values in parse_qs(raw_query).items()}
        expected = kept.get("state", "")
        if not expected or not hmac.compare_digest(answers.get("state", "").encode(), expected.encode()):
            raise NotGenuine("This answer does not belong to the request that was started")
        if answers.get("error") == "access_denied":
            raise Denied("The request was declined at eBay")
        if answers.get("error"):
            said = answers.get("error_description") or answers["error"]
            raise Refused([Complaint(said, code=answers["error"])])
        if not answers.get("code"):
            raise Denied("eBay sent no code")
        form = {"grant_type": "authorization_code", "code": answers["code"], "redirect_uri": ru_name(app)}
        try:
            told = minted(app, form)
        except SignInAgain as failure:
            raise NotGenuine("eBay no longer knows this request: it is valid for five minutes, once") from failure
        except Unsure as failure:
            raise TryLater("eBay did not answer: connect again") from failure
        refresh = told.get("refresh_token")
        if not isinstance(refresh, str) or not refresh:
            raise TryLater("eBay sent no refresh token")
        return identified(app, granted(told, Secret(refresh), SCOPES))

    def refresh(self, app: App, grant: Grant) -> Grant:
        """A fresh access token; the refresh token stays."""
        held = grant.secrets.get("refresh_token")
        if not held:
            raise SignInAgain("This shop must be connected again")
        told = minted(app, {"grant_type": "refresh_token", "refresh_token": held.reveal()})
        fresh = granted(told, held, grant.scopes)
        return Grant(fresh.secrets, grant.account, grant.scopes, fresh.expires_at, grant.details)

    def revoke(self, app: App, grant: Grant) -> None:
        """eBay takes no OAuth grant back by API; its owner can, under Account, Third-party app access."""


def ru_name(app: App) -> str:
    """The name eBay knows our callback by. In the sandbox the callback's own address will do."""
    if name := app.extra.get("ru_name"):
        return name.reveal()
    if not app.origin:
        raise Refused([Complaint(NO_RU_NAME, "ru_name")])
    return app.redirect_uri


def minted(app: App, form: Mapping[str, str], limit: str = "ebay.tokens") -> dict[str, Any]:
    """A token, as the endpoint tells it. Raises ``SignInAgain`` for a grant that is over."""
    pair = f"{quote(app.client_id, safe='')}:{quote(app.client_secret.reveal(), safe='')}"
    headers = {**JSON, "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    http = Http(site(app), counted(limit), lambda *_: {}, app=app)
    effect: Effect = "once" if form["grant_type"] == "authorization_code" else "read"
    body = urlencode(form, quote_via=quote).encode()
    call = Call("POST", http.site.url(TOKEN), effect, body=body, content_type=FORM, headers=headers)
    try:
        told = an_object(http.send(call).data)
    except Refused as refusal:
        if any(each.code == "invalid_grant" for each in refusal.complaints):
            raise SignInAgain(f"eBay ended this connection: {refusal}") from None
        raise
    if not isinstance(told.get("access_token"), str):
        raise TryLater("eBay answered without a token")
    return told


def granted(told: Mapping[str, Any], refresh: Secret, scopes: Sequence[str]) -> Grant:
    """The grant in a token answer."""
    seconds = told.get("expires_in")
    lives = seconds if isinstance(seconds, int) and 0 < seconds < 10**8 else 7200
    secrets_held = {"access_token": Secret(told["access_token"]), "refresh_token": refresh}
    return Grant(secrets_held, scopes=tuple(scopes), expires_at=clock.now() + dt.timedelta(seconds=lives))


def identified(app: App, grant: Grant) -> Grant:
    """The grant with whose it is, as eBay says, and that seller's home marketplace."""
    http = Http(site(app), dialect("ebay.identity"), lambda app, _, method, url: sign(app, grant, method, url), app=app)
    told = an_object(http.send(Call("GET", http.site.url(f"{IDENTITY}/user/", "apiz"), headers=JSON)).data)
    account: Account | None = mapping.account(told)
    if account is None:
        raise TryLater("eBay did not say whose token this is")
    details = {"marketplace": mapping.words(told.get("registrationMarketplaceId"))}
    return Grant(grant.secrets, account, grant.scopes, grant.expires_at, details)
