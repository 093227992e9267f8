"""The order in which rows are locked: items by key, their products by key, then the order; importing does so too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from instica.catalog.models import Product
from instica.connections.models import Connection
from instica.inventory.models import Item
from instica.orders.models import Line, Order


def items(uids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Item]:
    """These items, locked, and of several the products too, whose counts follow one by one."""
    wanted = sorted({uid for uid in uids if uid})
    rows = Item.every.select_for_update(of=("self",)).filter(uid__in=wanted).order_by("uid") if wanted else ()
    found = {item.uid: item for item in rows}
    products = {item.product_id for item in found.values()}
    if len(products) > 1:
        list(Product.objects.select_for_update(no_key=True).filter(uid__in=products).order_by("uid").values_list("uid"))
    return found


def order(connection: Connection, remote_id: str, blank: Order) -> tuple[Order, bool]:
    """The order of that id, locked, and whether it is new; ``blank`` is what a new one starts as."""
    rows = Order.objects.select_for_update().filter(connection=connection, remote_id=remote_id)
    if known := rows.first():
        return known, False
    try:
        with transaction.atomic():
            blank.save(force_insert=True)
    except IntegrityError:
        return rows.get(), False
    return blank, True


def line(uid: uuid.UUID) -> Line | None:
    """One line, locked."""
    return Line.objects.select_for_update(of=("self",)).select_related("order").filter(uid=uid).first()
