"""Inventory items: the list and one of them (P5)."""

from __future__ import annotations

from instica.api.document import Query, paging
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.paging import paged
from instica.api.v1 import inventory_shapes as shapes
from instica.api.v1.inventory_shapes import InventoryPage, ItemShape
from instica.catalog.windows import window
from instica.inventory import queries
from instica.inventory.models import Status

SIZE = 10
SEARCH = Query("search", "Words that all occur in name, description, SKU, product title, artist or catalog number.")
STATUS = Query("status", "One or more status codes, repeated or comma-separated. " + ", ".join(Status.values) + ".")
ORDERING = Query(
    "ordering",
    "What to sort by, with `-` for descending; `-created` unless told: " + ", ".join(queries.ORDERINGS) + ".",
)


class Inventory(Endpoint):
    """All items of the organization."""

    @operation(
        "inventory_list",
        "List inventory items",
        scope="inventory",
        answer=InventoryPage,
        query=[SEARCH, STATUS, ORDERING, *paging(SIZE)],
    )
    def get(self, call: Call) -> object:
        """A page; without a filter the count is the kept one."""
        search, statuses = call.text("search"), call.words("status", Status.values)
        ordering = call.request.GET.get("ordering", queries.NEWEST)
        wanted = queries.items(call.organization, search=search, statuses=statuses, ordering=ordering)
        count = wanted.count() if search or statuses else queries.tally(call.organization).items

        def rows(start: int, stop: int) -> list[object]:
            found = window(wanted, queries.with_product(), start, stop, count)
            return [*shapes.items(found, call.organization)]

        return paged(call.request, count, rows, default=SIZE)


class InventoryItem(Endpoint):
    """One item."""

    @operation("inventory_read", "Read an inventory item", scope="inventory", answer=ItemShape)
    def get(self, call: Call, uid: str) -> object:
        """With its photos and listings."""
        return shapes.items([queries.get(call.organization, uid)], call.organization)[0]
