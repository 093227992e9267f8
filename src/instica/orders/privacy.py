"""What the law and the marketplaces ask about buyers: forget them, and say what is held about them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from instica.connections.models import Connection
from instica.core.clock import now
from instica.notices.services import tell
from instica.orders.models import Errand, Order
from instica.work.lanes import commit

PERSONAL: dict[str, object] = {"buyer": "", "buyer_name": "", "address": {}, "tracking_number": "", "search_buyer": ""}


def forget_buyer(*, connections: Iterable[Connection], buyer: str) -> int:
    """Erase who bought; what was bought, and for how much, stays. How many orders that were."""
    if not buyer:
        return 0
    with commit():
        rows = Order.objects.filter(connection__in=[each.uid for each in connections], buyer=buyer)
        return _erase(rows)


def forget_all_buyers(*, connection: Connection) -> int:
    """The same for everybody who ever bought in that shop."""
    with commit():
        return _erase(Order.objects.filter(connection=connection, forgotten_at=None))


def _erase(orders: QuerySet[Order]) -> int:
    """What of their parcels was told to the marketplace names them too."""
    settled = Errand.objects.filter(order__in=orders, state__in=[Errand.State.DONE, Errand.State.REFUSED])
    settled.delete()
    return orders.update(forgotten_at=now(), **PERSONAL)


def tell_what_is_held(*, connection: Connection, buyer: str) -> None:
    """A buyer wants to know what is held about them: the owner answers, and is told which orders those are."""
    with commit():
        numbers = Order.objects.filter(connection=connection, buyer=buyer).exclude(buyer="").order_by("sold_at")
        found = ", ".join(numbers.values_list("remote_id", flat=True)[:50]) or "no order of theirs is stored here"
        tell(
            organization=connection.organization,
            key=f"buyer-data:{connection.uid}:{buyer}",
            title=f"A buyer of {connection.username} asks what you hold about them",
            body=f"Buyer {buyer}. Their orders here: {found}. Name and address of each are in the order.",
            tone="warning",
            mail=True,
        )
