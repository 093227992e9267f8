"""Items on offer in a shop, as an import leaves them, and what the ledger says about them."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum

from instica.catalog.models import Product
from instica.connections.models import Connection
from instica.core.clock import now
from instica.inventory import services as inventory
from instica.inventory.models import Cause, Item, Move
from instica.listings.models import Listing, Offer, Seen, Wanted
from instica.orders.models import Line

HOUR = dt.timedelta(hours=1)


def offered(
    connection: Connection, listing: str = "L1", *, quantity: int | None = 1, item: Item | None = None
) -> Offer:
    """One item on one live page, known for an hour."""
    item = item or stocked(connection, listing, quantity)
    page = Listing.objects.create(
        organization=connection.organization,
        connection=connection,
        remote_id=listing,
        title=item.title,
        wanted=Wanted.LIVE,
        seen=Seen.LIVE,
    )
    return Offer.objects.create(
        organization=connection.organization,
        listing=page,
        item=item,
        currency="USD",
        agreed_quantity=quantity,
        seen_quantity=quantity,
        baseline=now() - HOUR,
    )


def stocked(connection: Connection, title: str, quantity: int | None = 1) -> Item:
    """An item with so many pieces, counted by a move."""
    product = Product.objects.create(organization=connection.organization, title=title)
    item = Item.objects.create(
        organization=connection.organization,
        product=product,
        title=title,
        status="listed",
        quantity=None if quantity is None else 0,
    )
    if quantity:
        inventory.move(item=item, delta=quantity, cause=Cause.IMPORT, reference=f"test/{item.uid}")
    Item.objects.filter(uid=item.uid).update(status="listed")
    item.refresh_from_db()
    return item


def stock(item: Item | None) -> tuple[int | None, int, str]:
    """Quantity, the sum of all moves, and the status."""
    assert item is not None
    row = Item.objects.get(uid=item.uid)
    total = Move.objects.filter(item=row).aggregate(sum=Sum("delta"))["sum"] or 0
    return row.quantity, total, row.status


def lines() -> list[tuple[str, int, int, str]]:
    """Order, ordered, allocated and settled of every line."""
    rows = Line.objects.order_by("order__remote_id", "remote_id")
    return list(rows.values_list("order__remote_id", "quantity", "allocated", "settled"))
