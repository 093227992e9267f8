"""Keeps tokens and keys out of everything that is logged, raised or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from instica.core.secrets import Secret

LONGEST = 500
NAMED = re.compile(r"(?i)\b(oauth_\w+|token|secret|signature|password|authorization|key)(\"?\s*[=:]\s*\"?)[^\s&,;\"']+")


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """``text`` cut to a readable length, with the given secrets and anything named like one blotted out."""
    for secret in secrets:
        for form in {secret.reveal(), quote(secret.reveal(), safe="")} - {""}:
            text = text.replace(form, "•••")
    return NAMED.sub(r"\1\2•••", text)[:LONGEST]
