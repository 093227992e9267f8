"""Webhooks: subscriptions, and deliveries signed as Shopify signs them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import Any

from instica.kit.simulation import Clock, Delivery, Fault, Mishap, Sender

VERSION = "2026-10"
MOST_FAILURES = 8
RETRY_SECONDS = (1, 2, 4, 8, 16, 30, 60)


@dataclass(slots=True)
class Subscription:
    """One topic, one address. ``failures`` counts those in a row."""

    id: int
    topic: str
    uri: str
    created: int
    updated: int
    format: str = "JSON"
    filter: str = ""
    include: tuple[str, ...] = ()
    name: str = ""
    failures: int = 0


class Hooks:
    """Who wants to hear what, and what was sent."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.subscriptions: dict[int, Subscription] = {}
        self.sender = Sender(clock, "shopify-webhooks", RETRY_SECONDS, self._judge)

    def forget(self) -> None:
        """A fresh shop: nobody listens."""
        self.subscriptions = {}
        self.sender.clear()

    def post(self, delivery: Delivery, fault: Fault | None) -> None:
        """Put a delivery on its way, with what goes wrong with it."""
        mishap = Mishap.of(fault)
        if mishap.forged:
            delivery.headers["X-Shopify-Hmac-Sha256"] = signature(b"not the secret", delivery.body)
        self.sender.post(delivery, mishap)

    def _judge(self, delivery: Delivery) -> None:
        """Only 2xx counts; eight failures in a row end a subscription."""
        wanted = self.subscriptions.get(int(delivery.about))
        if wanted is None:
            return
        wanted.failures = 0 if delivery.arrived else wanted.failures + 1
        if wanted.failures >= MOST_FAILURES:
            self.subscriptions.pop(wanted.id, None)


def made(
    *, topic: str, uri: str, payload: Any, secret: str, shop: str, at: dt.datetime, subscription: int = 0
) -> Delivery:
    """A signed delivery. ``topic`` is as headers have it: ``orders/create``."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature(secret.encode(), body),
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-API-Version": VERSION,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Event-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": at.strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        "User-Agent": "Shopify-Captain-Hook",
    }
    return Delivery(topic, uri, headers, body, at.timestamp(), str(subscription))


def signature(secret: bytes, body: bytes) -> str:
    """Base64 of the HMAC-SHA256 of the raw body."""
    return base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


def header_topic(enum: str) -> str:
    """``ORDERS_CREATE`` as the header has it: ``orders/create``."""
    for noun in ("inventory_levels", "inventory_items", "bulk_operations", "fulfillment_orders", "order_transactions"):
        if enum.lower().startswith(f"{noun}_"):
            return f"{noun}/{enum.lower().removeprefix(noun + '_')}"
    noun, _, verb = enum.lower().partition("_")
    return f"{noun}/{verb}"


def cut(payload: dict[str, Any], include: tuple[str, ...]) -> dict[str, Any]:
    """Only the fields a subscription asked for."""
    return {name: value for name, value in payload.items() if name in include} if include else payload
