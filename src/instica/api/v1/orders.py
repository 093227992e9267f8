"""Orders of all connected shops: the list and one of them (P6, D24)."""

from __future__ import annotations

from instica import marketplaces
from instica.api.document import Query, paging
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.paging import paged
from instica.api.v1 import order_shapes as shapes
from instica.api.v1.order_shapes import OrderPage, OrderShape
from instica.catalog.windows import window
from instica.orders import lists, queries
from instica.orders.lists import Wanted

SIZE = 25
SLUGS = tuple(marketplaces.every())
SEARCH = Query("search", "Words that all occur in order ID, tracking number, buyer name, or a line's title or SKU.")
STATUS = Query("status", f"{', '.join(lists.COMPUTED)}, or a status in the marketplace's own words.")
VIEW = Query("view", "Only orders that wait for somebody, or no longer do.", choices=lists.VIEWS)
PLATFORM = Query("platform", "Only orders of this marketplace.", choices=SLUGS)
ORDERING = Query(
    "ordering",
    "What to sort by, with `-` for descending; `-created` unless told: " + ", ".join(lists.ORDERINGS) + ".",
)


class Orders(Endpoint):
    """All orders of the organization."""

    @operation(
        "orders_list",
        "List orders",
        scope="orders",
        answer=OrderPage,
        query=[SEARCH, STATUS, VIEW, PLATFORM, ORDERING, *paging(SIZE)],
    )
    def get(self, call: Call) -> object:
        """A page; the count is exact, and kept for all but searches and a marketplace's own words."""
        wanted = Wanted(
            search=call.text("search"),
            status=call.text("status"),
            platform=call.word("platform", SLUGS),
            view=call.word("view", lists.VIEWS),
            ordering=call.request.GET.get("ordering", lists.NEWEST),
        )
        found, count = lists.orders(call.organization, wanted), lists.count(call.organization, wanted)

        def rows(start: int, stop: int) -> list[object]:
            return [*shapes.orders(window(found, lists.whole(), start, stop, count))]

        return paged(call.request, count, rows, default=SIZE)


class OneOrder(Endpoint):
    """One order."""

    @operation("orders_read", "Read an order", scope="orders", answer=OrderShape)
    def get(self, call: Call, uid: str) -> object:
        """With its lines, listings and items."""
        return shapes.orders([lists.whole().get(pk=queries.get(call.organization, uid).pk)])[0]
