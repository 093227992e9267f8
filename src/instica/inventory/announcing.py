"""What other programs are told about stock."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from instica.inventory.models import Item
from instica.notices.webhooks import emit


def moved(item: Item, change: int, cause: str) -> None:
    """The stock of an item changed; part of the transaction that moved it."""
    emit(
        organization=item.organization_id,
        kind="stock.changed",
        subject=item.public_id,
        data=lambda: _facts(item, change, cause),
    )


def _facts(item: Item, change: int, cause: str) -> dict[str, Any]:
    return {
        "uid": item.public_id,
        "sku": item.sku,
        "quantity": item.quantity,
        "change": change,
        "cause": str(cause),
        "link": f"{settings.SITE_URL}/api/v1/inventory/{item.public_id}/",
    }
