"""Webhooks: signed as Etsy signs them, on their way to the endpoint that the developer portal knows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from instica.kit.simulation import Clock, Delivery, Faults, Mishap, Sender

RETRIES = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)


@dataclass(slots=True)
class Endpoint:
    """Where an app wants to be told, as set in the developer portal."""

    url: str = ""
    secret: str = ""
    topics: tuple[str, ...] = ()


@dataclass
class Portal:
    """The one endpoint of the app and what was sent to it."""

    clock: Clock
    faults: Faults
    endpoint: Endpoint = field(default_factory=Endpoint)
    count: int = 0

    def __post_init__(self) -> None:
        self.sender = Sender(self.clock, "etsy-webhooks", RETRIES)

    def clear(self) -> None:
        """No endpoint, nothing waiting."""
        self.endpoint = Endpoint()
        self.sender.clear()

    def register(self, url: str, secret: str, topics: tuple[str, ...]) -> None:
        """Tell this address from now on; an empty one only fills the outbox."""
        self.endpoint = Endpoint(url, secret, topics)

    def send(self, topic: str, content: dict[str, Any], *, versioned: bool) -> None:
        """Put an event on its way, as the faults in force will have it."""
        if not self.endpoint.secret or (self.endpoint.topics and topic not in self.endpoint.topics):
            return
        mishap = Mishap.of(self.faults.take(f"webhook {topic}", webhook=True))
        if not mishap.dropped:
            self.count += 1
        now = self.clock.now().timestamp()
        secret = "whsec_" + base64.b64encode(b"somebody else").decode() if mishap.forged else self.endpoint.secret
        body = json.dumps(content, separators=(",", ":")).encode()
        headers = signed(secret, f"msg_{self.count:06d}", int(now + mishap.late), body, versioned=versioned)
        self.sender.post(Delivery(topic, self.endpoint.url, headers, body, now), mishap)

    def as_json(self) -> list[dict[str, Any]]:
        """What was sent, as the control interface tells it."""
        return [
            {
                "topic": each.topic,
                "headers": each.headers,
                "body": each.body.decode(),
                "due": each.due,
                "tried": each.tried,
                "status": each.status,
            }
            for each in self.sender.outbox
        ]


def signed(secret: str, name: str, at: int, body: bytes, *, versioned: bool = True) -> dict[str, str]:
    """The headers of a delivery: HMAC-SHA256 over id, time and body, keyed by the decoded secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    signature = ("v1," if versioned else "") + base64.b64encode(digest).decode()
    headers = {"webhook-id": name, "webhook-timestamp": str(at), "webhook-signature": signature}
    return {"Content-Type": "application/json", **headers}
