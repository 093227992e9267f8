"""OAuth 1.0a signatures as the site checks them: PLAINTEXT and HMAC-SHA1 (RFC 5849)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from instica.kit.simulation import Request

LONGEST_NONCE = 64
IN_SECONDS = 10**11


@dataclass(frozen=True, slots=True)
class Signed:
    """The OAuth parameters of a request and what they sign."""

    given: dict[str, str]
    method: str
    url: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The consumer key."""
        return self.given.get("oauth_consumer_key", "")

    @property
    def token(self) -> str:
        """The request or access token."""
        return self.given.get("oauth_token", "")

    @property
    def once(self) -> str:
        """What may be used only once."""
        return f"{self.key} {self.given.get('oauth_timestamp', '')} {self.given.get('oauth_nonce', '')}"

    @property
    def careless(self) -> bool:
        """A nonce too long, or a timestamp that is not in seconds."""
        stamp = self.given.get("oauth_timestamp", "")
        return len(self.given.get("oauth_nonce", "")) > LONGEST_NONCE or (
            not stamp.isdigit() or int(stamp) >= IN_SECONDS
        )

    def genuine(self, consumer_secret: str, token_secret: str = "") -> bool:
        """Whether the signature is what those secrets give."""
        signature = self.given.get("oauth_signature", "")
        if self.given.get("oauth_signature_method") == "HMAC-SHA1":
            return hmac.compare_digest(signature.encode(), self._hmac(consumer_secret, token_secret))
        if self.given.get("oauth_signature_method") != "PLAINTEXT":
            return False
        plain = f"{consumer_secret}&{token_secret}"
        escaped = f"{quote(consumer_secret, safe='')}&{quote(token_secret, safe='')}"
        return signature in {plain, escaped}

    def _hmac(self, consumer_secret: str, token_secret: str) -> bytes:
        pairs = sorted((_escape(name), _escape(value)) for name, value in self.parameters)
        joined = "&".join(f"{name}={value}" for name, value in pairs)
        base = "&".join((self.method, _escape(self.url), _escape(joined)))
        secret = f"{_escape(consumer_secret)}&{_escape(token_secret)}"
        return base64.b64encode(hmac.new(secret.encode(), base.encode(), hashlib.sha1).digest())


def read(request: Request) -> Signed:
    """The signed parameters of a request: header, query and form body."""
    header = _header(request.headers.get("authorization", ""))
    elsewhere = [*request.query, *request.form()]
    given = {name: value for name, value in elsewhere if name.startswith("oauth_")} | header
    signed = [(name, value) for name, value in [*header.items(), *elsewhere] if name != "oauth_signature"]
    addressed = urlsplit(f"//{request.headers.get('host', '')}")
    origin = f"http://{addressed.netloc.lower()}" if addressed.netloc else request.origin
    origin = origin.removesuffix(":80")
    return Signed(given, request.method, f"{origin}{request.path}", tuple(signed))


def _header(text: str) -> dict[str, str]:
    scheme, _, rest = text.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    pairs = (part.strip().partition("=") for part in rest.split(","))
    return {unquote(name): unquote(value.strip().strip('"')) for name, _, value in pairs if name != "realm"}


def _escape(text: str) -> str:
    return quote(text, safe="-._~")


def form(text: bytes) -> dict[str, str]:
    """The fields of a form-encoded text."""
    return dict(parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True))
