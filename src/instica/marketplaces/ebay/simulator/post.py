"""Notifications: destinations, subscriptions, signed deliveries, and the sender that brings them out."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from instica.core import clock as wall
from instica.kit.simulation import Clock, Fault

LOOPBACK = ("127.0.0.1", "localhost", "::1")
GENUINE, FORGED = 0x5EED_0EBA1, 0xBAD_5EED
KID = "9936261a-7d7b-4621-a0f1-96ccb428af49"
ATTEMPTS = 3
APART = dt.timedelta(seconds=20)
PAUSE = 0.05
PATIENCE = 10.0
Reach = Callable[[str, str, dict[str, str], bytes], tuple[int, bytes]]


@dataclass(slots=True)
class Destination:
    """Where deliveries go."""

    id: str
    name: str
    endpoint: str
    token: str
    status: str = "ENABLED"


@dataclass(slots=True)
class Subscription:
    """Who wants to hear what. ``user`` ``""`` is the application itself."""

    id: str
    topic: str
    destination: str
    user: str
    key: str
    schema: str
    created: dt.datetime
    status: str = "ENABLED"


@dataclass(slots=True)
class Delivery:
    """One message on its way."""

    topic: str
    url: str
    headers: dict[str, str]
    body: bytes
    due: dt.datetime
    notification: dict[str, Any]
    attempt: int = 1
    key: int = GENUINE

    def as_json(self) -> dict[str, Any]:
        """As the control interface shows it."""
        return {"topic": self.topic, "url": self.url, "headers": self.headers, "body": self.body.decode()}


def over_sockets(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Call an address on this machine; no other is ever called."""
    if urlsplit(url).hostname not in LOOPBACK:
        raise OSError(f"{url} is not on this machine")
    with httpx2.Client(timeout=5.0, trust_env=False) as client:
        answer = client.request(method, url, headers=headers, content=body)
    return answer.status_code, answer.content


@dataclass
class Post:
    """All notifications of the site. ``reach`` calls an address; tests put their own in its place."""

    clock: Clock
    reach: Reach = over_sockets
    alert_email: str = "owner@greenstreet.example"
    destinations: dict[str, Destination] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    outbox: list[Delivery] = field(default_factory=list)
    waiting: list[Delivery] = field(default_factory=list)
    issued: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None

    def clear(self) -> None:
        """Nothing is on its way; who subscribed stays subscribed."""
        with self.lock:
            self.outbox, self.waiting = [], []

    def name(self, kind: str) -> str:
        """An id that looks like one."""
        self.issued += 1
        text = hashlib.sha256(f"{kind}{self.issued}".encode()).hexdigest()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:32]}"

    def verifies(self, endpoint: str, token: str) -> bool:
        """Whether the address answers the challenge as it must. One beyond this machine is taken at its word."""
        if self.reach is over_sockets and urlsplit(endpoint).hostname not in LOOPBACK:
            return True
        code = self.name("challenge").replace("-", "")
        expected = hashlib.sha256(f"{code}{token}{endpoint}".encode()).hexdigest()
        try:
            status, body = self.reach("GET", f"{endpoint}?challenge_code={code}", {}, b"")
            return status == 200 and json.loads(body) == {"challengeResponse": expected}
        except (OSError, ValueError, httpx2.HTTPError):
            return False

    def publish(self, topic: str, user: str, data: dict[str, Any], fault: Fault | None, key: str = "") -> None:
        """Tell everybody who subscribed; ``fault`` is what goes wrong with it."""
        detail = fault.detail if fault else ""
        if detail == "drop":
            return
        now = self.clock.now()
        due = now + dt.timedelta(seconds=float(detail.removeprefix("late:"))) if detail.startswith("late:") else now
        for one in list(self.subscriptions.values()):
            wanted = one.topic == topic and one.status == "ENABLED" and one.user in ("", user)
            place = self.destinations.get(one.destination)
            if wanted and place and place.status == "ENABLED" and key in ("", one.key):
                told = self._notification(topic, one.schema, data, now)
                signer = FORGED if detail == "forged" else GENUINE
                for _ in range(2 if detail == "twice" else 1):
                    self._send(Delivery(topic, place.endpoint, {}, b"", due, told, key=signer))

    def _notification(self, topic: str, schema: str, data: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
        notification = {
            "notificationId": f"{self.name('notification')}_{self.name('part')}",
            "eventDate": wall.iso(now),
            "publishDate": wall.iso(now),
            "publishAttemptCount": 1,
            "data": data,
        }
        metadata = {"topic": topic, "schemaVersion": schema, "deprecated": False}
        return {"metadata": metadata, "notification": notification}

    def _send(self, delivery: Delivery) -> None:
        delivery.notification["notification"]["publishAttemptCount"] = delivery.attempt
        delivery.body = json.dumps(delivery.notification, separators=(",", ":"), ensure_ascii=False).encode()
        delivery.headers = {"Content-Type": "application/json", "X-EBAY-SIGNATURE": sign(delivery.body, delivery.key)}
        with self.lock:
            self.outbox.append(delivery)
            if self.reach is over_sockets and urlsplit(delivery.url).hostname not in LOOPBACK:
                return
            self.waiting.append(delivery)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._pump, daemon=True, name="ebay-notifications")
                self.thread.start()

    def _pump(self) -> None:
        """Deliver what is due until nothing waits, or nothing becomes due for a while."""
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < PATIENCE:
            with self.lock:
                now = self.clock.now()
                due = [each for each in self.waiting if each.due <= now]
                self.waiting = [each for each in self.waiting if each.due > now]
                if not due and not self.waiting:
                    self.thread = None
                    return
            for delivery in due:
                self._deliver(delivery)
                idle_since = time.monotonic()
            time.sleep(PAUSE)
        with self.lock:
            self.thread = None

    def _deliver(self, delivery: Delivery) -> None:
        try:
            status, _ = self.reach("POST", delivery.url, delivery.headers, delivery.body)
        except (OSError, httpx2.HTTPError):
            status = 0
        if status not in (200, 201, 202, 204) and delivery.attempt < ATTEMPTS:
            again = Delivery(delivery.topic, delivery.url, {}, b"", delivery.due + APART, delivery.notification)
            again.attempt, again.key = delivery.attempt + 1, delivery.key
            self._send(again)


def sign(body: bytes, number: int = GENUINE) -> str:
    """The value of ``X-EBAY-SIGNATURE`` for a body."""
    signature = private(number).sign(body, ec.ECDSA(hashes.SHA1()))  # noqa: S303 - the digest eBay uses
    said = {"alg": "ecdsa", "kid": KID, "signature": base64.b64encode(signature).decode(), "digest": "SHA1"}
    return base64.b64encode(json.dumps(said, separators=(",", ":")).encode()).decode()


def private(number: int) -> ec.EllipticCurvePrivateKey:
    """A key made of a number."""
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key() -> str:
    """The public key as eBay shows it: PEM without a single line break."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = private(GENUINE).public_key().public_bytes(serialization.Encoding.PEM, form)
    return pem.decode().replace("\n", "")
