"""What people do on the site itself, as the control interface asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from instica.kit.simulation.control import refused
from instica.marketplaces.discogs.simulator import trade, words
from instica.marketplaces.discogs.simulator.ledger import Order
from instica.marketplaces.discogs.simulator.listings import price
from instica.marketplaces.discogs.simulator.site import Site
from instica.marketplaces.discogs.simulator.store import Listing

Row = dict[str, Any]
REASONS = {
    "non-paying": trade.NON_PAYING,
    "unavailable": trade.UNAVAILABLE,
    "": trade.BY_BUYER,
    "buyer": trade.BY_BUYER,
}
TEXTS = ("comments", "external_id", "location", "condition", "sleeve_condition", "status")


def shop(site: Site) -> Row:
    """What a reset made."""
    inventory = site.owner.inventory
    return {
        "seed": site.seed,
        "listings": len(inventory.statuses) - inventory.count(words.DELETED),
        "limits": site.limits,
        "username": site.owner.user.username,
        "token": site.owner.user.token,
        "odd": [odd.as_json() for odd in site.odd],
    }


def _found(site: Site, listing_id: Any) -> Listing:
    listing = site.owner.inventory.get(int(listing_id))
    if listing is None:
        raise refused(404, f"There is no listing {listing_id}")
    return listing


def order(site: Site, order_id: str) -> Order:
    """An order of the shop."""
    if order_id not in site.owner.orders:
        raise refused(404, f"There is no order {order_id}")
    return site.owner.orders[order_id]


def listings(site: Site) -> Iterator[Row]:
    """Every listing that is not deleted."""
    rows = site.owner.inventory.snapshot().rows([status for status in words.STATUSES if status != words.DELETED])
    currency = site.owner.user.currency
    catalogue = site.catalogue
    for row in rows:
        release = catalogue.get(row.release_id)
        yield {
            "listing_id": row.id,
            "title": f"{release.artist} - {release.title}" if release else "",
            "price": None if row.cents is None else f"{row.cents / 100:.2f}",
            "currency": currency,
            "quantity": 0 if row.status == words.SOLD else 1,
            "status": row.status,
            "sku": row.external_id,
        }


def orders(site: Site) -> list[Row]:
    """Every order."""
    return [
        {
            "order_id": one.id,
            "status": one.status,
            "lines": [{"listing_id": item.id, "quantity": 1} for item in one.items],
        }
        for one in site.owner.orders.values()
    ]


def buy(site: Site, listing_id: Any, quantity: int = 1, **more: Any) -> Row:
    """A buyer orders it, alone or with ``also``; more than one piece of it does not exist."""
    wanted = [_found(site, each) for each in (listing_id, *more.pop("also", ()))]
    if quantity != 1 or any(listing.status != words.FOR_SALE for listing in wanted):
        raise refused(409, "It is not for sale (any more)" if quantity == 1 else "There is only one of it")
    buyer = site.user(str(more.pop("buyer"))) if "buyer" in more else None
    if more.get("status") not in {None, *trade.WORDS} or set(more) - {"status", "instructions"}:
        raise refused(400, f"Unknown: {', '.join(map(str, more.values()))}")
    return {"order_id": trade.place(site, site.owner, wanted, buyer, **more).id}


def cancel(site: Site, order_id: str, reason: str = "", relist: str = "") -> Row:
    """Cancel; ``reason`` is ``buyer``, ``non-paying``, ``unavailable`` or Discogs' own words."""
    one = order(site, order_id)
    status = REASONS.get(reason, reason)
    if status not in trade.CANCELLED:
        status = trade.BY_BUYER
    if one.status in {*trade.CANCELLED, trade.MERGED}:
        raise refused(409, f"The order is {one.status}")
    relist = relist or (site.switches["relist"] if status == trade.NON_PAYING else "none")
    again = trade.cancel(site, site.owner, one, status, relist)
    return {"order_id": one.id, "status": one.status, "relisted": [listing.id for listing in again]}


def edit(site: Site, listing_id: Any, changes: Mapping[str, Any]) -> Row:
    """The seller edits it on the site; ``sku`` is the external id."""
    listing = _found(site, listing_id)
    changed: Row = {name: str(changes[name]) for name in TEXTS if name in changes}
    if "sku" in changes:
        changed["external_id"] = str(changes["sku"])
    if "price" in changes:
        changed["cents"] = price(changes["price"])
    if "release_id" in changes:
        changed["release_id"] = int(changes["release_id"])
    if unknown := set(changes) - {*TEXTS, "sku", "price", "release_id"}:
        raise refused(400, f"A listing here has no {', '.join(sorted(unknown))}")
    if changed.get("status", listing.status) not in words.STATUSES:
        raise refused(400, words.BAD_STATUS)
    listing = site.owner.inventory.change(listing, **changed)
    return {"listing_id": listing.id, "status": listing.status}


def end(site: Site, listing_id: Any) -> Row:
    """The seller deletes it on the site."""
    listing = site.owner.inventory.change(_found(site, listing_id), status=words.DELETED)
    return {"listing_id": listing.id, "status": listing.status}
