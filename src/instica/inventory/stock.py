"""A person changes an item's stock: by so many, to a number, or to made to order; always by moves of the ledger."""

from __future__ import annotations

from django.db import transaction

from instica.core import ids
from instica.core.errors import Conflict, Invalid
from instica.inventory import announcing, locks, promised, services, standing, telling
from instica.inventory.models import Cause, Item, Status
from instica.people.validation import fault

LARGEST = 1_000_000
LONGEST_NOTE = 200
TO_ORDER = "Made to order from now on"


def adjust(*, item: Item, delta: int, note: str, actor: str, check: locks.Check = locks.anything) -> Item:
    """Add ``delta`` pieces, or take them away. Raises ``Conflict`` when fewer are there or nothing is counted."""
    with transaction.atomic():
        row = locks.item(item.pk)
        check(row)
        if row.quantity is None:
            raise Conflict("This item is made to order: nothing is counted. Set a quantity first.", code="unlimited")
        if row.quantity + delta < 0:
            detail = f"Only {row.quantity} in stock; {-delta} cannot be taken away."
            raise Conflict(detail, code="not_enough_stock", quantity=row.quantity)
        _move(row, delta, note, actor)
    return row


def count(*, item: Item, quantity: int | None, note: str, actor: str, check: locks.Check = locks.anything) -> Item:
    """Set the stock to a number, or to made to order with ``None``; the difference is a move."""
    with transaction.atomic():
        row = locks.item(item.pk)
        check(row)
        set_to(row, quantity, note, actor)
    return row


def set_to(row: Item, quantity: int | None, note: str, actor: str, reference: str = "") -> bool:
    """The same for an item that the caller has locked; whether anything changed.

    An item made to order has no stock: its moves sum up to nothing, so that counting it later begins there.
    """
    if row.quantity == quantity:
        return False
    if quantity is None:
        return _uncount(row, note or TO_ORDER, actor, reference)
    if row.quantity is None:
        row.quantity = 0
        Item.objects.filter(pk=row.pk).update(quantity=0)
    moved = _move(row, quantity - row.quantity, note, actor, reference)
    if not moved:
        _follow(row)
    return moved


def _uncount(row: Item, note: str, actor: str, reference: str) -> bool:
    before = row.status
    assert row.quantity is not None
    _move(row, -row.quantity, note, actor, reference)
    row.quantity, row.status = None, standing.status(before, None, live=before == Status.LISTED)
    row.save(update_fields=["quantity", "status", "updated"])
    promised.keep(row)
    _follow(row)
    return True


def _follow(row: Item) -> None:
    services.count_products([row.product_id])
    announcing.moved(row, 0, Cause.PERSON)
    telling.edited(row.organization_id, [row.pk])


def _move(row: Item, delta: int, note: str, actor: str, reference: str = "") -> bool:
    if not delta:
        return False
    if row.quantity is not None and row.quantity + delta > LARGEST:
        raise too_many()
    reference = reference or f"person:{ids.new()}"
    text = note.strip()[:LONGEST_NOTE]
    moved = services.move(item=row, delta=delta, cause=Cause.PERSON, reference=reference, actor=actor, note=text)
    if moved and delta > 0:
        promised.keep(row)
    return moved


def too_many() -> Invalid:
    """The refusal of more than we count."""
    return fault(f"At most {LARGEST:,} pieces of an item are counted.", "quantity")
