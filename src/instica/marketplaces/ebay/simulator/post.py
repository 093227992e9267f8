"""Notifications: destinations, subscriptions, and deliveries signed as eBay signs them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from instica.core import clock as wall
from instica.kit.simulation import Clock, Delivery, Fault, Mishap, Sender

LOOPBACK = ("127.0.0.1", "localhost", "::1")
GENUINE, FORGED = 0x5EED_0EBA1, 0xBAD_5EED
KID = "9936261a-7d7b-4621-a0f1-96ccb428af49"
ATTEMPTS = 3
APART = 20.0
TAKEN = (200, 201, 202, 204)
Reach = Callable[[str], tuple[int, bytes]]


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


def over_sockets(url: str) -> tuple[int, bytes]:
    """What an address on this machine answers; no other is ever called."""
    if urlsplit(url).hostname not in LOOPBACK:
        raise OSError(f"{url} is not on this machine")
    with httpx2.Client(timeout=5.0, trust_env=False) as client:
        answer = client.get(url)
    return answer.status_code, answer.content


class Post:
    """All notifications of the site. ``reach`` asks an address the challenge; tests put their own in its place."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.reach: Reach = over_sockets
        self.alert_email = "owner@greenstreet.example"
        self.destinations: dict[str, Destination] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.issued = 0
        self.sender = Sender(clock, "ebay-notifications", (), self._judge)

    def clear(self) -> None:
        """Nothing is on its way; who subscribed stays subscribed."""
        self.sender.clear()

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
            status, body = self.reach(f"{endpoint}?challenge_code={code}")
            return status == 200 and json.loads(body) == {"challengeResponse": expected}
        except (OSError, ValueError, httpx2.HTTPError):
            return False

    def publish(self, topic: str, user: str, data: dict[str, Any], fault: Fault | None, key: str = "") -> None:
        """Tell everybody who subscribed; ``fault`` is what goes wrong with it."""
        mishap, now = Mishap.of(fault), self.clock.now()
        for one in list(self.subscriptions.values()):
            wanted = one.topic == topic and one.status == "ENABLED" and one.user in ("", user)
            place = self.destinations.get(one.destination)
            if wanted and place and place.status == "ENABLED" and key in ("", one.key):
                told = self._notification(topic, one.schema, data, now)
                self._send(topic, place.endpoint, told, FORGED if mishap.forged else GENUINE, mishap)

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

    def _send(self, topic: str, url: str, told: dict[str, Any], signer: int, mishap: Mishap, wait: float = 0) -> None:
        body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "X-EBAY-SIGNATURE": sign(body, signer)}
        due = self.clock.now().timestamp() + wait
        self.sender.post(Delivery(topic, url, headers, body, due, about=str(signer)), mishap)

    def _judge(self, delivery: Delivery) -> None:
        """What was not taken is told anew, signed anew: each try says which it is."""
        told = json.loads(delivery.body)
        if delivery.status not in TAKEN and told["notification"]["publishAttemptCount"] < ATTEMPTS:
            told["notification"]["publishAttemptCount"] += 1
            self._send(delivery.topic, delivery.url, told, int(delivery.about), Mishap(), APART)


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
