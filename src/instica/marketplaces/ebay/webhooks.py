"""Reads eBay's notifications: proven on the raw body by eBay's own key, which is kept for an hour."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import re
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from instica.core import clock
from instica.kit.contract import Webhooks
from instica.kit.errors import Gone, NotGenuine, Refused, TryLater
from instica.kit.types import App, Event
from instica.marketplaces.ebay import mapping
from instica.marketplaces.ebay.notifications import Notifications
from instica.marketplaces.ebay.watching import verification_token

HEADER = "x-ebay-signature"
KEPT = dt.timedelta(hours=1)
STRANGE_AN_HOUR = 60
KEY_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
PEM = re.compile(r"-----(BEGIN|END) PUBLIC KEY-----|\s")
MOST_KEYS = 100
LONGEST_CODE = 256
DIGESTS: dict[str, hashes.HashAlgorithm] = {"SHA1": hashes.SHA1(), "SHA256": hashes.SHA256()}  # noqa: S303 - theirs
PATH = "/webhooks/ebay/"
DELETION, REVOCATION = "MARKETPLACE_ACCOUNT_DELETION", "AUTHORIZATION_REVOCATION"


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of eBay's and how long we rely on it."""

    key: ec.EllipticCurvePublicKey
    until: dt.datetime


@dataclass
class Keys:
    """The keys known, by installation and id. What eBay does not know is asked for once a minute.

    Anybody may name a key, and each question counts against eBay's limit of a day: names never seen are asked for so
    often an hour and no more. eBay signs with few keys and delivers again what was put off.
    """

    known: dict[tuple[str, str], Key] = field(default_factory=dict)
    unknown: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)
    strange: deque[dt.datetime] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, app: App, key_id: str) -> ec.EllipticCurvePublicKey:
        """That key. Raises ``NotGenuine`` where eBay has none of that id, ``TryLater`` where it cannot be had now."""
        name, now = (app.origin, key_id), clock.now()
        with self.lock:
            found = self.known.get(name)
            if found and found.until > now:
                return found.key
            if self.unknown.get(name, now) > now:
                raise NotGenuine("eBay has no such key")
            if not found:
                self._ask_for_another(now)
        try:
            key = read_key(Notifications(app).public_key(key_id))
        except (Gone, Refused):
            self._note(self.unknown, name, now + dt.timedelta(minutes=1))
            raise NotGenuine("eBay has no such key") from None
        self._note(self.known, name, Key(key, now + KEPT))
        return key

    def _ask_for_another(self, now: dt.datetime) -> None:
        """Count a name never seen. Raises ``TryLater`` when there were too many of them lately."""
        while self.strange and self.strange[0] <= now - KEPT:
            self.strange.popleft()
        if len(self.strange) >= STRANGE_AN_HOUR:
            raise TryLater("So many keys were named lately that eBay is not asked for another one now")
        self.strange.append(now)

    def _note(self, where: dict[Any, Any], name: tuple[str, str], value: object) -> None:
        with self.lock:
            if len(where) >= MOST_KEYS:
                where.clear()
            where[name] = value


KEYS = Keys()


class EbayWebhooks(Webhooks):
    """One address for all sellers and for what concerns the installation itself."""

    def challenge(self, app: App, method: str, headers: Mapping[str, str], raw_query: str) -> str | None:
        """eBay asks whether this address is ours."""
        code = parse_qs(raw_query).get("challenge_code", [""])[0]
        if not code or len(code) > LONGEST_CODE:
            return None
        told = hashlib.sha256(f"{code}{verification_token(app)}{endpoint(app)}".encode()).hexdigest()
        return json.dumps({"challengeResponse": told})

    def read(self, app: App, headers: Mapping[str, str], body: bytes) -> Sequence[Event]:
        """What a delivery asks of us: one event, or several where an account is deleted."""
        prove(app, headers.get(HEADER, ""), body)
        told = an_object(body)
        notification = mapping.record(told.get("notification"))
        topic = mapping.words(mapping.record(told.get("metadata")).get("topic"))
        data, number = mapping.record(notification.get("data")), mapping.words(notification.get("notificationId"))
        if not topic:
            raise NotGenuine("A notification without a topic")
        if topic == DELETION:
            return deletion(data, number)
        user = mapping.record(data.get("user")) or data
        account = mapping.words(user.get("userId"))
        if topic == REVOCATION:
            return [Event(account, topic, account, number, "revoked")]
        order = mapping.words(mapping.record(data.get("order")).get("orderId"))
        return [Event(account, topic, order or account, number, about="order" if order else "")]


def deletion(data: Mapping[str, Any], number: str) -> list[Event]:
    """Somebody left eBay: a buyer of any shop, known by name or by id in orders, or the seller of one."""
    user, name = mapping.words(data.get("userId")), mapping.words(data.get("username"))
    events = [
        Event("", DELETION, who, f"{number}:{who}" if number else "", "forget_buyer")
        for who in dict.fromkeys(filter(None, (user, name)))
    ]
    return [*events, Event(user, DELETION, user, f"{number}:shop" if number else "", "forget_shop")] if user else events


def endpoint(app: App) -> str:
    """Our own address, as eBay knows it."""
    parts = urlsplit(app.redirect_uri)
    return f"{parts.scheme}://{parts.netloc}{PATH}"


def prove(app: App, header: str, body: bytes) -> None:
    """Raise ``NotGenuine`` unless eBay signed exactly these bytes."""
    try:
        said = json.loads(base64.b64decode(header, validate=True))
        key_id, signature = said["kid"], base64.b64decode(said["signature"], validate=True)
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        raise NotGenuine("A notification without a signature") from None
    digest = DIGESTS.get(str(said.get("digest", "SHA1")).upper())
    if not isinstance(key_id, str) or not KEY_ID.fullmatch(key_id) or digest is None:
        raise NotGenuine("A signature in a form that eBay does not use")
    try:
        KEYS.get(app, key_id).verify(signature, body, ec.ECDSA(digest))
    except InvalidSignature:
        raise NotGenuine("The signature does not fit the notification") from None


def read_key(answer: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """The key in an answer: PEM, with or without its line breaks."""
    try:
        key = load_der_public_key(base64.b64decode(PEM.sub("", mapping.words(answer.get("key"))), validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise TryLater("eBay showed a key that cannot be read") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TryLater("eBay showed a key of another kind")
    return key


def an_object(body: bytes) -> Mapping[str, Any]:
    """What was delivered."""
    try:
        return mapping.record(json.loads(body))
    except (ValueError, RecursionError):
        raise NotGenuine("A notification that is not JSON") from None
