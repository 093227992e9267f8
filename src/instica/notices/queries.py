"""What the bell shows, the endpoints of an organization, and how their deliveries went."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, Q, QuerySet, When

from instica.core import ids
from instica.core.cursors import Cursor
from instica.core.errors import NotFound
from instica.notices.models import LONGEST_KEY, Delivery, Endpoint, Notice
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


def endpoints(organization: Organization) -> QuerySet[Endpoint]:
    """Where webhooks go, the oldest first."""
    return Endpoint.objects.filter(organization=organization).order_by("created", "uid")


def endpoint(organization: Organization, public_id: str) -> Endpoint:
    """One of them. Raises ``NotFound``."""
    uid = ids.read(Endpoint.prefix, public_id)
    row = endpoints(organization).select_related("organization").filter(uid=uid).first() if uid else None
    if row is None:
        raise NotFound("There is no such endpoint.")
    return row


def deliveries(
    endpoint: Endpoint, *, states: Collection[str] = (), types: Collection[str] = (), after: Cursor | None = None
) -> QuerySet[Delivery]:
    """How they went, the newest first."""
    rows = Delivery.objects.filter(endpoint=endpoint).select_related("message").order_by("-at", "-uid")
    if states:
        rows = rows.filter(state__in=states)
    if types:
        rows = rows.filter(message__type__in=types)
    return rows.filter(Q(at__lt=after.at) | Q(at=after.at, uid__lt=after.uid)) if after else rows


def delivery(endpoint: Endpoint, public_id: str) -> Delivery:
    """One of them. Raises ``NotFound``."""
    uid = ids.read(Delivery.prefix, public_id)
    row = deliveries(endpoint).filter(uid=uid).first() if uid else None
    if row is None:
        raise NotFound("There is no such delivery.")
    return row
