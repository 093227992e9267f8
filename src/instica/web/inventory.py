"""The Inventory page: search, filter, sort, choose."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from instica.inventory import queries
from instica.inventory.bulk import MOST
from instica.inventory.models import Item, Status
from instica.listings import standing
from instica.listings.models import Offer
from instica.orders import queries as orders
from instica.people import preferences
from instica.people.models import Organization, User
from instica.web import bulk
from instica.web.door import page
from instica.web.templatetags.web import picture

SIZES = (25, 50, 100)
ORDERINGS = {
    "-created": "Newest first",
    "created": "Oldest first",
    "title": "Title, A to Z",
    "-title": "Title, Z to A",
    "-price_total_usd": "Price, highest first",
    "price_total_usd": "Price, lowest first",
    "condition_item": "Grade, best first",
    "status": "Status",
    "manual_sku": "SKU",
}


class KeptCount(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages of a list whose size is already known."""

    def __init__(self, rows: QuerySet[Item, Item], size: int, known: int | None) -> None:
        super().__init__(rows, size)
        self.rows = rows
        self.known = known

    @cached_property
    def count(self) -> int:
        """Kept for the whole inventory, counted for a part of it."""
        return self.rows.count() if self.known is None else self.known


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Search, filter, sort, page."""
    search = request.GET.get("search", "").strip()[:200]
    statuses = [word for word in request.GET.getlist("status") if word in Status.values]
    ordering = request.GET.get("ordering", "")
    ordering = ordering if ordering in ORDERINGS else queries.NEWEST
    sizes = sizes_of(request)
    size = chosen_size(request.GET.get("page_size", ""), sizes)
    total = queries.tally(organization).items
    rows = queries.items(organization, search=search, statuses=statuses, ordering=ordering)
    narrowed = bool(search or statuses)
    shown = KeptCount(rows.select_related("product__artist"), size, None if narrowed else total)
    context = {
        "page": with_offers(shown.get_page(request.GET.get("page"))),
        "total": total,
        "sold_waiting": orders.count_unlinked(organization),
        "narrowed": narrowed,
        "search": search,
        "chosen": statuses,
        "ordering": ordering,
        "size": size,
        "sizes": sorted(sizes),
        "statuses": Status.choices,
        "most_chosen": MOST,
        "orderings": ORDERINGS.items(),
        "platforms": bulk.platforms(organization),
    }
    return render(request, "web/inventory.html", context)


def sizes_of(request: HttpRequest) -> tuple[int, ...]:
    """The sizes on offer, the one the person prefers first."""
    assert isinstance(request.user, User)
    preferred = preferences.read(request.user)["items_per_page"]
    return (preferred, *(size for size in SIZES if size != preferred))


def chosen_size(text: str, sizes: Sequence[int]) -> int:
    """One of the sizes on offer."""
    return next((size for size in sizes if str(size) == text), sizes[0])


def with_offers(shown: Page[Item]) -> Page[Item]:
    """The same page; each item knows where it is listed and how it looks."""
    offers, images = offers_of([item.pk for item in shown]), queries.images(shown)
    for item in shown:
        item.on = offers[item.pk]  # type: ignore[attr-defined]
        first = next(iter(images[item.pk]), None)
        item.photo = picture(first) if first else item.image  # type: ignore[attr-defined]
    return shown


def offers_of(items: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Offer]]:
    """Where each item is listed, oldest first."""
    found: dict[uuid.UUID, list[Offer]] = defaultdict(list)
    rows = list(Offer.objects.filter(item__in=items).select_related("listing__connection").order_by("item", "uid"))
    states = standing.states(offer.listing for offer in rows)
    for offer in rows:
        assert offer.item_id is not None
        offer.listing.stands = states[offer.listing_id]  # type: ignore[attr-defined]
        found[offer.item_id].append(offer)
    return found
