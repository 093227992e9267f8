"""Shopify's webhooks: proven on the raw body, then read as a hint of what to look at again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from instica.core.secrets import Secret
from instica.kit.contract import Webhooks
from instica.kit.errors import NotGenuine
from instica.kit.types import About, App, Event, EventKind
from instica.marketplaces.shopify.mapping import digits
from instica.marketplaces.shopify.words import DOMAIN

LARGEST = 4 * 1024 * 1024
LONGEST = 120
NEEDED = ("x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-shop-domain", "x-shopify-webhook-id")
KINDS: Mapping[str, EventKind] = {
    "app/uninstalled": "revoked",
    "customers/redact": "forget_buyer",
    "shop/redact": "forget_shop",
    "customers/data_request": "tell_buyer_data",
}
Json = Mapping[str, Any]


class ShopifyWebhooks(Webhooks):
    """One address for all shops and topics, the privacy topics among them."""

    def read(self, app: App, headers: Mapping[str, str], body: bytes) -> Sequence[Event]:
        """The event of a delivery, named by its id, which stays the same when it is sent again."""
        given = {name.lower(): value for name, value in headers.items()}
        if any(not given.get(name) for name in NEEDED) or len(body) > LARGEST:
            raise NotGenuine("This delivery lacks what Shopify's carry")
        if not is_signed(app, given["x-shopify-hmac-sha256"], body):
            raise NotGenuine("This delivery was not signed by Shopify")
        shop, topic = given["x-shopify-shop-domain"].lower(), given["x-shopify-topic"].lower()
        if not DOMAIN.fullmatch(shop):
            raise NotGenuine("This delivery names no shop")
        return [event(shop, topic, given["x-shopify-webhook-id"][:LONGEST], decoded(body))]


def is_signed(app: App, signature: str, body: bytes) -> bool:
    """Whether the raw body is signed with the app's secret, or, for an hour after a change, with the one before."""
    secrets = [app.client_secret, app.extra.get("previous_secret", Secret(""))]
    return any(secret and hmac.compare_digest(signed(secret, body).encode(), signature.encode()) for secret in secrets)


def signed(secret: Secret, body: bytes) -> str:
    """Base64 of the HMAC-SHA256 of the body."""
    return base64.b64encode(hmac.new(secret.reveal().encode(), body, hashlib.sha256).digest()).decode()


def decoded(body: bytes) -> Json:
    """The payload. What is signed and no object says nothing more than its headers do."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def event(shop: str, topic: str, delivery: str, payload: Json) -> Event:
    """What a topic asks of us; the duties of privacy name the buyer, everything else what to look at again."""
    kind = KINDS.get(topic, "changed")
    about = customer(payload) if kind in ("forget_buyer", "tell_buyer_data") else object_id(payload)
    return Event(shop, topic, about, delivery, kind, subject(topic))


def subject(topic: str) -> About:
    """What a topic's object is; stock is told of by the number of its own item, which names neither."""
    resource = topic.partition("/")[0]
    return "order" if resource == "orders" else "listing" if resource == "products" else ""


def customer(payload: Json) -> str:
    """The number of the buyer a privacy topic is about."""
    found = payload.get("customer")
    return whole(found.get("id")) if isinstance(found, dict) else ""


def object_id(payload: Json) -> str:
    """The number of what it is about: from the global id, else the plain one, else the stock's item."""
    named = digits(payload.get("admin_graphql_api_id"))
    if "inventory_item_id" in payload:
        return whole(payload["inventory_item_id"])
    return named or whole(payload.get("id")) or whole(payload.get("shop_id"))


def whole(value: object) -> str:
    """A number as text, empty when it is none."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else ""
