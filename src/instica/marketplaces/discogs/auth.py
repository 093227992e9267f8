"""How a Discogs shop is connected: OAuth 1.0a, or a personal access token entered by its owner."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qs, urlencode

from instica.core.secrets import Secret
from instica.kit import oauth
from instica.kit.answers import Answer, Effect
from instica.kit.contract import Auth
from instica.kit.errors import Complaint, Denied, NotGenuine, Refused, SignInAgain, TryLater, Unsure
from instica.kit.http import Call, Http, Sign
from instica.kit.types import Account, App, Grant, Question, Redirect
from instica.marketplaces.discogs import mapping
from instica.marketplaces.discogs.client import DIALECT, an_object, part, sign, site

TOKEN = re.compile(r"[A-Za-z0-9_-]{8,128}")
HELP = "From discogs.com/settings/developers."


class DiscogsAuth(Auth):
    """Discogs knows no OAuth 2, no scopes and no refresh; its tokens live until the person takes them back."""

    asks = (Question("token", "Personal access token", HELP, secret=True, required=False),)

    def begin(self, app: App, answers: Mapping[str, str]) -> Redirect | Grant:
        """A page at Discogs to send the person to; or, with a personal token, the grant at once."""
        if token := answers.get("token", "").strip():
            return self._with_token(app, token)
        try:
            answer = send(app, "GET", "/oauth/request_token", partial(signed, callback=app.redirect_uri))
        except SignInAgain as failure:
            raise Refused(
                [Complaint("Discogs does not accept this installation's consumer key and secret")]
            ) from failure
        token_asked = oauth.read_token(answer.body)
        page = site(app).url(f"/oauth/authorize?{urlencode({'oauth_token': token_asked.key})}", "www")
        return Redirect(page, {"oauth_token": token_asked.key, "oauth_token_secret": token_asked.secret.reveal()})

    def finish(self, app: App, kept: Mapping[str, str], raw_query: str) -> Grant:
        """The grant behind the callback, if it answers the very request that was kept."""
        answers = {name: values[0] for name, values in parse_qs(raw_query).items()}
        expected = kept.get("oauth_token", "")
        if expected and same(answers.get("denied", ""), expected):
            raise Denied("The request was denied at Discogs")
        if not expected or not same(answers.get("oauth_token", ""), expected):
            raise NotGenuine("This answer does not belong to the request that was started")
        if "oauth_problem" in answers or not answers.get("oauth_verifier"):
            raise Denied("Discogs sent no confirmation")
        asked = oauth.Token(expected, Secret(kept.get("oauth_token_secret", "")))
        token = self._access_token(app, asked, answers["oauth_verifier"])
        return self._identified(app, {"oauth_token": Secret(token.key), "oauth_token_secret": token.secret})

    def refresh(self, app: App, grant: Grant) -> Grant:
        """There is nothing to refresh: a refused token is dead."""
        raise SignInAgain("Discogs no longer accepts this sign-in")

    def revoke(self, app: App, grant: Grant) -> None:
        """Discogs takes no token back by API; its owner can, under Settings, Applications."""

    def _access_token(self, app: App, asked: oauth.Token, verifier: str) -> oauth.Token:
        try:
            answer = send(
                app, "POST", "/oauth/access_token", partial(signed, token=asked, verifier=verifier), effect="once"
            )
        except (Refused, SignInAgain) as failure:
            raise NotGenuine("Discogs no longer knows this request: it is valid for 15 minutes, once") from failure
        except Unsure as failure:
            raise TryLater("Discogs did not answer: connect again") from failure
        return oauth.read_token(answer.body)

    def _with_token(self, app: App, token: str) -> Grant:
        unknown = Refused([Complaint("Discogs does not know this token", "token")])
        if not TOKEN.fullmatch(token):
            raise unknown
        try:
            return self._identified(app, {"token": Secret(token)})
        except SignInAgain:
            raise unknown from None

    def _identified(self, app: App, secrets: Mapping[str, Secret]) -> Grant:
        """The grant with whose it is, as Discogs says."""
        grant = Grant(secrets)
        return Grant(secrets, account=whose(Http(site(app), DIALECT, partial(as_granted, grant), app=app)))


def whose(http: Http) -> Account:
    """The account behind a credential."""
    identity = an_object(http.read("/oauth/identity"))
    username = mapping.words(identity.get("username"))
    if not isinstance(identity.get("id"), int) or not username:
        raise TryLater("Discogs did not say whose token this is")
    return mapping.account(identity, an_object(http.read(f"/users/{part(username)}")))


def send(app: App, method: str, path: str, how: Sign, effect: Effect = "read") -> Answer:
    """One call of the connect flow, which has no shop yet."""
    http = Http(site(app), DIALECT, how, app=app)
    return http.send(Call(method, http.site.url(path), effect, expect="text"))


def signed(
    app: App,
    grant: Grant | None,
    method: str,
    url: str,
    *,
    token: oauth.Token = oauth.NO_TOKEN,
    callback: str = "",
    verifier: str = "",
) -> Mapping[str, str]:
    """The header of a call in the connect flow."""
    return oauth.signed(app, method, url, token, callback=callback, verifier=verifier)


def as_granted(fresh: Grant, app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The header of a call with a grant that no shop holds yet."""
    return sign(app, fresh, method, url)


def same(left: str, right: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
