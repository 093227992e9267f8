"""OAuth 1.0a: signs requests and reads token answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from authlib.oauth1 import ClientAuth

from instica.core.secrets import Secret
from instica.kit.errors import TryLater
from instica.kit.types import App


@dataclass(frozen=True, slots=True)
class Token:
    """A request token or an access token."""

    key: str = ""
    secret: Secret = field(default_factory=lambda: Secret(""))


NO_TOKEN = Token()


def signed(
    app: App, method: str, url: str, token: Token = NO_TOKEN, *, callback: str = "", verifier: str = ""
) -> Mapping[str, str]:
    """The ``Authorization`` header of a request, signed in PLAINTEXT (meant for https) as RFC 5849 has it."""
    auth = ClientAuth(
        app.client_id,
        client_secret=app.client_secret.reveal(),
        token=token.key or None,
        token_secret=token.secret.reveal() or None,
        redirect_uri=callback or None,
        verifier=verifier or None,
        signature_method="PLAINTEXT",
    )
    _, headers, _ = auth.prepare(method, url, {}, b"")
    return {"Authorization": headers["Authorization"]}


def read_token(body: bytes) -> Token:
    """The token in a form-encoded answer."""
    answer = dict(parse_qsl(body.decode("utf-8", "replace").strip()))
    if not answer.get("oauth_token") or not answer.get("oauth_token_secret"):
        raise TryLater("The marketplace answered without a token")
    return Token(answer["oauth_token"], Secret(answer["oauth_token_secret"]))
