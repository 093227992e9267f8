"""What happens when somebody buys: stock goes down, an order stands, the seller is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from instica.kit.simulation import Fault
from instica.marketplaces.ebay.simulator import publishing
from instica.marketplaces.ebay.simulator.ledger import Line, Order
from instica.marketplaces.ebay.simulator.people import BUYERS
from instica.marketplaces.ebay.simulator.seed import mix
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.store import Listing
from instica.marketplaces.ebay.simulator.words import AUCTION, INVENTORY

POSTAGE = 495
TOPIC = "ORDER_CONFIRMATION"


def place(site: Site, listing: Listing, quantity: int, choice: int, fault: Fault | None) -> Order:
    """An order for some of a listing; ``choice`` is the variation, counted from 0."""
    number, now = len(site.orders) + 1, site.clock.now()
    bits = mix(site.seed, 9_000_000 + number)
    order_id = f"{12 + bits % 20:02d}-{10_000 + (bits >> 8) % 89_999}-{10_000 + number}"
    line = _line(listing, quantity, choice, 10_000_000_000 + (bits >> 16) % 899_999_999 * 10 + number % 10)
    buyer = BUYERS[number % len(BUYERS)]
    paid = site.switches["payment"] == "paid"
    order = Order(order_id, buyer, now, now, [line], listing.currency, POSTAGE, paid)
    site.orders[order_id] = order
    take(site, listing, quantity, choice)
    tell(site, order, fault)
    return order


def _line(listing: Listing, quantity: int, choice: int, number: int) -> Line:
    chosen = listing.variations[choice] if listing.variations else None
    return Line(
        id=str(number),
        listing_id=listing.id,
        title=listing.title,
        sku=chosen.sku if chosen else listing.sku,
        cents=(chosen.cents if chosen else listing.cents) or 0,
        quantity=quantity,
        options=chosen.options if chosen else (),
        variation=str(500_000_000_000 + listing.index * 1000 + choice) if chosen else "",
        auction=listing.kind == AUCTION,
    )


def take(site: Site, listing: Listing, quantity: int, choice: int) -> Listing:
    """So many fewer are left."""
    if listing.model == INVENTORY:
        _lower(site, listing, quantity, choice)
    changes: dict[str, Any] = {"modified": site.epoch()}
    if listing.variations:
        chosen = listing.variations[choice]
        fewer = replace(chosen, quantity=chosen.quantity - quantity, sold=chosen.sold + quantity)
        changes["variations"] = (*listing.variations[:choice], fewer, *listing.variations[choice + 1 :])
    else:
        changes |= {"quantity": listing.quantity - quantity, "sold": listing.sold + quantity}
    changed = site.shelf.change(listing, **changes)
    if listing.kind == AUCTION:
        return publishing.end(site, changed, "Sold")
    return publishing.settle(site, changed)


def _lower(site: Site, listing: Listing, quantity: int, choice: int) -> None:
    """The Inventory API's own counts go down too; which of them is what the switch says."""
    sku = listing.variations[choice].sku if listing.variations else listing.sku
    item, what = site.stock.item(sku), site.switches["quantity_after_sale"]
    for offer in site.stock.offers_of(sku):
        available = offer.body.get("availableQuantity")
        if offer.published and available is not None and what in ("both", "offer"):
            offer.body = {**offer.body, "availableQuantity": max(0, int(available) - quantity)}
        site.stock.keep_offer(offer)
    if item:
        left = max(0, item.quantity - quantity) if what in ("both", "item") else item.quantity
        item.body = {**item.body, "availability": {"shipToLocationAvailability": {"quantity": left}}}
        site.stock.keep(item)


def tell(site: Site, order: Order, fault: Fault | None) -> None:
    """The notification of a confirmed order."""
    rows = [
        {"orderLineItemId": line.id, "listingId": str(line.listing_id), "quantity": line.quantity}
        for line in order.lines
    ]
    user = {"userId": site.owner.id, "username": site.owner.username}
    data = {"user": user, "order": {"orderId": order.id, "orderLineItems": rows}}
    site.post.publish(TOPIC, site.owner.id, data, fault)


def cancel(site: Site, order: Order, reason: str) -> None:
    """The order is cancelled; what was sold does not come back by itself."""
    order.cancelled, order.reason, order.modified = site.clock.now(), reason, site.clock.now()
