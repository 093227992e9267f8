"""What other programs are told about listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from instica.core import ids
from instica.inventory.models import Item
from instica.listings.standing import Standing
from instica.listings.states import INACTIVE
from instica.notices.webhooks import emit

FOR_SALE = frozenset({"live", "updating", "drifted"})
CHANGES = frozenset({"revise", "set_levels"})


def stepped(row: Standing, step: str, before: Mapping[str, Any]) -> None:
    """A step was done at a page that stood as in ``before``; part of the transaction that writes it down."""
    state, was = row.step.state, before.get("state")
    if state in INACTIVE and was not in INACTIVE:
        tell(row, "listing.ended")
    elif state in FOR_SALE and step in CHANGES:
        tell(row, "listing.updated")
    elif state in FOR_SALE and was not in FOR_SALE:
        tell(row, "listing.live")


def tell(row: Standing, kind: str) -> None:
    """Anything else about a page, in the transaction in which it happens."""
    page = row.listing
    emit(organization=page.organization_id, kind=kind, subject=page.public_id, data=lambda: _facts(row))


def _facts(row: Standing) -> dict[str, Any]:
    page = row.listing
    first = next((offer.item_id for offer in row.offers if offer.item_id), page.item_id)
    item = ids.show(Item.prefix, first) if first else None
    return {
        "uid": page.public_id,
        "platform": page.connection.marketplace,
        "seller_account_uid": page.connection.public_id,
        "listing_id": page.remote_id,
        "inventory_item_uid": item,
        "state": row.step.state,
        "problem": page.problem["message"] if page.problem else None,
        "differs": ", ".join(sorted({str(each["field"]) for each in page.drift})) if page.drift else None,
        "link": f"{settings.SITE_URL}/api/v1/inventory/{item}/listings/" if item else None,
    }
