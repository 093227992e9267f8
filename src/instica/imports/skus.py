"""A SKU of our own where the shop's is taken."""

from __future__ import annotations

from collections.abc import Container
from itertools import count

from instica.inventory.models import Item
from instica.people.models import Organization


def free_sku(organization: Organization, sku: str, taken: Container[str]) -> str:
    """``sku`` itself, or with the first suffix nobody has: ``X``, ``X-2``, ``X-3`` …"""
    mine = Item.objects.filter(organization=organization)
    if sku not in taken and not mine.filter(sku=sku).exists():
        return sku
    used = set(mine.filter(sku__startswith=f"{sku}-").values_list("sku", flat=True))
    return next(name for number in count(2) if (name := f"{sku}-{number}") not in used and name not in taken)
