"""Items, images and moves as rows for bulk writing."""

from __future__ import annotations

from typing import Any

from instica.catalog.bulk import Table
from instica.inventory import grades
from instica.inventory.models import Image, Item, Move

ITEMS = Table(
    Item,
    "uid organization_id product_id name title condition_item condition_container grade status quantity currency price"
    " price_shipping price_expected sku description barcode barcode_type location image search created updated version"
    " hidden_at",
)
IMAGES = Table(Image, "uid organization_id item_id url file trouble position alt")
MOVES = Table(Move, "uid organization_id item_id delta cause reference actor note at")


def item(
    *,
    uid: Any,
    organization: Any,
    product: Any,
    title: str,
    condition_item: str,
    condition_container: str,
    status: str,
    quantity: int | None,
    currency: str,
    price: int | None,
    sku: str,
    description: str,
    barcode: str,
    location: str,
    image: str,
    search: str,
    at: Any,
) -> tuple[Any, ...]:
    """An item without a name of its own."""
    grade = grades.rank(condition_item)
    return (
        *(uid, organization, product, None, title, condition_item, condition_container, grade, status, quantity),
        *(currency, price, 0, None, sku, description, barcode, "", location, image, search, at, at, 1),
        None,
    )
