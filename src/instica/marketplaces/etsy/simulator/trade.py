"""Buying: receipts, what they do to the stock, and how they end."""

from __future__ import annotations

from collections.abc import Sequence

from instica.marketplaces.etsy.simulator import words
from instica.marketplaces.etsy.simulator.inventory import less
from instica.marketplaces.etsy.simulator.ledger import Fee, Line, Parcel, Receipt
from instica.marketplaces.etsy.simulator.people import BUYERS, Buyer
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.store import Listing, Product
from instica.marketplaces.etsy.simulator.telling import tell_listing, tell_order

Wanted = tuple[Listing, Product, int]
POSTAGE = 490


def place(
    site: Site,
    shop: Shop,
    wanted: Sequence[Wanted],
    buyer: Buyer | None = None,
    *,
    days_ago: float = 0,
    status: str = "paid",
    message: str = "",
) -> Receipt:
    """A buyer orders; the stock goes down and what has none left is sold out. An old order moves no stock."""
    at = site.now() - int(days_ago * 86_400)
    lines = [Line(next(site.ids), listing, product, quantity) for listing, product, quantity in wanted]
    receipt = Receipt(
        id=next(site.ids),
        buyer=buyer or BUYERS[len(shop.receipts) % len(BUYERS)],
        lines=lines,
        status=status,
        created=at,
        changed=at,
        currency=shop.owner.currency,
        paid=status not in ("open", "payment processing"),
        shipping=POSTAGE,
        message=message,
    )
    shop.receipts[receipt.id] = receipt
    if not days_ago:
        for line in lines:
            _take(site, shop, line)
        tell_order(site, shop, receipt, "order.paid")
    return receipt


def _take(site: Site, shop: Shop, line: Line) -> None:
    row = shop.inventory.get(line.listing.id)
    if row is None:
        return
    stock = less(row, line.product.id, line.quantity)
    state = row.state if stock.quantity else words.SOLD_OUT
    shop.inventory.change(row, stock=stock, state=state, updated=site.now())
    if state == words.SOLD_OUT:
        tell_listing(site, shop, row, "inventory.out_of_stock")
    else:
        shop.fees.append(Fee(site.now(), row.id, 20, "renew_sold"))


def cancel(site: Site, shop: Shop, receipt: Receipt, *, restock: bool = False) -> None:
    """The seller cancels on the site; pieces come back only where they said so."""
    receipt.status, receipt.canceled, receipt.refunded = "canceled", True, receipt.goods + receipt.shipping
    if not site.switches["silent_cancel"]:
        receipt.changed = site.now()
    for line in receipt.lines if restock else ():
        row = shop.inventory.get(line.listing.id)
        if row is not None:
            again = words.ACTIVE if row.state == words.SOLD_OUT else row.state
            shop.inventory.change(row, stock=less(row, line.product.id, -line.quantity), state=again)
    tell_order(site, shop, receipt, "order.canceled")


def refund(site: Site, receipt: Receipt, cents: int) -> None:
    """Money goes back; nothing says when the receipt changed."""
    receipt.refunded = min(receipt.goods + receipt.shipping, receipt.refunded + cents)
    whole = receipt.refunded >= receipt.goods + receipt.shipping
    receipt.status = "fully refunded" if whole else "partially refunded"


def ship(site: Site, shop: Shop, receipt: Receipt, carrier: str, code: str) -> None:
    """A parcel is on its way, and the buyer is told."""
    receipt.parcels.append(Parcel(next(site.ids), site.now(), carrier, code))
    receipt.shipped, receipt.changed = True, site.now()
    if receipt.status == "paid":
        receipt.status = "completed"
    tell_order(site, shop, receipt, "order.shipped")
