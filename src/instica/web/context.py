"""What the frame of every page needs: the organization, the main pages, the unread notices."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from instica.notices import queries as notices
from instica.people import queries as people
from instica.people.adapter import kept_link
from instica.people.models import Organization
from instica.people.services import may_sign_up
from instica.sync import standing

MAIN_PAGES = (
    ("web:marketplaces", "Marketplaces", "shop"),
    ("web:imports", "Imports", "import"),
    ("web:inventory", "Inventory", "box"),
    ("web:orders", "Orders", "parcel"),
    ("web:analytics", "Analytics", "chart"),
    ("web:sync", "Sync", "retry"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """An error page without a session stays bare."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        opened = SimpleLazyObject(lambda: _open(request))
        return {"main_pages": MAIN_PAGES, "mail_stays": mail_stays(), "may_sign_up": opened}
    known: Organization | None = getattr(request, "organization", None)
    organization = known or people.organization_of(user)
    return {
        "main_pages": MAIN_PAGES,
        "mail_stays": mail_stays(),
        "organization": organization,
        "all_stopped": SimpleLazyObject(lambda: bool(organization and standing.stopped(organization))),
        "unread": SimpleLazyObject(lambda: notices.unread_count(organization) if organization else 0),
    }


def mail_stays() -> bool:
    """Whether mails leave nobody's machine, since no server is set: they stand in the log."""
    return bool(settings.EMAIL_BACKEND == "instica.project.mail.LogBackend")


def _open(request: HttpRequest) -> bool:
    """Whether this visitor may have an account now."""
    return may_sign_up(kept_link(request) if hasattr(request, "session") else "")
