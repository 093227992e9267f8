"""Products of the catalogue: the list and one of them (P4)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from pydantic import BaseModel, ConfigDict, Field

from instica.api.document import Query, paging
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.paging import Page, paged
from instica.api.v1 import inventory_shapes
from instica.api.v1.inventory_shapes import ArtistShape
from instica.api.v1.listing_shapes import PlatformRef, platform
from instica.catalog import queries
from instica.catalog.models import Kind, Product
from instica.catalog.windows import window
from instica.core.clock import iso
from instica.inventory.models import Item, Status
from instica.inventory.queries import newest_of_products, tally
from instica.listings.models import Offer, Seen

SIZE = 15
SHOWN_ITEMS = 10
MOST_TAGS = 20
ORDERINGS = (
    "title created updated artist__name listed_first unlisted_first price_high_low price_low_high"
    " most_inventory least_inventory"
).split()
QUERY = [
    Query("search", "Words that all occur in title, catalog number, tags, description, license, artist or label."),
    Query("has_inventory", "With or without any inventory item.", bool),
    Query("has_available_inventory", "With or without an item in stock that is received, ready or listed.", bool),
    Query("status", "With an item in one of these statuses, repeated or comma-separated: " + ", ".join(Status.values)),
    Query("type", "The kind of product.", choices=Kind.values),
    Query("tags", "Comma-separated, at most 20; any tag that contains any of them, in whatever case."),
    Query("uploadable_to_redbubble", "Digital products with an image.", bool),
    Query("ordering", "What to sort by, `-` for descending; `-created` unless told: " + ", ".join(ORDERINGS) + "."),
    *paging(SIZE),
]


class SummaryShape(BaseModel):
    """An inventory item in short."""

    uid: str
    title: str
    status: str
    condition_item: str | None
    price_total_usd: str | None
    price_total: str | None
    currency: str
    quantity: int | None


class PresenceShape(BaseModel):
    """How many listings of the product a marketplace shows."""

    platform: PlatformRef
    listings: int
    live: int


class ProductShape(BaseModel):
    """A catalogue entry; it owns inventory items."""

    model_config = ConfigDict(title="Product")

    uid: str
    title: str
    type: str = Field(json_schema_extra={"enum": list(Kind.values)})
    artist: ArtistShape | None
    catalog_number: str
    total_inventory_count: int
    listed_inventory_count: int
    available_inventory_count: int
    product_image: str | None
    label: ArtistShape | None
    format: str | None
    year: int | None
    barcode: str | None
    release: str | None = Field(description="Its entry in a marketplace's database, such as `discogs:249504`.")
    tags: list[str]
    marketplace_description: str | None
    license_type: str | None
    license_notes: str | None
    inventory: list[SummaryShape] = Field(description="The ten newest items.")
    marketplaces: list[PresenceShape]
    created: str
    updated: str


class ProductPage(Page[ProductShape]):
    """A page of products."""


def address(image: str) -> str:
    """A picture's absolute address; our own are kept without ours."""
    return f"{settings.SITE_URL}{image}" if image.startswith("/") else image


def summary(row: Item) -> dict[str, Any]:
    """An item in short."""
    total = inventory_shapes.prices(row)["price_total"]
    return {
        "uid": row.public_id,
        "title": row.title,
        "status": row.status,
        "condition_item": row.condition_item or None,
        "price_total_usd": total if row.currency == "USD" else None,
        "price_total": total,
        "currency": row.currency,
        "quantity": row.quantity,
    }


def presences(products: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Where each product is listed."""
    place = ("item__product", "listing__connection__marketplace")
    live = Count("pk", filter=Q(listing__seen=Seen.LIVE))
    rows = Offer.objects.filter(item__product__in=products).values_list(*place).annotate(Count("pk"), live=live)
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for key, slug, every, now in rows.order_by(*place):
        found.setdefault(key, []).append({"platform": platform(slug), "listings": every, "live": now})
    return found


def shape(row: Product, items: Sequence[Item], where: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The product: the documented part in its order, the rest after it."""
    return {
        **inventory_shapes.product(row),
        "total_inventory_count": row.items_total,
        "listed_inventory_count": row.items_listed,
        "available_inventory_count": row.items_available,
        "product_image": address(row.image) or None,
        "label": {"uid": row.label.public_id, "name": row.label.name} if row.label else None,
        "format": row.format or None,
        "year": row.year,
        "barcode": row.barcode or None,
        "release": row.release or None,
        "tags": row.tags,
        "marketplace_description": row.description or None,
        "license_type": row.license_type or None,
        "license_notes": row.license_notes or None,
        "inventory": [summary(item) for item in items],
        "marketplaces": list(where),
        "created": iso(row.created),
        "updated": iso(row.updated),
    }


def shapes(rows: Sequence[Product]) -> list[dict[str, Any]]:
    """Many products, their items and presences read together."""
    keys = [row.pk for row in rows]
    items, where = newest_of_products(keys, SHOWN_ITEMS), presences(keys)
    return [shape(row, items.get(row.pk, ()), where.get(row.pk, ())) for row in rows]


def filters(call: Call) -> dict[str, Any]:
    """What was asked for, without what was not."""
    kind = call.word("type", Kind.values)
    asked = {
        "search": call.text("search"),
        "kinds": [kind] if kind else [],
        "statuses": call.words("status", Status.values),
        "tags": call.texts("tags", MOST_TAGS),
        "has_inventory": call.flag("has_inventory"),
        "has_available": call.flag("has_available_inventory"),
        "uploadable": call.flag("uploadable_to_redbubble"),
    }
    return {name: value for name, value in asked.items() if value or value is False}


class Products(Endpoint):
    """All products of the organization."""

    @operation("products_list", "List products", scope="products", answer=ProductPage, query=QUERY)
    def get(self, call: Call) -> object:
        """A page; without a filter the count is the kept one."""
        asked = filters(call)
        ordering = call.request.GET.get("ordering", queries.NEWEST)
        wanted = queries.products(call.organization, **asked, ordering=ordering)
        count = wanted.count() if asked else tally(call.organization).products

        def rows(start: int, stop: int) -> list[object]:
            return [*shapes(window(wanted, queries.with_makers(), start, stop, count))]

        return paged(call.request, count, rows, default=SIZE)


class OneProduct(Endpoint):
    """One product."""

    @operation("products_read", "Read a product", scope="products", answer=ProductShape)
    def get(self, call: Call, uid: str) -> object:
        """With its newest items and where it is listed."""
        return shapes([queries.get(call.organization, uid)])[0]
