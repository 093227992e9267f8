"""One item or one product, locked: whoever changes it goes by here. Items are locked before their products."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from instica.catalog.models import Product
from instica.core.errors import NotFound
from instica.inventory.models import Item

Check = Callable[[Item], None]
ProductCheck = Callable[[Product], None]


def anything(row: Item | Product) -> None:
    """No condition."""


def item(uid: uuid.UUID) -> Item:
    """The item as it is now, with its product and artist. Raises ``NotFound`` once somebody deleted it."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("product__artist", "organization")
    row = rows.filter(pk=uid).first()
    if row is None:
        raise NotFound("There is no such inventory item.")
    return row


def items(organization: uuid.UUID, uids: Iterable[uuid.UUID]) -> list[Item]:
    """Those of the items that are that organization's, in the order in which everybody locks."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("product__artist", "product__label")
    return list(rows.filter(organization=organization, pk__in=set(uids)).order_by("uid"))


def product(uid: uuid.UUID) -> tuple[Product, list[Item]]:
    """The product as it is now and its items. Raises ``NotFound`` once somebody deleted it."""
    items = list(Item.objects.select_for_update(of=("self",)).filter(product=uid).order_by("uid"))
    rows = Product.objects.select_for_update(of=("self",)).select_related("artist", "label")
    row = rows.filter(pk=uid).first()
    if row is None:
        raise NotFound("There is no such product.")
    return row, items
