"""How a Shopify shop is connected: its domain, consent there, a code, and an offline token that expires."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.answers import Effect
from instica.kit.contract import Auth
from instica.kit.errors import Complaint, Denied, Gone, NotGenuine, Refused, SignInAgain, TryLater, Unsure
from instica.kit.http import Call
from instica.kit.types import Account, App, Grant, Question, Redirect
from instica.marketplaces.shopify import mapping, verdicts
from instica.marketplaces.shopify.client import asked, connected, sent, sign, unsigned
from instica.marketplaces.shopify.verdicts import record
from instica.marketplaces.shopify.words import DOMAIN

SCOPES = (
    "read_products",
    "write_products",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_publications",
    "write_publications",
    "read_orders",
    "write_orders",
    "read_all_orders",
    "read_customers",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "write_third_party_fulfillment_orders",
)
HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
STORE = re.compile(r"/store/([^/]+)")
OLDEST_CALLBACK = dt.timedelta(minutes=5)
HELP = "Its name, name.myshopify.com, or the address of its admin."


class ShopifyAuth(Auth):
    """Offline tokens live for an hour and are renewed with a refresh token that changes each time."""

    asks = (Question("shop", "Your Shopify shop", HELP),)

    def begin(self, app: App, answers: Mapping[str, str]) -> Redirect | Grant:
        """The consent page of the shop that was named."""
        shop = domain(answers.get("shop", ""))
        if not app.client_id or not app.client_secret:
            raise Refused([Complaint("This installation has no app at Shopify yet")])
        state = secrets.token_urlsafe(24)
        query = {
            "client_id": app.client_id,
            "scope": ",".join(SCOPES),
            "redirect_uri": app.redirect_uri,
            "state": state,
        }
        page = connected(app, shop, unsigned).site.url(f"/admin/oauth/authorize?{urlencode(query)}")
        return Redirect(page, {"shop": shop, "state": state})

    def finish(self, app: App, kept: Mapping[str, str], raw_query: str) -> Grant:
        """The grant behind the callback: the shop that was asked, the state that was kept, signed and fresh."""
        pairs = parse_qsl(raw_query, keep_blank_values=True)
        given = dict(pairs)
        if len(given) != len(pairs):
            raise NotGenuine("A parameter stands twice in this answer")
        shop, named = kept.get("shop", ""), given.get("shop", "").lower()
        expected = bool(kept.get("state")) and same(given.get("state", ""), kept.get("state", ""))
        if expected and "error" in given and not given.get("code"):
            raise Denied("The request was denied at Shopify")
        if not DOMAIN.fullmatch(named) or not same(named, shop):
            raise NotGenuine("This answer is about another shop")
        if not expected:
            raise NotGenuine("This answer does not belong to the request that was started")
        if not is_signed(app.client_secret, raw_query):
            raise NotGenuine("This answer was not signed by Shopify")
        if not is_fresh(given.get("timestamp", "")):
            raise NotGenuine("This answer is too old")
        if not given.get("code"):
            raise Denied("Shopify sent no confirmation")
        fresh = self._exchanged(app, shop, given["code"])
        return identified(app, shop, fresh)

    def _exchanged(self, app: App, shop: str, code: str) -> Grant:
        try:
            return tokens(app, shop, {"code": code, "expiring": "1"}, effect="once")
        except (Refused, Gone) as failure:
            raise NotGenuine("Shopify no longer knows this request: a code is valid once") from failure
        except Unsure as failure:
            raise TryLater("Shopify did not answer: connect again") from failure

    def refresh(self, app: App, grant: Grant) -> Grant:
        """A new pair. After a lost answer the old refresh token works on, so asking again is safe."""
        shop, token = grant.details.get("shop", ""), grant.secrets.get("refresh_token")
        if not token or not DOMAIN.fullmatch(shop):
            raise SignInAgain("This shop must be connected again")
        try:
            return tokens(app, shop, {"grant_type": "refresh_token", "refresh_token": token.reveal()}, effect="set")
        except (Refused, Gone) as failure:
            raise SignInAgain("Shopify no longer renews this connection: connect the shop again") from failure

    def revoke(self, app: App, grant: Grant) -> None:
        """Leave the shop: uninstalling is how an app gives its tokens back."""
        shop = grant.details.get("shop", "")
        if not DOMAIN.fullmatch(shop):
            return
        try:
            _, value = asked(connected(app, shop, partial(as_granted, grant)), "uninstall", "set")
            verdicts.payload(value)
        except (SignInAgain, Gone):
            return


def domain(text: str) -> str:
    """A shop's permanent domain out of its name, its domain or an admin address. Raises ``Refused``."""
    name = named_in(text.strip().lower())
    found = f"{name}.myshopify.com"
    if not HANDLE.fullmatch(name) or not DOMAIN.fullmatch(found):
        raise Refused([Complaint("Not the name of a Shopify shop, like my-shop or my-shop.myshopify.com", "shop")])
    return found


def named_in(plain: str) -> str:
    """The shop's name in what was typed, as far as there is one."""
    try:
        address = urlsplit(plain if "//" in plain else f"//{plain}")
        host = (address.hostname or "") if "@" not in address.netloc else ""
    except ValueError:
        return ""
    if host == "admin.shopify.com":
        store = STORE.match(address.path)
        return store[1] if store else ""
    return host.removesuffix(".myshopify.com")


def is_signed(secret: Secret, raw_query: str) -> bool:
    """Whether the pairs as they came, sorted and without the signature, are signed with the app's secret."""
    given = dict(parse_qsl(raw_query, keep_blank_values=True)).get("hmac", "")
    parts = [part for part in raw_query.split("&") if part.partition("=")[0] not in ("hmac", "signature", "")]
    plain = urlencode(sorted(parse_qsl("&".join(parts), keep_blank_values=True))).replace("+", "%20")
    return any(same(given, hexadecimal(secret, message)) for message in ("&".join(sorted(parts)), plain))


def hexadecimal(secret: Secret, message: str) -> str:
    """HMAC-SHA256 in lower-case hexadecimal."""
    return hmac.new(secret.reveal().encode(), message.encode(), hashlib.sha256).hexdigest()


def is_fresh(timestamp: str) -> bool:
    """Whether the answer was made within the last minutes."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    made = dt.datetime.fromtimestamp(int(timestamp), dt.UTC)
    return abs(clock.now() - made) <= OLDEST_CALLBACK


def tokens(app: App, shop: str, asking: Mapping[str, str], *, effect: Effect) -> Grant:
    """The grant behind a code or a refresh token, without whose it is."""
    http = connected(app, shop, unsigned)
    body = urlencode({"client_id": app.client_id, "client_secret": app.client_secret.reveal(), **asking}).encode()
    url = http.site.url("/admin/oauth/access_token")
    form = "application/x-www-form-urlencoded"
    answer = http.send(Call("POST", url, effect, body=body, content_type=form, headers={"Accept": "application/json"}))
    return granted(record(answer.data), shop)


def granted(data: Mapping[str, Any], shop: str) -> Grant:
    """A token answer as a grant. To write is to read: what Shopify leaves out is added."""
    token, renewal = data.get("access_token"), data.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise TryLater("Shopify answered without a token")
    held = {"access_token": Secret(token)}
    if isinstance(renewal, str) and renewal:
        held["refresh_token"] = Secret(renewal)
    lives = verdicts.amount(data.get("expires_in"))
    ends = clock.now() + dt.timedelta(seconds=min(lives, 10**8)) if lives else None
    said = data.get("scope")
    scopes = allowed(said.split(",") if isinstance(said, str) else ())
    return Grant(held, scopes=scopes, expires_at=ends, details={"shop": shop})


def allowed(scopes: Any) -> tuple[str, ...]:
    """The scopes with what they imply, sorted."""
    named = {str(scope).strip() for scope in scopes} - {""}
    return tuple(sorted(named | {f"read_{scope[6:]}" for scope in named if scope.startswith("write_")}))


def identified(app: App, shop: str, fresh: Grant) -> Grant:
    """The grant with whose it is, as Shopify says. Raises ``NotGenuine`` when that is another shop."""
    account = whose(app, shop, fresh)
    if account.remote_id != shop:
        raise NotGenuine("This token belongs to another shop")
    return Grant(fresh.secrets, account, fresh.scopes, fresh.expires_at, fresh.details)


def whose(app: App, shop: str, fresh: Grant) -> Account:
    """The shop behind a token."""
    answer = sent(connected(app, shop, partial(as_granted, fresh)), "who", "read")
    verdicts.root(answer.data, "shop", "who", "read")
    return mapping.account(record(record(answer.data).get("data")), shop)


def as_granted(fresh: Grant, app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The header of a call with a grant that no shop holds yet."""
    return sign(app, fresh, method, url)


def same(left: str, right: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
