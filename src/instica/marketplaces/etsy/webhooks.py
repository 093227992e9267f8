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
from instica.kit.types import App, Event

TOLERANCE_SECONDS = 300
LONGEST = 120


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
        return [Event(str(shop)[:LONGEST], topic[:LONGEST], about(said.get("resource_url")), name[:LONGEST])]


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


def about(url: object) -> str:
    """The number at the end of the resource's address, which is not followed."""
    path = ""
    with suppress(ValueError):
        path = urlsplit(url).path if isinstance(url, str) else ""
    numbers = [part for part in path.split("/") if part.isascii() and part.isdigit()]
    return numbers[-1][:LONGEST] if numbers else ""
