"""The columns of the file: what each says of an item or its product, and how it is written and read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings

from instica.catalog.models import Product
from instica.core import ids
from instica.inventory import photos
from instica.inventory.models import Image, Item
from instica.inventory.sheets import cells

Of = Literal["key", "product", "item", "stock", "photos"]


@dataclass(frozen=True, slots=True)
class Held:
    """What a line is written from: a product, and an item of it unless it has none."""

    product: Product
    item: Item | None = None
    images: Sequence[Image] = ()
    last_move: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """``read`` is given the cell's text and the line's currency."""

    name: str
    of: Of
    field: str
    write: Callable[[Held], str]
    read: Callable[[str, str], Any]


def mark(held: Held) -> str:
    """The stock as it was exported and the last move it counts, so that an edit is a difference to just that."""
    if held.item is None:
        return ""
    last = ids.show("mov", held.last_move) if held.last_move else "none"
    return f"{cells.pieces(held.item.quantity)}@{last}"


def web_address(place: str) -> str:
    """Where a picture is, for everybody."""
    return f"{settings.SITE_URL}{place}" if place.startswith("/") else place


def own_place(address: str) -> str:
    """The same as it is kept."""
    return address.removeprefix(settings.SITE_URL) if address.startswith(f"{settings.SITE_URL}/media/") else address


def texts(images: Sequence[Image]) -> str:
    """What the photos show; nothing when nobody said so."""
    return cells.joined([image.alt for image in images]) if any(image.alt for image in images) else ""


def created(held: Held) -> str:
    """When the item was made."""
    return cells.shown(held.item.created) if held.item else ""


def _key(name: str, field: str, prefix: str, write: Callable[[Held], str]) -> Column:
    return Column(name, "key", field, write, lambda text, _: cells.uid(prefix, text.strip()))


def _text(name: str, of: Literal["product", "item"], field: str = "") -> Column:
    field = field or name

    def write(held: Held) -> str:
        row = held.product if of == "product" else held.item
        return str(getattr(row, field) or "") if row else ""

    return Column(name, of, field, write, lambda text, _: text)


def _maker(name: str) -> Column:
    def write(held: Held) -> str:
        maker = getattr(held.product, name)
        return maker.name if maker else ""

    return Column(name, "product", name, write, lambda text, _: text)


def _money(name: str, field: str) -> Column:
    def write(held: Held) -> str:
        return cells.amount(getattr(held.item, field), held.item.currency) if held.item else ""

    return Column(name, "item", field, write, cells.minor)


def _of_item(name: str, of: Of, field: str, write: Callable[[Held], str], read: Callable[[str], Any]) -> Column:
    return Column(name, of, field, lambda held: write(held) if held.item else "", lambda text, _: read(text))


def _of_product(name: str, field: str, write: Callable[[Held], str], read: Callable[[str], Any]) -> Column:
    return Column(name, "product", field, write, lambda text, _: read(text))


COLUMNS = (
    _key("item_uid", "item", Item.prefix, lambda held: held.item.public_id if held.item else ""),
    _key("product_uid", "product", Product.prefix, lambda held: held.product.public_id),
    _text("title", "product"),
    _text("type", "product"),
    _maker("artist"),
    _maker("label"),
    _text("catalog_number", "product"),
    _text("release", "product"),
    _text("product_barcode", "product", "barcode"),
    _text("format", "product"),
    _of_product("year", "year", lambda held: str(held.product.year or ""), cells.year),
    _of_product("tags", "tags", lambda held: cells.joined(held.product.tags), cells.parted),
    _text("marketplace_description", "product", "description"),
    _text("license_type", "product"),
    _text("license_notes", "product"),
    _of_product("product_image", "image", lambda held: web_address(held.product.image), own_place),
    _text("name", "item"),
    _text("condition_item", "item"),
    _text("condition_container", "item"),
    _text("status", "item"),
    _of_item("quantity", "stock", "quantity", lambda held: cells.pieces(held.item.quantity if held.item else 0), str),
    _of_item("stock_at_export", "stock", "mark", mark, str),
    _text("currency", "item"),
    _money("price_item", "price"),
    _money("price_shipping", "price_shipping"),
    _money("expected_sale_price", "price_expected"),
    _text("manual_sku", "item", "sku"),
    _text("manual_description", "item", "description"),
    _text("barcode", "item"),
    _text("barcode_type", "item"),
    _text("location", "item"),
    _of_item(
        "images",
        "photos",
        "images",
        lambda held: cells.joined([web_address(photos.address(image)) for image in held.images]),
        cells.addresses,
    ),
    _of_item("image_texts", "photos", "texts", lambda held: texts(held.images), cells.parted),
    _of_product("product_created", "created", lambda held: cells.shown(held.product.created), cells.moment),
    _of_item("item_created", "item", "created", created, cells.moment),
)
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
NAMES = tuple(BY_NAME)
