"""A person changes an item: its fields, and with them its stock; or deletes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from instica.core.clock import now
from instica.core.errors import Conflict
from instica.core.money import CURRENCIES
from instica.inventory import grades, locks, services, stock, telling, wording
from instica.inventory.models import Item, Status
from instica.people.validation import check as valid
from instica.people.validation import fault

FIELDS = (
    "name condition_item condition_container status currency price price_shipping price_expected sku description"
    " barcode barcode_type location"
).split()
WRITTEN = (*FIELDS, "grade", "title", "search", "version", "updated")
LARGEST_AMOUNT = 10**10
AMOUNTS = {"price": "price_item", "price_shipping": "price_shipping", "price_expected": "expected_sale_price"}
LONGEST_DESCRIPTION = 50_000


def edit(
    *, item: Item, changes: Mapping[str, Any], actor: str, note: str = "", check: locks.Check = locks.anything
) -> Item:
    """Change those fields; a ``quantity`` among them is a move of the ledger. Raises ``NotFound``, ``Invalid``,
    ``Conflict``; ``check`` sees the item as it is, locked, and may refuse."""
    with transaction.atomic():
        if changes.get("sku"):
            services.tally(item.organization)
        row = locks.item(item.pk)
        check(row)
        change(row, changes, actor, note)
    return row


def change(row: Item, changes: Mapping[str, Any], actor: str, note: str = "") -> bool:
    """The same for an item that the caller has locked; whether anything changed."""
    edited = change_fields(row, changes)
    counted = "quantity" in changes and stock.set_to(row, changes["quantity"], note, actor)
    return edited or counted


def change_fields(row: Item, changes: Mapping[str, Any], *, exact: bool = False) -> bool:
    """Set fields other than the stock, if they differ."""
    if not alter(row, changes, exact=exact):
        return False
    row.save(update_fields=WRITTEN)
    services.count_products([row.product_id])
    telling.edited(row.organization_id, [row.pk])
    return True


def alter(row: Item, changes: Mapping[str, Any], *, exact: bool = False) -> bool:
    """The same without writing: whether anything differs. Raises ``Invalid``, ``Conflict``."""
    before = shown(row)
    put(row, changes, exact=exact)
    after = shown(row)
    if after == before:
        return False
    if row.sku and row.sku != before["sku"]:
        refuse_taken_sku(row)
    if row.status != before["status"]:
        _judge_status(before["status"], row)
    if row.currency != before["currency"]:
        _judge_currency(row, changes)
    row.version, row.updated = row.version + 1, now()
    return True


def shown(row: Item) -> dict[str, Any]:
    """What can be changed, as it is."""
    return {name: getattr(row, name) for name in FIELDS}


def put(row: Item, values: Mapping[str, Any], *, exact: bool = False) -> None:
    """Set those fields, judged one by one; the title and the search text follow. Texts lose the blanks around them
    unless they are meant ``exact``ly so."""
    names = [name for name in FIELDS if name in values]
    for name in names:
        setattr(row, name, values[name])
    row.name = row.name or None
    valid(row, names)
    for name in names if exact else ():
        setattr(row, name, values[name] or None if name == "name" else values[name])
    _judge(row)
    row.grade = grades.rank(row.condition_item)
    wording.name_item(row, row.product)


def _judge(row: Item) -> None:
    if row.condition_item and row.condition_item not in grades.OF_ITEMS:
        raise fault(f"Unknown grade. Choose from: {', '.join(grades.OF_ITEMS)}.", "condition_item")
    if row.condition_container and row.condition_container not in grades.DISPLAY:
        raise fault(f"Unknown grade. Choose from: {', '.join(grades.DISPLAY)}.", "condition_container")
    if row.currency not in CURRENCIES:
        raise fault("Unknown currency. Write its three letters, such as USD.", "currency")
    if len(row.description) > LONGEST_DESCRIPTION:
        raise fault(f"At most {LONGEST_DESCRIPTION:,} characters.", "description")
    for name in AMOUNTS:
        amount = getattr(row, name)
        if amount is not None and not 0 <= amount < LARGEST_AMOUNT:
            raise fault("Write an amount from 0 to 99,999,999.", name)


def _judge_status(before: str, row: Item) -> None:
    """A person sets only what nothing else decides (D15)."""
    if row.status == Status.LISTED:
        raise fault("An item is listed when a listing of it is live: list it.", "status")
    if before == Status.LISTED:
        detail = "This item is for sale now. End its listings first; its status follows."
        raise Conflict(detail, code="item_listed")
    if row.status == Status.SOLD and (row.quantity is None or row.quantity > 0):
        raise fault("An item is sold when nothing of it is left.", "status")


def _judge_currency(row: Item, changes: Mapping[str, Any]) -> None:
    """An amount never changes its currency unasked, nor while pages ask it of buyers."""
    if row.status == Status.LISTED:
        detail = "This item is for sale now, and its pages ask for the old currency. End its listings first."
        raise Conflict(detail, code="item_listed")
    for name, shown_name in AMOUNTS.items():
        if getattr(row, name) and name not in changes:
            raise fault(f"With another currency, say what {shown_name} is in it.", name)


def refuse_taken_sku(row: Item) -> None:
    """One SKU sells one item."""
    others = Item.objects.filter(organization=row.organization_id, sku=row.sku).exclude(pk=row.pk)
    if other := others.first():
        raise fault(f"{other.public_id} ({other.title[:80]}) has this SKU.", "sku", "sku_taken")


def hide(row: Item) -> None:
    """Delete an item that the caller has locked, the tally held: its moves and its orders keep it."""
    row.hidden_at, row.version, row.updated = now(), row.version + 1, now()
    row.status = Status.ARCHIVED
    row.save(update_fields=["hidden_at", "status", "version", "updated"])
    services.count(row.organization, items=-1, products=0)
    services.count_products([row.product_id])
