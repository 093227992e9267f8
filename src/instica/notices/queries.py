"""What the bell shows."""

from __future__ import annotations

from django.db.models import Case, QuerySet, When

from instica.core import ids
from instica.core.errors import NotFound
from instica.notices.models import LONGEST_KEY, Notice
from instica.people.models import Organization

SHOWN = 50


def unread_count(organization: Organization) -> int:
    """How many nobody has read."""
    return Notice.objects.filter(organization=organization, read=None).count()


def recent(organization: Organization, limit: int = SHOWN) -> QuerySet[Notice]:
    """The latest: the unread ones first, then the read ones, each newest first."""
    rows = Notice.objects.filter(organization=organization)
    return rows.order_by(Case(When(read=None, then=0), default=1), "-created", "-uid")[:limit]


def latest(organization: Organization, key: str) -> str | None:
    """What was last told under that key, read or not."""
    rows = Notice.objects.filter(organization=organization, key=key[:LONGEST_KEY])
    return rows.order_by("-created", "-uid").values_list("body", flat=True).first()


def get(organization: Organization, public_id: str) -> Notice:
    """One notice. Raises ``NotFound``."""
    uid = ids.read(Notice.prefix, public_id)
    notice = Notice.objects.filter(organization=organization, uid=uid).first() if uid else None
    if notice is None:
        raise NotFound("There is no such notice.")
    return notice
