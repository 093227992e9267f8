"""What happens to orders: placing, moving on, merging, cancelling, and what that does to listings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.ledger import Order
from instica.marketplaces.discogs.simulator.people import BUYERS, User
from instica.marketplaces.discogs.simulator.site import Shop, Site
from instica.marketplaces.discogs.simulator.store import Listing

NEW, CONTACTED, INVOICED, PENDING, PAID = (
    "New Order",
    "Buyer Contacted",
    "Invoice Sent",
    "Payment Pending",
    "Payment Received",
)
IN_PROGRESS, SHIPPED, REFUNDED, MERGED, CHANGED = "In Progress", "Shipped", "Refund Sent", "Merged", "Order Changed"
NON_PAYING = "Cancelled (Non-Paying Buyer)"
UNAVAILABLE = "Cancelled (Item Unavailable)"
BY_BUYER = "Cancelled (Per Buyer's Request)"
REFUND_RECEIVED = "Cancelled (Refund Received)"
CANCELLED = (NON_PAYING, UNAVAILABLE, BY_BUYER)
SETTABLE = (NEW, CONTACTED, INVOICED, PENDING, PAID, IN_PROGRESS, SHIPPED, REFUNDED, *CANCELLED)
WORDS = (*SETTABLE, MERGED, CHANGED, "Cancelled", REFUND_RECEIVED)
NEXT = {
    NEW: SETTABLE,
    CONTACTED: SETTABLE,
    INVOICED: (CONTACTED, PENDING, PAID, IN_PROGRESS, SHIPPED, *CANCELLED),
    PENDING: (PAID, IN_PROGRESS, SHIPPED, *CANCELLED),
    PAID: (IN_PROGRESS, SHIPPED, REFUNDED, UNAVAILABLE, BY_BUYER),
    IN_PROGRESS: (PAID, SHIPPED, REFUNDED, UNAVAILABLE, BY_BUYER),
    SHIPPED: (REFUNDED,),
    REFUNDED: (UNAVAILABLE, BY_BUYER),
    CHANGED: (UNAVAILABLE, BY_BUYER),
}
STATUS_IDS = {NEW: 1, CONTACTED: 2, INVOICED: 3, PENDING: 4, PAID: 5, SHIPPED: 6, IN_PROGRESS: 8, MERGED: 9}
POSTAGE = 500


def next_status(order: Order) -> list[str]:
    """Where the seller may take it from here; a paid order that was cancelled can only be refunded."""
    if order.status in CANCELLED:
        return [REFUNDED] if order.paid else []
    return list(NEXT.get(order.status, ()))


def place(site: Site, shop: Shop, listings: Sequence[Listing], buyer: User | None = None, **more: Any) -> Order:
    """A buyer orders those listings: they are sold from this moment."""
    number = len(shop.orders) + 1
    paid = site.switches["payment"] == "integrated"
    now = site.clock.now().replace(microsecond=0)
    order = Order(
        id=f"{shop.user.id}-{number}",
        number=number,
        buyer=buyer or BUYERS[number % len(BUYERS)],
        items=[shop.inventory.change(listing, status=words.SOLD) for listing in listings],
        status=more.get("status") or (PAID if paid else NEW),
        created=now,
        last_activity=now,
        shipping=more.get("shipping", POSTAGE if paid else 0),
        instructions=more.get("instructions", ""),
    )
    order.paid = order.status in {PAID, IN_PROGRESS, SHIPPED}
    shop.orders[order.id] = order
    say(site, order, "status", f"{order.buyer.username} placed this order.", status_id=1, actor=order.buyer)
    return order


def say(site: Site, order: Order, kind: str, text: str, **more: Any) -> dict[str, Any]:
    """One more message; everything that happens bumps the last activity."""
    order.last_activity = max(site.clock.now().replace(microsecond=0), order.last_activity)
    entry = {"type": kind, "message": text, "timestamp": site.stamp(), **more}
    order.messages.append(entry)
    return entry


def move(site: Site, shop: Shop, order: Order, status: str, actor: User | None = None) -> None:
    """Change the status; the buyer is told."""
    text = f"Seller changed status from {order.status} to {status}"
    order.status = status
    order.paid = order.paid or status == PAID
    kind = "refund_sent" if status == REFUNDED else "status"
    more = {"status_id": STATUS_IDS.get(status, 10), "actor": actor or shop.user}
    say(site, order, kind, text, **({"refund": total(order)} if kind == "refund_sent" else more))


def invoice(site: Site, shop: Shop, order: Order, cents: int) -> None:
    """Set the postage, which sends an invoice."""
    say(
        site,
        order,
        "shipping",
        f"Seller set the shipping price to {cents / 100:.2f}.",
        original=order.shipping,
        new=cents,
    )
    order.shipping = cents
    if order.status != INVOICED:
        move(site, shop, order, INVOICED)


def total(order: Order) -> int:
    """Items and postage."""
    return sum(item.cents or 0 for item in order.items) + order.shipping


def cancel(site: Site, shop: Shop, order: Order, status: str, relist: str) -> list[Listing]:
    """Cancel on the site and, where it does that, put the items up again. Answers what is for sale again."""
    move(site, shop, order, status)
    return [_again(shop, site, item, relist) for item in order.items] if relist != "none" else []


def _again(shop: Shop, site: Site, item: Listing, relist: str) -> Listing:
    if relist == "same":
        return shop.inventory.change(item, status=words.FOR_SALE)
    values = {field.name: getattr(item, field.name) for field in fields(item) if field.name not in {"index", "id"}}
    values |= {"status": words.FOR_SALE, "posted": int(site.clock.now().timestamp())}
    return shop.inventory.add(**values)


def merge(site: Site, shop: Shop, orders: Sequence[Order]) -> Order:
    """The buyer's orders become one new order that holds all items."""
    items = [item for order in orders for item in order.items]
    first = orders[0]
    merged = place(site, shop, items, first.buyer, status=first.status, shipping=max(one.shipping for one in orders))
    for order in orders:
        order.status = MERGED
        say(site, order, "status", f"Merged into order {merged.id}.", status_id=STATUS_IDS[MERGED], actor=shop.user)
    return merged


def drop(site: Site, shop: Shop, order: Order, listing_id: int) -> None:
    """The seller takes one item out; the buyer has to agree."""
    order.items = [item for item in order.items if item.id != listing_id]
    move(site, shop, order, CHANGED)
