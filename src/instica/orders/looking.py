"""Looks at one page because of its orders: one we do not know is kept, one in doubt tells what a reading included."""

from __future__ import annotations

import uuid
from collections import Counter

from instica.connections.models import Connection
from instica.core.clock import now
from instica.inventory import services as inventory
from instica.kit.types import RemoteListing
from instica.listings.keeping import keep, part_of
from instica.listings.models import Listing, Offer, Seen
from instica.orders import locks, queries, settle, telling
from instica.orders.models import Line, Order, Settled
from instica.orders.settle import CLOCKS_DIFFER
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency


def ask(connection: uuid.UUID, ref: str) -> None:
    """Have that page looked at; part of the transaction that found the reason."""
    enqueue("order.listing", f"{connection}:{ref}", lane=f"shop:{connection}:watch", urgency=Urgency.ORDER)


def is_news(order: Order, connection: Connection) -> bool:
    """Whether it was sold since we are connected, and still is."""
    return is_since_connected(order, connection) and not settle.is_over(order)


def is_since_connected(order: Order, connection: Connection) -> bool:
    """Whether it was sold since we are connected."""
    return order.sold_at >= connection.connected_at - CLOCKS_DIFFER


def in_doubt(line: Line, offer: Offer) -> bool:
    """Whether what we read of the page may have been without the piece already: it was sold before we were done.

    Of a page made here we know what we put there.
    """
    if offer.agreed_quantity is None or offer.listing.item_id is not None:
        return False
    return line.order.sold_at <= offer.listing.updated + CLOCKS_DIFFER


def seen(*, connection: Connection, ref: str, remote: RemoteListing) -> None:
    """The page as it is after the sales we know of, read in their lane: nothing was taken in since."""
    with commit():
        inventory.tally(connection.organization)
        offers = set(queries.offers(connection, [ref]).values())
        locks.items(offer.item_id for offer in offers)
        for offer in offers:
            if offer.item_id:
                _correct(offer, remote)
        if waiting := _news(connection, ref):
            _keep(connection, ref, remote, waiting)


def gone(*, connection: Connection, ref: str) -> None:
    """Nothing is left there to look at: its sales wait, and the owner knows why."""
    with commit():
        if line := _news(connection, ref)[:1]:
            telling.gone(line[0], connection)


def _keep(connection: Connection, ref: str, remote: RemoteListing, waiting: list[Line]) -> None:
    """Store the page's offers without items, as they stood before the sales that wait for them."""
    parts = [part_of(remote, offer) for offer in remote.offers]
    sold: Counter[str] = Counter()
    for line in waiting:
        sold[parts[0] if len(parts) == 1 else line.offer_ref] += line.quantity
    baseline = waiting[0].order.sold_at
    page = keep(connection=connection, remote=remote, refs=[ref], sold=sold, baseline=baseline, at=now())
    telling.kept(waiting[0], page, connection)


def _news(connection: Connection, ref: str) -> list[Line]:
    waiting = queries.waiting(connection).filter(listing_ref=ref).select_related("order__organization")
    lines = waiting.order_by("order__sold_at", "uid")
    return [line for line in lines if is_news(line.order, connection)]


def _correct(offer: Offer, remote: RemoteListing) -> None:
    """More is left there than we count: sales in doubt were part of the first reading, so they count no second time."""
    there = next((each for each in remote.offers if part_of(remote, each) == offer.remote_id), None)
    if there is None or there.quantity is None or offer.agreed_quantity is None:
        return
    surplus, part_of_reading = there.quantity - offer.agreed_quantity, 0
    lines = Line.objects.select_for_update(of=("self",)).select_related("order__organization")
    for line in lines.filter(offer=offer, settled=Settled.MOVED).order_by("order__sold_at", "uid"):
        if 0 < line.quantity <= surplus - part_of_reading and in_doubt(line, offer):
            part_of_reading += line.quantity
            settle.give_back(line, Settled.HISTORY)
    if part_of_reading:
        left = offer.agreed_quantity + part_of_reading
        Offer.objects.filter(uid=offer.uid).update(agreed_quantity=left, seen_quantity=left)
        Listing.objects.filter(uid=offer.listing_id, seen=Seen.SOLD_OUT).update(seen=remote.seen)
