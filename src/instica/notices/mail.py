"""A notice as a plain-text mail."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from instica.notices.models import Notice
from instica.people.models import Membership, Role


def send(notice: Notice) -> int:
    """Mail it to the owner and the admins; how many that were. A repeat carries the same Message-ID."""
    receivers = addresses(notice)
    link = f"{settings.SITE_URL}{notice.link}" if notice.link.startswith("/") else notice.link
    words = render_to_string("notices/mail.txt", {"notice": notice, "link": link, "site": settings.SITE_URL})
    host = urlsplit(settings.SITE_URL).hostname
    for receiver in receivers:
        mark = hashlib.sha256(receiver.encode()).hexdigest()[:12]
        headers = {"Message-ID": f"<{notice.public_id}.{mark}@{host}>"}
        EmailMessage(
            notice.title, f"{words.strip()}\n", settings.DEFAULT_FROM_EMAIL, [receiver], headers=headers
        ).send()
    return len(receivers)


def addresses(notice: Notice) -> list[str]:
    """Who can act on it."""
    members = Membership.objects.filter(
        organization=notice.organization_id, role__in=[Role.OWNER, Role.ADMIN], is_active=True, user__is_active=True
    )
    return sorted(email for email in members.values_list("user__email", flat=True) if email)
