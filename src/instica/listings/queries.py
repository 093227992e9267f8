"""Reads about listings: one of them, what differs there, how long what was sold stayed on sale elsewhere."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now
from instica.core.errors import NotFound
from instica.inventory.models import Item
from instica.kit.types import Draft
from instica.listings import drafts, words
from instica.listings.facts import facts
from instica.listings.models import Exposure, Listing, Offer, Seen
from instica.people.models import Organization

MONTH = dt.timedelta(days=30)
THERE = (Seen.LIVE, Seen.HIDDEN, Seen.SOLD_OUT)
"""What is seen of a page that stands there."""


@dataclass(frozen=True, slots=True)
class Exposures:
    """Milliseconds from a sale's record until other pages were confirmed closed, over 30 days; ``open`` are so now."""

    count: int
    p50: int | None
    p95: int | None
    p99: int | None
    open: int
    oldest: dt.datetime | None


def drifted(organization: Organization) -> QuerySet[Listing, Listing]:
    """Pages that say otherwise there than both sides agreed, the newest difference first."""
    rows = Listing.objects.filter(organization=organization, drift__isnull=False)
    return rows.select_related("connection").prefetch_related("offers__item").order_by("-updated", "-uid")


def get(organization: Organization, public_id: str) -> Listing:
    """One page. Raises ``NotFound``."""
    uid = ids.read(Listing.prefix, public_id)
    rows = Listing.objects.filter(organization=organization, uid=uid) if uid else Listing.objects.none()
    found = rows.select_related("connection__organization", "organization").first()
    if found is None:
        raise NotFound("There is no such listing.")
    return found


def exposures(organization: Organization) -> Exposures:
    """How fast this installation closes what was sold, from its own record."""
    rows = Exposure.objects.filter(organization=organization, since__gt=now() - MONTH).order_by("milliseconds")
    count = rows.count()
    values = rows.values_list("milliseconds", flat=True)
    p50, p95, p99 = (values[math.ceil(count * share) - 1] if count else None for share in (0.5, 0.95, 0.99))
    exposed = Listing.objects.filter(organization=organization, exposed_since__isnull=False)
    return Exposures(count, p50, p95, p99, exposed.count(), exposed.aggregate(least=Min("exposed_since"))["least"])


def seen_since(connection: Connection, since: dt.datetime) -> tuple[int, int]:
    """How many pages of ours were read there since, and how many stand there."""
    mine = Listing.objects.filter(connection=connection, seen__in=THERE).exclude(remote_id="")
    count = mine.aggregate(read=Count("uid", filter=Q(seen_at__gte=since)), known=Count("uid"))
    return count["read"], count["known"]


def currency(page: Listing) -> str:
    """What the page's prices are in."""
    return page.connection.currency or str(
        Offer.objects.filter(listing=page).values_list("currency", flat=True).order_by("uid").first() or ""
    )


def action(item: Item, connection: Connection, draft: Draft) -> str:
    """What listing would do there, in the house's word for the step."""
    page = words.usable(item, connection)
    if page is None or words.is_over(page) or page.seen == Seen.ABSENT:
        return "publish"
    if page.seen != Seen.LIVE:
        return "show"
    if page.sent and drafts.fingerprint(draft) == page.sent:
        return "none"
    offers = Offer.objects.filter(listing=page).order_by("uid")
    same = [(offer.price, offer.currency) for offer in offers] == [
        (each.price.minor, each.price.currency) if each.price else (None, "") for each in draft.offers
    ]
    return "none" if same and not page.sent else "revise"


def costs(slug: str) -> bool:
    """Whether going on sale there costs money at once."""
    return facts(slug).costs
