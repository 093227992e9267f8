"""Order lines that waited for a listing are settled in the transaction that adopts it."""

from __future__ import annotations

from collections.abc import Sequence

from instica.catalog.bulk import Reading, key, many
from instica.connections.models import Connection
from instica.imports.rows import Open
from instica.listings.models import Offer, Ref
from instica.orders import services as orders

# The index of waiting lines is used only where the statement itself says that they wait.
WAITING = Reading(
    "SELECT listing_ref FROM orders_line WHERE connection_id = %s AND listing_ref AMONG %s AND settled = 'waiting'"
)


def waiting(connection: Connection, rows: Sequence[Open]) -> None:
    """Settle the lines that name the pages of these rows."""
    pages = {row.found.remote_id for row in rows}
    named = {ref for (ref,) in WAITING(key(connection.uid), many(pages))} if pages else set()
    if not named:
        return
    listings = Ref.objects.filter(connection=connection, kind="listing", value__in=named).values("listing")
    offers = Offer.objects.filter(listing__in=listings, item__isnull=False).select_related("listing")
    orders.settle_waiting_all(connection=connection, offers=offers.order_by("uid"))
