"""Who is calling, in Etsy's order: the API key first, then the token, then its scopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from instica.kit.simulation import Request
from instica.marketplaces.etsy.simulator import words
from instica.marketplaces.etsy.simulator.answers import Call, Caller, error
from instica.marketplaces.etsy.simulator.people import SELLERS, Seller
from instica.marketplaces.etsy.simulator.site import Shop, Site

Scopes = tuple[str, ...]
Handler = TypeVar("Handler", bound=Callable[..., Any])
NEEDED: dict[Callable[..., Any], Scopes] = {}


def needs(*scopes: str) -> Callable[[Handler], Handler]:
    """Mark an operation with the scopes it needs."""

    def mark(handler: Handler) -> Handler:
        NEEDED[handler] = scopes
        return handler

    return mark


def keyed(site: Site, request: Request) -> str:
    """The keystring of the app that calls. Refuses a key that is not good."""
    key, colon, secret = request.headers.get("x-api-key", "").partition(":")
    if not key:
        raise error(403, words.NO_KEY)
    if not colon or not secret:
        raise error(403, words.NO_SHARED_SECRET)
    app = site.apps.get(key)
    if app is None or app.secret != secret:
        raise error(403, words.WRONG_KEY)
    return key


def bearer(request: Request) -> str:
    """The token a request carries, good or bad."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def caller(site: Site, request: Request, needs: Scopes) -> Caller:
    """The caller of an operation that needs those scopes; without any, a token is welcome and not needed."""
    token = bearer(request)
    if not token:
        if needs:
            raise error(401, "invalid_token", error_description="access token is missing")
        return Caller()
    if "." not in token:
        raise error(403, words.NO_USER)
    held = site.access.get(token)
    if held is None:
        raise error(401, "invalid_token", error_description="access token is invalid or revoked")
    if held.until <= site.clock.now():
        raise error(401, "invalid_token", error_description="access token is expired")
    if set(needs) - set(held.scopes):
        raise error(site.switches["scope_status"], "insufficient_scope", error_description="Insufficient scope")
    return Caller(seller(held.user_id), held.scopes)


def seller(user_id: int) -> Seller | None:
    """The person of that id."""
    return next((each for each in SELLERS if each.user_id == user_id), None)


def own_shop(site: Site, call: Call, shop_id: int) -> Shop:
    """A shop its owner works on. Refuses everybody else."""
    shop = site.shops.get(shop_id)
    if shop is None:
        raise error(404, words.NOTHING_HERE)
    if call.caller.user is None or call.caller.user.user_id != shop.owner.user_id:
        raise error(403, f"User does not own Shop {shop_id}")
    return shop


def owns(call: Call, shop: Shop) -> bool:
    """Whether the caller is the owner of that shop."""
    return call.caller.user is not None and call.caller.user.user_id == shop.owner.user_id
