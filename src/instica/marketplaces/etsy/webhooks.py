"""Etsy's webhooks: proven on the raw body, then only a hint that something is to be read again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from instica.core import clock
from instica.kit.contract import Webhooks
from instica.kit.errors import NotGenuine
from instica.kit.types import About, App, Event

TOLERANCE_SECONDS = 300
LONGEST = 120
SUBJECTS: Mapping[str, About] = {"order": "order", "listing": "listing", "inventory": "listing"}
PLACES = {"order": "receipts", "listing": "listings"}


class EtsyWebhooks(Webhooks):
    """Endpoints are set up in Etsy's developer portal, which shows the secret; no API call manages them."""

    def read(self, app: App, headers: Mapping[str, str], body: bytes) -> Sequence[Event]:
        """The one event of a delivery."""
        name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        only_if_signed(app, f"{name}.{at}.".encode() + body, headers.get("webhook-signature", ""))
        if not at.isascii() or not at.isdigit() or abs(clock.now().timestamp() - int(at[:12])) > TOLERANCE_SECONDS:
            raise NotGenuine("The delivery is too old or from the future")
        said = an_object(body)
        shop, topic = said.get("shop_id"), said.get("event_type")
        if isinstance(shop, bool) or not isinstance(shop, (int, str)) or not isinstance(topic, str):
            return ()
        what: About = SUBJECTS.get(topic.partition(".")[0], "")
        number = about(said.get("resource_url"), PLACES.get(what, ""))
        return [Event(str(shop)[:LONGEST], topic[:LONGEST], number, name[:LONGEST], about=what if number else "")]


def only_if_signed(app: App, signed: bytes, signatures: str) -> None:
    """Raise ``NotGenuine`` unless one of the signatures is ours: ``v1,<base64>``, several of them, or bare."""
    held = app.extra.get("webhook_secret")
    key = b""
    with suppress(ValueError):
        key = base64.b64decode(held.reveal().removeprefix("whsec_"), validate=True) if held else b""
    if not key:
        raise NotGenuine("This installation has no signing secret for Etsy's webhooks")
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    given = [each.removeprefix("v1,").encode() for each in signatures.split()[:10]]
    if not any(hmac.compare_digest(each, expected) for each in given):
        raise NotGenuine("The signature does not fit")


def an_object(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a genuine delivery; empty when it is none."""
    with suppress(ValueError, RecursionError):
        said = json.loads(body)
        return said if isinstance(said, dict) else {}
    return {}


def about(url: object, place: str = "") -> str:
    """The number in the resource's address, which is not followed: the one behind ``place``, else the last."""
    path = ""
    with suppress(ValueError):
        path = urlsplit(url).path if isinstance(url, str) else ""
    parts = path.split("/")
    behind = parts[parts.index(place) + 1 :][:1] if place in parts else []
    numbers = [part for part in [*parts, *behind] if part.isascii() and part.isdigit()]
    return numbers[-1][:LONGEST] if numbers else ""
