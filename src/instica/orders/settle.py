"""Settling order lines against the ledger. Everything here runs in the caller's transaction, items locked first."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet, Sum

from instica.inventory import services as inventory
from instica.inventory.models import Cause, Item, Move
from instica.inventory.promised import promise
from instica.listings import services as listings
from instica.listings.models import Listing, Offer, Seen
from instica.listings.wishes import Reason
from instica.orders import locks, telling
from instica.orders.models import Line, Order, Settled
from instica.orders.values import UNSENT

OVER = frozenset({"cancelled", "merged"})
CLOCKS_DIFFER = dt.timedelta(seconds=5)


def settle(line: Line, offer: Offer | None) -> None:
    """Count a waiting line, once its offer is known and linked to an item."""
    if line.settled != Settled.WAITING or offer is None or offer.item_id is None:
        return
    line.offer, line.item_id = offer, offer.item_id
    if is_history(line, offer):
        line.settled = Settled.HISTORY
    else:
        line.settled = Settled.MOVED
        item = locks.items([offer.item_id])[offer.item_id]
        line.waited = _waited(line, offer.listing.listed_at or item.created)
        _allocate(line, item, str(line.uid))
        _sold_there(offer, line)
        _tell_pages(line, "sale")
        if item.quantity == 0:
            telling.taken_again(line)
    line.save()
    telling.settled(line)


def is_history(line: Line, offer: Offer) -> bool:
    """Whether the sale was over before we first knew the offer's stock; a merged order stands for its parts."""
    if line.order.sold_at < offer.baseline:
        return True
    parts = Line.objects.filter(connection_id=line.connection_id, listing_ref=line.listing_ref, order__state="merged")
    return parts.filter(settled=Settled.HISTORY).exists()


def is_over(order: Order) -> bool:
    """Whether nothing of it needs stock any more."""
    return order.state in OVER


def give_back(line: Line, as_what: Settled = Settled.GIVEN_BACK, *, offer: Offer | None = None) -> None:
    """Return what the line took, once; pieces that other orders were short of go to them, the oldest first.

    A line that took nothing yet never will; ``offer`` is where such a one was sold, if that is known. ``as_what`` is
    what it is from then on.
    """
    if as_what == Settled.GIVEN_BACK:
        _may_be_back(line, line.quantity)
        _came_and_went(line, offer)
    if line.settled not in (Settled.MOVED, Settled.WAITING):
        return
    given, line.allocated, line.settled = _taken(line), 0, as_what
    line.save()
    telling.settled(line)
    if given and line.item_id:
        item = locks.items([line.item_id])[line.item_id]
        inventory.move(item=item, delta=given, cause=Cause.RETURN, reference=str(line.uid))
        hand_on(item)
        _tell_pages(line, _returned(item))


def resize(line: Line, quantity: int) -> None:
    """The marketplace changed how many are ordered: give back or take the difference."""
    if quantity == line.quantity:
        return
    if line.settled != Settled.MOVED or line.item_id is None:
        line.quantity = quantity
        line.save()
        return
    item = locks.items([line.item_id])[line.item_id]
    surplus, fewer, line.quantity = line.allocated > quantity, line.quantity - quantity, quantity
    if fewer > 0:
        _may_be_back(line, fewer)
    if surplus:
        back, line.allocated = max(0, _taken(line) - quantity), quantity
        if back:
            inventory.move(item=item, delta=back, cause=Cause.RETURN, reference=_further(line))
    else:
        _allocate(line, item, _further(line))
    line.save()
    if surplus:
        hand_on(item)
    else:
        telling.settled(line)
    _tell_pages(line, _returned(item) if surplus else "sale")


def _may_be_back(line: Line, pieces: int) -> None:
    """Some marketplaces put what was cancelled on sale again; those of a sale before our time are nobody's here."""
    if line.offer and line.settled in (Settled.MOVED, Settled.HISTORY):
        listings.may_be_back(line.offer, pieces if line.settled == Settled.MOVED else 0)


def _came_and_went(line: Line, offer: Offer | None) -> None:
    """Sold and cancelled before we heard of either: no stock moved, but the page is no longer as agreed."""
    if line.settled != Settled.WAITING or offer is None or offer.item_id is None or is_history(line, offer):
        return
    line.offer, line.item_id = offer, offer.item_id
    _sold_there(offer, line)
    listings.may_be_back(offer, line.quantity)
    _tell_pages(line, "returned")


def _returned(item: Item) -> Reason:
    """Whether anything is back in stock, or all of it went on to orders that were short."""
    return "returned" if item.quantity else "automatic"


def _tell_pages(line: Line, reason: Reason) -> None:
    """Every page of the item offers what is left now, in every shop, in this very transaction; its status follows."""
    what = "was sold" if reason == "sale" else "gave pieces back"
    cause = f"order {line.order.public_id} {what}"
    items = [line.item_id] if line.item_id else []
    listings.stock_changed(items, reason=reason, cause=cause)
    if reason == "sale":
        listings.restate(items)


def _waited(line: Line, since: dt.datetime) -> int | None:
    """How many seconds it was for sale; unknown where we heard of the listing only after its sale."""
    seconds = int((line.order.sold_at - since).total_seconds())
    return seconds if seconds >= 0 else None


def _allocate(line: Line, item: Item, reference: str) -> None:
    """Take what the line still lacks, as far as there is stock. Unlimited items have no moves."""
    lacking = line.quantity - line.allocated
    if item.quantity is None:
        line.allocated += lacking
        return
    taken = min(lacking, max(0, item.quantity))
    if taken and inventory.move(item=item, delta=-taken, cause=Cause.SALE, reference=reference):
        line.allocated += taken


@promise
def hand_on(item: Item) -> None:
    """Give freed or added stock to the orders that were short of this item and are not on their way without it."""
    short = Line.objects.select_for_update(of=("self",)).select_related("order").filter(item=item)
    waiting = short.filter(settled=Settled.MOVED, allocated__lt=F("quantity"), order__state__in=UNSENT)
    for line in waiting.order_by("order__sold_at", "uid"):
        _allocate(line, item, _further(line))
        line.save()
        telling.settled(line)


def _moves(line: Line) -> QuerySet[Move]:
    return Move.objects.filter(item=line.item_id, reference__startswith=str(line.uid))


def _taken(line: Line) -> int:
    """How many pieces it took out of the stock; none while its item was made to order, whatever it was promised."""
    return max(0, -(_moves(line).aggregate(sum=Sum("delta"))["sum"] or 0))


def _further(line: Line) -> str:
    """The reason of a move after the line's first one."""
    made = _moves(line).count()
    return f"{line.uid}/{made}" if made else str(line.uid)


def _sold_there(offer: Offer, line: Line) -> None:
    """The shop offers so many fewer now, and that drop is explained.

    Where we set the quantity after the sale, what we set stands. Where we set it about then, the page may show them
    still: it counts as showing them until it is read, which is asked for.
    """
    rows = Offer.objects.filter(uid=offer.uid)
    agreed, shown, said_at = rows.values_list("agreed_quantity", "seen_quantity", "said_at").get()
    if agreed is None:
        return
    explained = line.quantity if shown is None else min(line.quantity, max(0, agreed - shown))
    sold_at = line.order.sold_at
    was_set_later = said_at is not None and sold_at < said_at - CLOCKS_DIFFER
    was_set_then = said_at is not None and abs(sold_at - said_at) <= CLOCKS_DIFFER
    left = max(0, agreed - (explained if was_set_later else line.quantity))
    if was_set_then:
        rows.update(agreed_quantity=left)
        listings.may_be_back(offer, line.quantity - explained)
        return
    rows.update(agreed_quantity=left, seen_quantity=left if shown is None else min(shown, left))
    still = Offer.objects.filter(listing=offer.listing_id).exclude(seen_quantity=0).exists()
    if not still:
        Listing.objects.filter(uid=offer.listing_id, seen=Seen.LIVE).update(seen=Seen.SOLD_OUT)
