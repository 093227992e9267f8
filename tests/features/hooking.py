"""Endpoints of Ada's programs, and what they were sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from instica.core.secrets import Secret
from instica.notices import endpoints
from instica.notices.kinds import KINDS
from instica.notices.models import Delivery, Endpoint, Message
from instica.notices.webhooks import emit
from instica.people.models import User
from tests import builders
from tests.features.receiver import Came

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/webhooks.md"


def endpoint(user: User, url: str, types: Sequence[str] = ()) -> tuple[Endpoint, Secret]:
    """One more, and its secret."""
    return endpoints.create(organization=builders.house(user), by=user, url=url, types=types)


def happened(
    user: User, subject: str = "inv_01h455vb4pex5vsknk084sn02q", kind: str = "stock.changed"
) -> Message | None:
    """Something to tell."""
    data = {name: field.example for name, field in KINDS[kind].fields.items()} | {"uid": subject}
    return emit(organization=builders.house(user).uid, kind=kind, subject=subject, data=lambda: data)


def genuine(secret: Secret, came: Came) -> bool:
    """Whether a signature of that secret is among those sent: written from the specification alone."""
    key = base64.b64decode(secret.reveal().split("_", 1)[1])
    content = came.headers["webhook-id"] + "." + came.headers["webhook-timestamp"] + "." + came.body.decode()
    expected = "v1," + base64.b64encode(hmac.digest(key, content.encode(), hashlib.sha256)).decode()
    return expected in came.headers["webhook-signature"].split(" ")


def in_the_guide(language: str) -> str:
    """The program the guide shows in that language."""
    return GUIDE.read_text().partition(f"```{language}\n")[2].partition("```")[0]


def bodies(kind: str) -> list[dict[str, Any]]:
    """The ``data`` of every message of that kind, the oldest first."""
    return [json.loads(row.body)["data"] for row in Message.objects.filter(type=kind).order_by("sequence")]


def states() -> list[tuple[str, int]]:
    """How every delivery stands, and how often it was tried; the oldest first."""
    return list(Delivery.objects.order_by("at", "uid").values_list("state", "attempts"))
