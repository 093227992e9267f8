"""Webhooks: signed as Etsy signs them, kept in an outbox, and delivered in the background where one is registered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from instica.kit.simulation import Clock, Faults

PAUSE = 0.05
RETRIES = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)


@dataclass(slots=True)
class Delivery:
    """One request to an endpoint. ``due`` is on the simulator's clock, in epoch seconds."""

    topic: str
    headers: dict[str, str]
    body: bytes
    due: float
    tried: int = 0
    status: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the control interface tells it."""
        shown = {"topic": self.topic, "headers": self.headers, "body": self.body.decode()}
        return {**shown, "due": self.due, "tried": self.tried, "status": self.status}


@dataclass(slots=True)
class Endpoint:
    """Where an app wants to be told, as set in the developer portal."""

    url: str = ""
    secret: str = ""
    topics: tuple[str, ...] = ()


@dataclass
class Sender:
    """Everything that was sent or waits to be. The thread starts with the first endpoint and ends with ``clear``."""

    clock: Clock
    faults: Faults
    endpoint: Endpoint = field(default_factory=Endpoint)
    outbox: list[Delivery] = field(default_factory=list)
    count: int = 0
    thread: threading.Thread | None = None

    def clear(self) -> None:
        """No endpoint, nothing waiting."""
        self.endpoint = Endpoint()
        self.outbox = []

    def register(self, url: str, secret: str, topics: tuple[str, ...]) -> None:
        """Tell this address from now on; an empty one only fills the outbox."""
        self.endpoint = Endpoint(url, secret, topics)
        if url and (self.thread is None or not self.thread.is_alive()):
            self.thread = threading.Thread(target=self._work, name="etsy-webhooks", daemon=True)
            self.thread.start()

    def send(self, topic: str, content: dict[str, Any], *, versioned: bool) -> None:
        """Put an event on its way, as the faults in force will have it."""
        if not self.endpoint.secret or (self.endpoint.topics and topic not in self.endpoint.topics):
            return
        fault = self.faults.take(f"webhook {topic}", webhook=True)
        how = fault.detail if fault else ""
        if how == "drop":
            return
        self.count += 1
        now = self.clock.now().timestamp()
        late = float(how.partition(":")[2] or 0) if how.startswith("late:") else 0.0
        secret = "whsec_" + base64.b64encode(b"somebody else").decode() if how == "forged" else self.endpoint.secret
        body = json.dumps(content, separators=(",", ":")).encode()
        headers = signed(secret, f"msg_{self.count:06d}", int(now + late), body, versioned=versioned)
        self.outbox += [Delivery(topic, dict(headers), body, now + late) for _ in range(2 if how == "twice" else 1)]

    def _work(self) -> None:
        while self.endpoint.url:
            for each in [each for each in self.outbox if not each.status and each.due <= self.clock.now().timestamp()]:
                self._deliver(each)
            time.sleep(PAUSE)

    def _deliver(self, delivery: Delivery) -> None:
        delivery.tried += 1
        try:
            answer = httpx2.post(self.endpoint.url, content=delivery.body, headers=delivery.headers, timeout=10)
            delivery.status = answer.status_code if answer.is_success else 0
        except httpx2.HTTPError:
            delivery.status = 0
        if not delivery.status:
            delivery.due += RETRIES[min(delivery.tried, len(RETRIES)) - 1]


def signed(secret: str, name: str, at: int, body: bytes, *, versioned: bool = True) -> dict[str, str]:
    """The headers of a delivery: HMAC-SHA256 over id, time and body, keyed by the decoded secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    signature = ("v1," if versioned else "") + base64.b64encode(digest).decode()
    headers = {"webhook-id": name, "webhook-timestamp": str(at), "webhook-signature": signature}
    return {"Content-Type": "application/json", **headers}
