"""What other programs are told about orders: sold, changed, sent, cancelled, and sold twice."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, Sum

from instica.core.money import two_places
from instica.notices.webhooks import emit
from instica.orders.models import Line, Order, Settled

KINDS = {"shipped": "order.shipped", "cancelled": "order.cancelled"}


def stored(order: Order, *, new: bool, before: str) -> None:
    """An order came, or came again with news; ``before`` is the state it had. Part of the transaction storing it."""
    kind = "order.created" if new else "order.updated"
    _tell(order, kind if new or order.state == before else KINDS.get(order.state, kind))


def oversold(line: Line) -> None:
    """There is less in stock than was sold."""
    _tell(line.order, "order.oversold")


def _tell(order: Order, kind: str) -> None:
    emit(organization=order.organization_id, kind=kind, subject=order.public_id, data=lambda: _facts(order))


def _facts(order: Order) -> dict[str, Any]:
    lines = Line.objects.filter(order=order, settled=Settled.MOVED)
    return {
        "uid": order.public_id,
        "platform": order.connection.marketplace,
        "seller_account_uid": order.connection.public_id,
        "marketplace_order_id": order.remote_id,
        "status": order.state,
        "total": None if order.total is None else two_places(order.total, order.currency),
        "currency": order.currency,
        "missing": lines.aggregate(missing=Sum(F("quantity") - F("allocated")))["missing"] or 0,
        "link": f"{settings.SITE_URL}/api/v1/orders/{order.public_id}/",
    }
