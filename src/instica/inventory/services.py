"""Verbs of the inventory: stock moves, and what follows from them for items, products and tallies."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q, Sum

from instica.catalog.bulk import Change, key
from instica.catalog.models import Product
from instica.catalog.rows import PRODUCTS
from instica.core.clock import now
from instica.inventory import announcing, standing
from instica.inventory.models import Cause, Item, Move, Status, Tally
from instica.people.models import Organization
from instica.work.queue import Urgency, enqueue

COUNT = Change("UPDATE inventory_tally SET items = items + %s, products = products + %s WHERE organization_id = %s")


def move(*, item: Item, delta: int, cause: Cause, reference: str, actor: str = "", note: str = "") -> bool:
    """Change an item's stock once for that reason; false when that was done before, or nothing is counted.

    The item's row is locked, its quantity stays the sum of its moves, its status and its product's counts follow.
    ``item`` is brought up to date.
    """
    with transaction.atomic():
        row = Item.every.select_for_update(of=("self",)).get(pk=item.pk)
        done = Move.objects.filter(cause=cause, reference=reference).exists()
        if not done and row.quantity is not None:
            _record(row, delta, Move(cause=cause, reference=reference, actor=actor, note=note))
        item.quantity, item.status, item.updated = row.quantity, row.status, row.updated
        return not done and row.quantity is not None


def _record(row: Item, delta: int, move: Move) -> None:
    assert row.quantity is not None
    move.organization_id, move.item, move.delta = row.organization_id, row, delta
    move.save(force_insert=True)
    row.quantity += delta
    live, sold = row.status == Status.LISTED, move.cause == Cause.SALE
    row.status = standing.status(row.status, row.quantity, live=live, sold=sold)
    row.updated = now()
    row.save(update_fields=["quantity", "status", "updated"])
    count_products([row.product_id])
    announcing.moved(row, delta, move.cause)
    if not sold:  # whoever takes in a sale brings the pages to it in the same transaction
        enqueue("item.changed", str(row.uid), lane=f"items:{row.organization_id}", urgency=Urgency.LEVEL)


def count_products(products: Iterable[uuid.UUID]) -> None:
    """Bring the counts and the lowest price of those products up to date; the verbs above call it."""
    wanted = set(products)
    for_sale = Q(status__in=standing.AVAILABLE) & (Q(quantity=None) | Q(quantity__gt=0))
    counted: dict[uuid.UUID, Mapping[str, Any]] = {
        row["product"]: row
        for row in Item.objects.filter(product__in=wanted)
        .values("product")
        .annotate(
            total=Count("uid"),
            listed=Count("uid", filter=Q(status=Status.LISTED)),
            available=Count("uid", filter=for_sale),
            low=Min("price"),
        )
    }
    rows = [_counts(uid, counted) for uid in sorted(wanted)]
    PRODUCTS.update("items_total items_listed items_available price_low", rows)


def _counts(product: uuid.UUID, counted: Mapping[uuid.UUID, Mapping[str, Any]]) -> tuple[Any, ...]:
    row = counted.get(product, {})
    return row.get("total", 0), row.get("listed", 0), row.get("available", 0), row.get("low"), key(product)


def tally(organization: Organization) -> Tally:
    """The organization's counts, locked: whoever adds or removes items holds it, so that imports take turns.

    Needs a transaction.
    """
    row, _ = Tally.objects.select_for_update().get_or_create(organization=organization)
    return row


def count(organization: Organization, *, items: int, products: int) -> None:
    """So many more (or fewer) items and products."""
    if items or products:
        COUNT(items, products, key(organization.uid))


def recount(*, organization: Organization) -> None:
    """Make every balance, count and tally of an organization follow from its rows again."""
    with transaction.atomic():
        row = tally(organization)
        items = Item.objects.filter(organization=organization)
        sums = dict(Move.objects.filter(organization=organization).values_list("item").annotate(Sum("delta")))
        counted = Item.every.filter(organization=organization).exclude(quantity=None).order_by("uid")
        for item in counted.select_for_update(of=("self",)):
            if item.quantity != sums.get(item.uid, 0):
                Item.every.filter(pk=item.pk).update(quantity=sums.get(item.uid, 0))
        products = Product.objects.filter(organization=organization)
        count_products(products.values_list("uid", flat=True))
        row.items, row.products = items.count(), products.count()
        row.save()


def restate(items: Collection[uuid.UUID], live: Callable[[Collection[uuid.UUID]], Iterable[uuid.UUID]]) -> None:
    """Set the computed status of items, of which ``live`` tells those with a live offer; writes only what changes.

    Part of the caller's transaction: no offer comes or goes while the items are held.
    """
    rows = list(Item.objects.select_for_update(of=("self",)).filter(pk__in=items).order_by("uid"))
    offered = set(live([item.uid for item in rows]))
    changed: list[Item] = []
    for item in rows:
        status = standing.status(item.status, item.quantity, live=item.uid in offered)
        if status != item.status:
            item.status, item.updated = status, now()
            changed.append(item)
    if changed:
        Item.objects.bulk_update(changed, ["status", "updated"])
        count_products({item.product_id for item in changed})
