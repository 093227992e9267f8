"""Before-images: what rows were before an import changed them, as data, and putting them back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models

from instica.inventory.models import Item
from instica.listings.models import Listing, Offer

ITEM = (
    "name title condition_item condition_container grade status currency price sku description location search"
    " updated version"
).split()
LISTING = "url title content wanted seen seen_version seen_at status_there agreed updated".split()
OFFER = "item_id sku options currency price agreed_quantity seen_quantity baseline".split()


def of(row: Item | Listing | Offer) -> dict[str, Any]:
    """The image of a row."""
    return {name: _plain(getattr(row, name)) for name in _names(row)}


def left(item: Item) -> dict[str, Any]:
    """The image of an item that loses an offer; ``after`` follows when its status was set."""
    return {"item": str(item.pk), "status": item.status, "updated": item.updated.isoformat()}


def come_back(image: Mapping[str, Any]) -> uuid.UUID:
    """An item got its offer back: it is as before, unless something else changed since. Answers its product."""
    item = Item.every.get(pk=image["item"])
    if item.updated.isoformat() == image.get("after"):
        item.status, item.updated = image["status"], dt.datetime.fromisoformat(image["updated"])
        item.save(update_fields=["status", "updated"])
    return item.product_id


def restore(row: Item | Listing | Offer, image: Mapping[str, Any]) -> None:
    """Write the image back, column by column."""
    for name in _names(row):
        field = row._meta.get_field(name.removesuffix("_id"))
        value = image[name]
        if isinstance(field, models.DateTimeField) and value is not None:
            value = dt.datetime.fromisoformat(value)
        setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id") for name in _names(row)])


def _names(row: models.Model) -> list[str]:
    return ITEM if isinstance(row, Item) else LISTING if isinstance(row, Listing) else OFFER


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if hasattr(value, "hex") and not isinstance(value, (int, float, bytes)) else value
