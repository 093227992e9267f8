"""A person sets the stock of an item: it is counted, and its pages follow at once as a person's own wish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from instica.inventory import editing, stock
from instica.inventory.locks import Check, anything
from instica.inventory.models import Item
from instica.listings.services import stock_changed

CAUSE = "somebody set its stock"


def adjust(*, item: Item, delta: int, note: str, actor: str, check: Check = anything) -> Item:
    """Add ``delta`` pieces, or take them away. Raises as ``stock.adjust``."""
    with transaction.atomic():
        row = stock.adjust(item=item, delta=delta, note=note, actor=actor, check=check)
        stock_changed([row.pk], reason="person", cause=CAUSE)
    return row


def count(*, item: Item, quantity: int | None, note: str, actor: str, check: Check = anything) -> Item:
    """Set the stock to a number, or to made to order with ``None``. Raises as ``stock.count``."""
    with transaction.atomic():
        row = stock.count(item=item, quantity=quantity, note=note, actor=actor, check=check)
        stock_changed([row.pk], reason="person", cause=CAUSE)
    return row


def edit(*, item: Item, changes: Mapping[str, Any], actor: str, note: str = "", check: Check = anything) -> Item:
    """Change fields, and with a ``quantity`` among them the stock. Raises as ``editing.edit``."""
    with transaction.atomic():
        row = editing.edit(item=item, changes=changes, actor=actor, note=note, check=check)
        if "quantity" in changes:
            stock_changed([row.pk], reason="person", cause=CAUSE)
    return row
