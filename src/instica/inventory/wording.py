"""How an item's title and search text follow from what it is."""

from __future__ import annotations

from instica.catalog.models import Product
from instica.inventory import grades
from instica.inventory.models import Item


def title(name: str | None, product: str, grade: str) -> str:
    """The name where there is one, else the product and its grade."""
    if name:
        return name
    return f"{product} - {grades.display(grade)}" if grade else product


def search(*fields: str | None) -> str:
    """The searchable fields, lower case, one a line."""
    return "\n".join(filter(None, fields)).lower()


def name_item(item: Item, product: Product) -> None:
    """Let an item's title and search text follow from its fields and its product's."""
    artist = product.artist.name if product.artist else ""
    item.title = title(item.name, product.title, item.condition_item)
    item.search = search(
        item.name, item.description, item.sku, item.barcode, product.title, artist, product.catalog_number
    )


def name_product(product: Product) -> None:
    """Let a product's search text follow from its fields (P4)."""
    artist, label = product.artist, product.label
    product.search = search(
        *(product.title, artist.name if artist else "", label.name if label else "", product.catalog_number),
        *(*product.tags, product.description, product.license_type, product.license_notes, product.barcode),
    )
