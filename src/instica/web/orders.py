"""The Orders page, an order's page and its packing slip: reading."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from instica import marketplaces
from instica.catalog.windows import window
from instica.inventory import queries as inventory
from instica.inventory.models import Item
from instica.orders import errands, history, lists, queries, relisting
from instica.orders.doors import doors
from instica.orders.lists import Wanted
from instica.orders.models import Errand, Line, Order, Settled
from instica.orders.values import UNSENT
from instica.people import queries as people
from instica.people.models import Organization
from instica.web.door import page
from instica.web.inventory import chosen_size, sizes_of
from instica.web.templatetags.web import picture

TABS = {
    "": "All",
    "to_ship": "To ship",
    "oversold": "Oversold",
    "unsettled": "Unsettled",
    "shipped": "Shipped",
    "cancelled": "Cancelled",
}
ORDERINGS = {
    "-created": "Newest first",
    "created": "Oldest first",
    "-sold_at": "Sold last first",
    "sold_at": "Sold first first",
    "-sale_price": "Highest total first",
    "-net_revenue": "Highest net first",
}
PENDING_SECONDS = 2
RESTING_SECONDS = 20


class Shelf(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages of orders whose count is kept; a page's rows are fetched by their keys."""

    def __init__(self, rows: QuerySet[Order, Order], size: int, known: int) -> None:
        super().__init__(rows, size)
        self.rows, self.known = rows, known

    @cached_property
    def count(self) -> int:
        """As it is kept."""
        return self.known

    def page(self, number: int | str) -> Page[Order]:
        """The orders of a page, whole."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        stop = min(start + self.per_page, self.known)
        return Page(window(self.rows, lists.whole(), start, stop, self.known), number, self)


@dataclass(frozen=True, slots=True)
class Sold:
    """A line, its item's picture, and whether it was sold twice or waits for its item."""

    line: Line
    photo: str
    short: bool
    waits: bool


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """By what is to be done; search, sort, page."""
    sizes = sizes_of(request)
    ordering = request.GET.get("ordering", "")
    view = request.GET.get("show", "")
    wanted = Wanted(
        search=request.GET.get("search", "").replace("\x00", "").strip()[:200],
        platform=request.GET.get("platform", "")[:40],
        view=view if view in TABS else "",
        ordering=ordering if ordering in ORDERINGS else lists.NEWEST,
    )
    size = chosen_size(request.GET.get("page_size", ""), sizes)
    shown = Shelf(lists.orders(organization, wanted), size, lists.count(organization, wanted))
    rows = shown.get_page(request.GET.get("page"))
    waiting = lists.attention(organization)
    used = organization.connections.order_by("marketplace").values_list("marketplace", flat=True).distinct()
    context = {
        "page": rows,
        "orders": [(order, sold(order)) for order in rows.object_list],
        "wanted": wanted,
        "narrowed": bool(wanted.search or wanted.platform),
        "total": lists.count(organization, Wanted()),
        "tabs": [(name, label, waiting.get(name)) for name, label in TABS.items()],
        "platforms": [(slug, manifest.name) for slug in used if (manifest := marketplaces.get(slug))],
        "orderings": ORDERINGS.items(),
        "size": size,
        "sizes": sorted(sizes),
        "seconds": RESTING_SECONDS,
    }
    return render(request, "web/orders.html", context)


@page
def one(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """An order: its lines, where it goes, the money, what was done with it and what can be."""
    order = lists.whole().get(pk=queries.get(organization, uid).pk)
    asked = list(errands.of(order))
    there = doors(order.connection.marketplace)
    busy = [errand for errand in asked if errand.state in errands.OPEN]
    live = [errand for errand in busy if errand.state != Errand.State.STUCK]
    may_ship = there.ship and order.state in UNSENT and not busy
    context = {
        "order": order,
        "lines": sold(order),
        "there": there,
        "busy": busy,
        "refused": next((each for each in asked[:1] if each.state == Errand.State.REFUSED), None),
        "short": any(each.short for each in sold(order)),
        "may_ship": may_ship,
        "may_add_parcel": there.ship and order.state in ("shipped", "completed") and not order.tracking_number,
        "may_cancel": there.cancel and bool(order.choices) and order.state in UNSENT and not busy,
        "relistable": relisting.waiting(order),
        "over": order.state in ("cancelled", "merged"),
        "timeline": history.of(order, asked),
        "seconds": PENDING_SECONDS if live else RESTING_SECONDS,
        "pending": bool(live),
    }
    return render(request, "web/order.html", context)


@page
def slip(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """What goes into the parcel, to be printed; nothing about money."""
    order = lists.whole().get(pk=queries.get(organization, uid).pk)
    sender = people.primary_address(organization)
    return render(request, "web/slip.html", {"order": order, "lines": sold(order), "sender": sender})


def sold(order: Order) -> list[Sold]:
    """The lines of an order, their pictures read together."""
    lines = list(order.lines.all())
    items = [line.item for line in lines if line.item]
    images = inventory.images(items)

    def photo(item: Item | None) -> str:
        first = next(iter(images.get(item.pk, ())), None) if item else None
        return picture(first) if first else item.image if item else ""

    return [
        Sold(
            line,
            photo(line.item),
            short=line.settled == Settled.MOVED and line.allocated < line.quantity,
            waits=line.settled == Settled.WAITING,
        )
        for line in lines
    ]
