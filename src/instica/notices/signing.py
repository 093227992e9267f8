"""Signatures of Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and body, one for every secret that holds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from instica.core.secrets import Secret

PREFIX = "whsec_"
RANDOM_BYTES = 32


def new_secret() -> Secret:
    """A fresh secret: ``whsec_`` and 32 random bytes in base64."""
    return Secret(PREFIX + base64.b64encode(secrets.token_bytes(RANDOM_BYTES)).decode())


def headers(*, webhook_id: str, timestamp: int, body: bytes, holding: Iterable[Secret]) -> dict[str, str]:
    """The three headers; while a secret is being changed there is a signature by the new one and by the old ones."""
    content = b".".join((webhook_id.encode(), str(timestamp).encode(), body))
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_signature(secret, content)}" for secret in holding),
    }


def _signature(secret: Secret, content: bytes) -> str:
    key = base64.b64decode(secret.reveal().removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
