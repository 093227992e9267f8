"""What people do on the site itself, as the control interface asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from instica.kit.simulation.control import refused
from instica.marketplaces.etsy.simulator import trade, words
from instica.marketplaces.etsy.simulator.fields import cents
from instica.marketplaces.etsy.simulator.ledger import Receipt
from instica.marketplaces.etsy.simulator.people import BUYERS
from instica.marketplaces.etsy.simulator.site import Site
from instica.marketplaces.etsy.simulator.store import Listing, Product, Stock
from instica.marketplaces.etsy.simulator.telling import tell_listing

Row = dict[str, Any]
EDITABLE = {"title", "description", "state", "sku", "price", "quantity", "offer", "section", "pictures", "ending"}
ENDINGS = {"delete": words.DELETED, "deactivate": words.INACTIVE, "expire": words.EXPIRED}


def shop(site: Site) -> Row:
    """What a reset made."""
    inventory, owner = site.owner.inventory, site.owner.owner
    return {
        "seed": site.seed,
        "listings": len(inventory.states) - inventory.count(words.DELETED),
        "limits": site.limits,
        "shop_id": owner.shop_id,
        "shop_name": owner.shop_name,
        "currency": owner.currency,
        "fees": [{"listing_id": fee.listing_id, "cents": fee.cents, "what": fee.what} for fee in site.owner.fees],
        "odd": [odd.as_json() for odd in site.odd],
    }


def _found(site: Site, listing_id: Any) -> Listing:
    listing = site.owner.inventory.get(int(listing_id))
    if listing is None:
        raise refused(404, f"There is no listing {listing_id}")
    return listing


def receipt(site: Site, order_id: Any) -> Receipt:
    """A receipt of the shop."""
    if int(order_id) not in site.owner.receipts:
        raise refused(404, f"There is no receipt {order_id}")
    return site.owner.receipts[int(order_id)]


def listings(site: Site) -> Iterator[Row]:
    """Every listing that is not deleted."""
    currency = site.owner.owner.currency
    for row in site.owner.inventory.rows():
        price = row.stock.cents
        yield {
            "listing_id": row.id,
            "title": row.title,
            "price": None if price is None else f"{price / 100:.2f}",
            "currency": currency,
            "quantity": row.stock.quantity,
            "status": row.state,
            "sku": row.stock.products[0].sku,
        }


def orders(site: Site) -> list[Row]:
    """Every receipt."""
    return [
        {
            "order_id": one.id,
            "status": one.status,
            "lines": [{"listing_id": line.listing.id, "quantity": line.quantity} for line in one.lines],
        }
        for one in site.owner.receipts.values()
    ]


def buy(site: Site, listing_id: Any, quantity: int = 1, **more: Any) -> Row:
    """A buyer orders it: ``product`` of the inventory by its place, ``also`` further listings, ``days_ago``."""
    old = float(more.pop("days_ago", 0))
    product = int(more.pop("product", 0))
    wanted = [(_found(site, listing_id), product, int(quantity))]
    wanted += [(_found(site, each), 0, 1) for each in more.pop("also", ())]
    chosen = [(row, row.stock.products[at], many) for row, at, many in wanted]
    for row, each, many in chosen:
        if not old and (row.state != words.ACTIVE or not each.offering.enabled or each.offering.quantity < many):
            raise refused(409, "It is not for sale (any more)")
    buyer = BUYERS[int(more.pop("buyer"))] if "buyer" in more else None
    return {"order_id": trade.place(site, site.owner, chosen, buyer, days_ago=old, **more).id}


def cancel(site: Site, order_id: Any, reason: str = "", *, restock: bool = False) -> Row:
    """The seller cancels the order on the site."""
    one = receipt(site, order_id)
    if one.canceled:
        raise refused(409, "The receipt is canceled already")
    trade.cancel(site, site.owner, one, restock=restock)
    return {"order_id": one.id, "status": one.status}


def edit(site: Site, listing_id: Any, changes: Mapping[str, Any]) -> Row:
    """The seller edits it on the site; ``offer`` is the place of the product that sku, price, quantity are about."""
    row = _found(site, listing_id)
    if unknown := set(changes) - EDITABLE:
        raise refused(400, f"A listing here has no {', '.join(sorted(unknown))}")
    changed: Row = {name: str(changes[name]) for name in ("title", "description", "state") if name in changes}
    changed |= {name: int(changes[name]) for name in ("section", "ending") if name in changes}
    if changed.get("state", words.DRAFT) not in words.LISTED:
        raise refused(400, f"Unknown state {changed['state']!r}")
    place = int(changes.get("offer", 0))
    products = [_edited(each, changes) if at == place else each for at, each in enumerate(row.stock.products)]
    stock = Stock(tuple(products), row.stock.on)
    pictures = row.pictures[: int(changes.get("pictures", len(row.pictures)))]
    row = site.owner.inventory.change(row, **changed, stock=stock, pictures=pictures, updated=site.now())
    tell_listing(site, site.owner, row, "listing.updated")
    return {"listing_id": row.id, "status": row.state}


def _edited(product: Product, changes: Mapping[str, Any]) -> Product:
    offering = product.offering
    if "price" in changes:
        offering = replace(offering, cents=cents(changes["price"]))
    if "quantity" in changes:
        offering = replace(offering, quantity=int(changes["quantity"]))
    return replace(product, offering=offering, sku=str(changes.get("sku", product.sku)))


def end(site: Site, listing_id: Any, how: str = "delete") -> Row:
    """The seller deletes it on the site; or ``deactivate``; or its four months ``expire``."""
    if how not in ENDINGS:
        raise refused(400, f"A listing ends by {', '.join(ENDINGS)}")
    row = site.owner.inventory.change(_found(site, listing_id), state=ENDINGS[how], updated=site.now())
    tell_listing(site, site.owner, row, "listing.deleted" if how == "delete" else "listing.updated")
    return {"listing_id": row.id, "status": row.state}
