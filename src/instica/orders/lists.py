"""Reads of long lists of orders: search, filters, orderings, and counts that are kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet, Sum
from django.db.models.expressions import OrderBy

from instica.connections.models import Connection
from instica.orders.models import Line, Order, Settled, Tally
from instica.orders.values import UNSENT
from instica.people.models import Organization

NEWEST = "-created"
COLUMNS = {"sold_at": "sold_at", "sale_price": "total", "net_revenue": "net", "status": "status"}
ORDERINGS = ("created", *COLUMNS)
COMPUTED = ("awaiting_shipment", "shipped", "completed")
VIEWS = ("to_ship", "oversold", "unsettled", "shipped", "cancelled")
"""What people look for: what to send, what was sold twice, what waits for its item, what is on its way, what is off."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows. ``status`` is one of ours or a marketplace's own word; ``view`` one of ``VIEWS``."""

    search: str = ""
    status: str = ""
    platform: str = ""
    view: str = ""
    ordering: str = NEWEST


def orders(organization: Organization, wanted: Wanted) -> QuerySet[Order, Order]:
    """The orders that match every word and every filter; an unknown ordering is the newest first."""
    found = Order.objects.filter(organization=organization, **_columns(wanted))
    if wanted.status and wanted.status not in COMPUTED:
        found = found.filter(Q(status=wanted.status) | Q(status_there=wanted.status))
    if wanted.platform:
        found = found.filter(connection__in=_shops(organization, wanted.platform))
    if wanted.view == "oversold":
        found = found.filter(state__in=UNSENT, pk__in=short(organization))
    if wanted.view == "unsettled":
        found = found.filter(pk__in=unsettled(organization).values("order"))
    for word in wanted.search.lower().split():
        found = found.filter(Q(search__contains=word) | Q(search_buyer__contains=word))
    return found.order_by(*order(wanted.ordering))


def order(name: str) -> list[str | OrderBy]:
    """What the API's words for an order sort by; ties by age, then by id, so that pages never overlap."""
    bare, down = name.removeprefix("-"), name.startswith("-")
    if bare in COLUMNS:
        column = F(COLUMNS[bare])
        return [column.desc(nulls_last=True) if down else column.asc(nulls_last=True), "-created", "uid"]
    return ["created", "-uid"] if name == "created" else ["-created", "uid"]


def count(organization: Organization, wanted: Wanted) -> int:
    """How many those are, exactly: from the kept tallies wherever those tell."""
    external = wanted.status and wanted.status not in COMPUTED
    if wanted.search or external or wanted.view in ("oversold", "unsettled"):
        return orders(organization, wanted).order_by().count()
    tallies = Tally.objects.filter(organization=organization, **_columns(wanted))
    if wanted.platform:
        tallies = tallies.filter(connection__in=_shops(organization, wanted.platform))
    return tallies.aggregate(sum=Sum("orders"))["sum"] or 0


def attention(organization: Organization) -> dict[str, int]:
    """How many orders wait for somebody, by view; few rows and kept figures, for pages of every day."""
    return {view: count(organization, Wanted(view=view)) for view in ("to_ship", "oversold", "unsettled")}


def short(organization: Organization) -> list[uuid.UUID]:
    """Orders with lines that were sold twice, ever: few, and read by an index of just these lines.

    They are fetched, since a database that plans the join cannot know how few they are.
    """
    moved = Line.objects.filter(organization=organization, settled=Settled.MOVED, allocated__lt=F("quantity"))
    return list(moved.order_by().values_list("order", flat=True).distinct())


def unsettled(organization: Organization) -> QuerySet[Line]:
    """Lines sold since their shop was connected that wait for their item."""
    waiting = Line.objects.filter(organization=organization, settled=Settled.WAITING)
    return waiting.filter(order__sold_at__gte=F("connection__connected_at"))


def whole() -> QuerySet[Order, Order]:
    """Orders with their shop and their lines, each with its page and item."""
    lines = Line.objects.select_related("offer__listing__connection", "item__product__artist").order_by("remote_id")
    return Order.objects.select_related("connection").prefetch_related(Prefetch("lines", lines))


def _columns(wanted: Wanted) -> dict[str, Sequence[str]]:
    """Filters that rows and tallies have in common."""
    statuses = [wanted.status] if wanted.status in COMPUTED else None
    by_view = {"to_ship": ["awaiting_shipment"], "shipped": ["shipped", "completed"]}.get(wanted.view)
    if statuses and by_view:
        statuses = [each for each in statuses if each in by_view]
    columns: dict[str, Sequence[str]] = {}
    if (chosen := statuses if statuses is not None else by_view) is not None:
        columns["status__in"] = chosen
    if wanted.view == "cancelled":
        columns["state__in"] = ["cancelled"]
    return columns


def _shops(organization: Organization, platform: str) -> QuerySet[Connection]:
    return Connection.objects.filter(organization=organization, marketplace=platform)
