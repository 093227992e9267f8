"""How mail leaves: by the server the settings name, else into the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SECONDS = 20
log = structlog.get_logger("instica.mail")


def delivery(url: str) -> dict[str, Any]:
    """Django's settings for ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…`` (TLS); empty: the log."""
    if not url:
        return {"EMAIL_BACKEND": "instica.project.mail.LogBackend"}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("INSTICA_EMAIL_URL: write it as smtp://user:password@host:587 or smtps://user:password@host")
    sealed = parts.scheme == "smtps"
    port = parts.port or (465 if sealed else 587)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": sealed,
        "EMAIL_USE_TLS": not sealed and (port == 587 or bool(parts.username)),
        "EMAIL_TIMEOUT": SECONDS,
    }


class LogBackend(BaseEmailBackend):
    """Writes mails to the log, so that an installation without a mail server can still use their links."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One line a mail."""
        for message in email_messages:
            log.warning("mail is not sent, no server is set", to=message.to, subject=message.subject, body=message.body)
        return len(email_messages)
