"""How an inventory item looks from outside (P5, I4.1 to I4.6, D16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from instica.api.paging import Page
from instica.api.v1 import listing_shapes
from instica.api.v1.listing_shapes import ListingShape
from instica.catalog.models import Product
from instica.core.clock import iso, now
from instica.core.money import two_places
from instica.inventory import grades, photos, queries
from instica.inventory.models import Image, Item, Status
from instica.people.models import Organization

LABELS = dict(Status.choices)


class ArtistShape(BaseModel):
    """Who made it."""

    uid: str
    name: str


class ProductRef(BaseModel):
    """The product in short."""

    uid: str
    title: str
    type: str
    artist: ArtistShape | None
    catalog_number: str


class OrganizationRef(BaseModel):
    """The organization in short."""

    uid: str
    display_name: str
    slug: str
    default_barcode_type: str


class AssetShape(BaseModel):
    """A photo."""

    uid: str
    url: str
    thumbnail_url: str
    position: int
    is_primary: bool
    alt: str | None = Field(description="What it shows, for those who do not see it.")


class ItemShape(BaseModel):
    """One sellable unit: graded, priced, photographed. Amounts in `_usd` fields are null in other currencies."""

    model_config = ConfigDict(title="InventoryItem")

    uid: str
    title: str = Field(description="The name if there is one, else product title and grade.")
    name: str | None
    product: ProductRef
    organization: OrganizationRef
    condition_item: str | None
    condition_item_display: str | None
    condition_container: str | None
    condition_container_display: str | None
    status: str = Field(json_schema_extra={"enum": list(Status.values)})
    status_display: str
    price_total_usd: str | None
    price_item_usd: str | None
    price_shipping_usd: str | None
    expected_sale_price_usd: str | None
    manual_sku: str | None
    manual_description: str | None
    days_in_inventory: int
    barcode: str | None
    barcode_type: str | None
    location: str | None
    assets: list[AssetShape]
    listings: list[ListingShape]
    created: str
    updated: str
    quantity: int | None = Field(description="Pieces in stock; null is made to order.")
    currency: str
    price_total: str | None
    price_item: str | None
    price_shipping: str
    expected_sale_price: str | None


class InventoryPage(Page[ItemShape]):
    """A page of inventory items."""


def product(row: Product) -> dict[str, Any]:
    """The product in short."""
    artist = row.artist
    return {
        "uid": row.public_id,
        "title": row.title,
        "type": row.type,
        "artist": {"uid": artist.public_id, "name": artist.name} if artist else None,
        "catalog_number": row.catalog_number,
    }


def organization(row: Organization) -> dict[str, Any]:
    """The organization in short."""
    return {
        "uid": row.public_id,
        "display_name": row.display_name,
        "slug": row.slug,
        "default_barcode_type": row.default_barcode_type,
    }


def asset(image: Image) -> dict[str, Any]:
    """A photo: our copy once there is one, else where it was found."""
    place = photos.address(image)
    address = f"{settings.SITE_URL}{place}" if image.file else place
    return {
        "uid": image.public_id,
        "url": address,
        "thumbnail_url": address,
        "position": image.position,
        "is_primary": image.position == 0,
        "alt": image.alt or None,
    }


def prices(row: Item) -> dict[str, str | None]:
    """The four amounts in the item's own currency."""
    total = None if row.price is None else row.price + row.price_shipping
    amounts = {
        "price_total": total,
        "price_item": row.price,
        "price_shipping": row.price_shipping,
        "expected_sale_price": row.price_expected,
    }
    return {name: None if minor is None else two_places(minor, row.currency) for name, minor in amounts.items()}


def item(
    row: Item, owner: dict[str, Any], pictures: Sequence[Image], listings: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The item: the documented part in its order, the rest after it."""
    own = prices(row)
    dollars = {f"{name}_usd": amount if row.currency == "USD" else None for name, amount in own.items()}
    return {
        "uid": row.public_id,
        "title": row.title,
        "name": row.name,
        "product": product(row.product),
        "organization": owner,
        "condition_item": row.condition_item or None,
        "condition_item_display": grades.display(row.condition_item) or None,
        "condition_container": row.condition_container or None,
        "condition_container_display": grades.display(row.condition_container) or None,
        "status": row.status,
        "status_display": LABELS[row.status],
        **dollars,
        "manual_sku": row.sku or None,
        "manual_description": row.description or None,
        "days_in_inventory": max(0, (now() - row.created).days),
        "barcode": row.barcode or None,
        "barcode_type": row.barcode_type or None,
        "location": row.location or None,
        "assets": [asset(image) for image in pictures],
        "listings": list(listings),
        "created": iso(row.created),
        "updated": iso(row.updated),
        "quantity": row.quantity,
        "currency": row.currency,
        **own,
    }


def items(rows: Sequence[Item], house: Organization) -> list[dict[str, Any]]:
    """Many items, their photos and listings read together."""
    owner, keys = organization(house), [row.pk for row in rows]
    pictures, listings = queries.images(rows), listing_shapes.of_items(keys)
    return [item(row, owner, pictures.get(row.pk, ()), listings.get(row.pk, ())) for row in rows]
