"""Adding one item by hand: its product, its row, its first stock and its photos, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from instica.catalog.models import Product
from instica.core.clock import now
from instica.core.money import Money
from instica.inventory import announcing, editing, locks, products, services, standing, stock
from instica.inventory.models import Cause, Image, Item, Move, Status
from instica.people import plans
from instica.people.models import Organization
from instica.people.validation import fault


@dataclass(frozen=True, slots=True)
class NewItem:
    """What a person knows of a thing they hold: ``quantity`` pieces of it, graded and priced."""

    title: str
    price: Money
    artist: str = ""
    label: str = ""
    catalog_number: str = ""
    format: str = ""
    year: int | None = None
    condition_item: str = ""
    condition_container: str = ""
    sku: str = ""
    description: str = ""
    quantity: int = 1
    images: tuple[str, ...] = ()


def add(*, organization: Organization, new: NewItem, actor: str = "") -> Item:
    """Take a thing into the inventory. Raises ``PaymentRequired`` when the plan's items are used up."""
    product = {
        **{name: getattr(new, name) for name in ("title", "artist", "label", "catalog_number", "format", "year")},
        "image": new.images[0] if new.images else "",
    }
    values = {
        **{name: getattr(new, name) for name in ("condition_item", "condition_container", "sku", "description")},
        "price": new.price.minor,
        "currency": new.price.currency,
        "quantity": new.quantity,
    }
    with transaction.atomic():
        item = create(organization=organization, product=product, values=values, actor=actor, unique_sku=False)
        Image.objects.bulk_create(
            Image(organization=organization, item=item, url=url, position=position)
            for position, url in enumerate(new.images)
        )
    return item


def create(
    *,
    organization: Organization,
    product: Product | Mapping[str, Any],
    values: Mapping[str, Any],
    actor: str = "",
    unique_sku: bool = True,
) -> Item:
    """An item of a product, or of a new one of those fields; ``quantity`` is its first move, ``None`` made to order.

    Two things added by hand never share a product unasked. Raises ``PaymentRequired``, ``NotFound``, ``Invalid``.
    """
    with transaction.atomic():
        tally = services.tally(organization)
        plans.check(organization, "inventory_items", used=tally.items)
        new = not isinstance(product, Product)
        of = locks.product(product.pk)[0] if isinstance(product, Product) else products.make(organization, product)
        item = make(of, values, actor)
        if unique_sku and item.sku:
            editing.refuse_taken_sku(item)
        services.count(organization, items=1, products=int(new))
        services.count_products([of.pk])
    return item


def make(product: Product, values: Mapping[str, Any], actor: str) -> Item:
    """The row and its first move, inside a transaction that holds the tally; the caller counts it."""
    item = drawn(product, values)
    item.save(force_insert=True)
    if item.quantity:
        first_move(item, actor).save(force_insert=True)
        announcing.moved(item, item.quantity, Cause.PERSON)
    return item


def drawn(product: Product, values: Mapping[str, Any], *, exact: bool = False) -> Item:
    """The row, judged and not written. Raises ``Invalid``."""
    moment, quantity = now(), values.get("quantity", 1)
    status = values.get("status", Status.READY)
    item = Item(organization=product.organization, product=product, quantity=quantity, created=moment, updated=moment)
    item.image = product.image
    editing.put(item, {"currency": "USD", **values, "status": status}, exact=exact)
    if quantity is not None and not 0 <= quantity <= stock.LARGEST:
        raise stock.too_many()
    if status == Status.LISTED or (status == Status.SOLD and quantity != 0):
        raise fault("A new item is not listed or sold yet.", "status")
    item.status = standing.status(status, quantity, live=False)
    return item


def first_move(item: Item, actor: str) -> Move:
    """The move that brings its first pieces in."""
    return Move(
        organization_id=item.organization_id,
        item=item,
        delta=item.quantity or 0,
        cause=Cause.PERSON,
        reference=f"added:{item.uid}",
        actor=actor,
    )
