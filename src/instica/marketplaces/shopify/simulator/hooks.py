"""Webhooks: subscriptions, signed deliveries in an outbox, and the sender that takes them to this machine's hub."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from instica.kit.simulation import Fault

VERSION = "2026-10"
NEAR = {"localhost", "127.0.0.1", "::1"}
KEPT = 5_000
PATIENCE = 5.0
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


@dataclass(slots=True)
class Delivery:
    """One webhook as it goes over the wire. ``status`` is what was answered, 0 while it was not."""

    topic: str
    uri: str
    headers: dict[str, str]
    body: bytes
    subscription: int = 0
    status: int = 0
    tries: int = 0
    due: float = 0


@dataclass
class Hooks:
    """Who wants to hear what, and what was sent."""

    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    outbox: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))
    waiting: list[Delivery] = field(default_factory=list)
    wake: threading.Condition = field(default_factory=threading.Condition)
    sender: threading.Thread | None = None

    def forget(self) -> None:
        """A fresh shop: nobody listens."""
        with self.wake:
            self.subscriptions = {}
            self.outbox.clear()
            self.waiting = []

    def post(self, delivery: Delivery, fault: Fault | None) -> None:
        """Put a delivery into the outbox, with what goes wrong with it, and on its way if it stays on this machine."""
        detail = fault.detail if fault else ""
        if detail == "drop":
            return
        if detail == "forged":
            delivery.headers["X-Shopify-Hmac-Sha256"] = signature(b"not the secret", delivery.body)
        if detail.startswith("late:"):
            delivery.due = time.monotonic() + float(detail.partition(":")[2])
        for _ in range(2 if detail == "twice" else 1):
            self._enqueue(delivery)

    def _enqueue(self, delivery: Delivery) -> None:
        with self.wake:
            self.outbox.append(delivery)
            if urlsplit(delivery.uri).hostname not in NEAR:
                return
            self.waiting.append(delivery)
            if self.sender is None or not self.sender.is_alive():
                self.sender = threading.Thread(target=self._send_all, daemon=True, name="shopify-webhooks")
                self.sender.start()
            self.wake.notify()

    def _send_all(self) -> None:
        while delivery := self._next():
            delivery.tries += 1
            delivery.status = _sent(delivery)
            self._judge(delivery)

    def _next(self) -> Delivery | None:
        """The next that is due; ``None`` after half a minute without any, which ends the sender."""
        with self.wake:
            end = time.monotonic() + 30
            while time.monotonic() < end:
                now = time.monotonic()
                for delivery in self.waiting:
                    if delivery.due <= now:
                        self.waiting.remove(delivery)
                        return delivery
                soonest = min((each.due for each in self.waiting), default=end)
                self.wake.wait(max(0.01, min(soonest, end) - now))
                end = max(end, soonest + 1) if self.waiting else end
            self.sender = None
            return None

    def _judge(self, delivery: Delivery) -> None:
        """Only 2xx counts; eight failures in a row end a subscription."""
        with self.wake:
            wanted = self.subscriptions.get(delivery.subscription)
            if 200 <= delivery.status < 300:
                if wanted:
                    wanted.failures = 0
                return
            if wanted:
                wanted.failures += 1
                if wanted.failures >= MOST_FAILURES:
                    del self.subscriptions[wanted.id]
            if delivery.tries <= len(RETRY_SECONDS):
                delivery.due = time.monotonic() + RETRY_SECONDS[delivery.tries - 1]
                self.waiting.append(delivery)


def made(*, topic: str, uri: str, payload: Any, secret: str, shop: str, at: str, subscription: int = 0) -> Delivery:
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
        "X-Shopify-Triggered-At": at,
        "User-Agent": "Shopify-Captain-Hook",
    }
    return Delivery(topic, uri, headers, body, subscription)


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


def _sent(delivery: Delivery) -> int:
    try:
        with httpx2.Client(timeout=PATIENCE, trust_env=False) as client:
            return client.post(delivery.uri, content=delivery.body, headers=delivery.headers).status_code
    except (httpx2.HTTPError, OSError):
        return 0
