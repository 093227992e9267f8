"""Inventory items: made, changed, deleted (I4.7)."""

from __future__ import annotations

from typing import Any

from instica.api.endpoint import Call, operation
from instica.api.preconditions import IF_MATCH, tagged, unless_stale
from instica.api.v1 import inventory as reading
from instica.api.v1 import inventory_fields as fields
from instica.api.v1 import inventory_shapes as shapes
from instica.api.v1 import products_fields
from instica.api.v1.inventory_fields import ItemChange, ItemNew
from instica.api.v1.inventory_shapes import ItemShape
from instica.catalog import queries as catalog
from instica.catalog.models import Product
from instica.core.errors import Invalid, NotFound
from instica.inventory import adding, locks, queries
from instica.inventory.models import Item
from instica.listings import counting
from instica.orders import removing
from instica.people.validation import fault


class Inventory(reading.Inventory):
    """All items, and new ones."""

    @operation(
        "inventory_create",
        "Make an inventory item",
        scope="inventory",
        status=201,
        answer=ItemShape,
        body=ItemNew,
        refuses=(402,),
    )
    def post(self, call: Call) -> object:
        """Of a product you have (`product_uid`) or of a new one (`product`); its quantity is its first move."""
        body = call.read(ItemNew)
        try:
            item = adding.create(
                organization=call.organization,
                product=product_of(call, body),
                values={"quantity": 1, **fields.values(body)},
                actor=call.user.public_id,
            )
        except Invalid as problem:
            raise told(problem) from problem
        return tagged(shape(call, item), 201)


class InventoryItem(reading.InventoryItem):
    """One item, and changes to it."""

    @operation(
        "inventory_update",
        "Change an inventory item",
        scope="inventory",
        answer=ItemShape,
        body=ItemChange,
        headers=[IF_MATCH],
        refuses=(409, 412),
    )
    def patch(self, call: Call, uid: str) -> object:
        """Only what is sent changes; a quantity becomes a move of the ledger."""
        item = queries.get(call.organization, uid)
        body = call.read(ItemChange)
        try:
            row = counting.edit(
                item=item,
                changes=fields.values(body, item),
                actor=call.user.public_id,
                note=body.reason,
                check=same(call),
            )
        except Invalid as problem:
            raise told(problem) from problem
        return tagged(shape(call, row))

    @operation(
        "inventory_delete",
        "Delete an inventory item",
        scope="inventory",
        status=204,
        answer=None,
        headers=[IF_MATCH],
        refuses=(409, 412),
    )
    def delete(self, call: Call, uid: str) -> None:
        """Refused (409) while it is for sale or an order waits for it; its ledger stays."""
        removing.remove(item=queries.get(call.organization, uid), check=same(call))


def product_of(call: Call, body: ItemNew) -> Product | dict[str, Any]:
    """The product a new item is of. Raises ``Invalid`` when none or two are named, or nobody has it."""
    if (body.product_uid is None) == (body.product is None):
        raise fault("Say product_uid, or product with at least a title.", "product_uid")
    if body.product is not None:
        return products_fields.values(body.product, call.organization)
    try:
        return catalog.get(call.organization, str(body.product_uid))
    except NotFound as problem:
        raise fault(problem.detail, "product_uid") from problem


def same(call: Call) -> locks.Check:
    """The caller's condition on the item."""

    def check(row: Item) -> None:
        unless_stale(call.request, shape(call, row))

    return check


def shape(call: Call, item: Item) -> dict[str, Any]:
    """The item as the API shows it."""
    return shapes.items([item], call.organization)[0]


def told(problem: Invalid) -> Invalid:
    """A refusal in the API's words."""
    return products_fields.renamed(problem, fields.POINTERS)
