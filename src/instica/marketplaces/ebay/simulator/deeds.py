"""What people do on the site itself, as the control interface asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from instica.core import clock
from instica.kit.simulation import Fault
from instica.kit.simulation.control import refused
from instica.marketplaces.ebay.simulator import publishing, trade
from instica.marketplaces.ebay.simulator.ledger import Order
from instica.marketplaces.ebay.simulator.people import OTHER, OWNER
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.stock import Item, Offer, item_body, offer_body
from instica.marketplaces.ebay.simulator.store import Listing
from instica.marketplaces.ebay.simulator.words import ACTIVE, AUCTION, INVENTORY

Row = dict[str, Any]
TEXTS = ("title", "sku", "description", "note", "currency", "site")
UNLISTED = "offer-"


def shop(site: Site) -> Row:
    """What a reset made."""
    return {
        "seed": site.seed,
        "listings": len(site.shelf.active()),
        "limits": site.limits.on,
        "username": site.owner.username,
        "user_id": site.owner.id,
        "token": OWNER.token,
        "odd": [odd.as_json() for odd in site.odd],
    }


def _found(site: Site, listing_id: Any) -> Listing:
    text = str(listing_id)
    listing = site.shelf.get(int(text)) if text.isdigit() else None
    if listing is None:
        raise refused(404, f"There is no listing {listing_id}")
    return listing


def order(site: Site, order_id: str) -> Order:
    """An order of the shop."""
    if order_id not in site.orders:
        raise refused(404, f"There is no order {order_id}")
    return site.orders[order_id]


def listings(site: Site) -> Iterator[Row]:
    """Every listing that did not end before the reset, then the offers that were never published."""
    for each in site.shelf.every():
        cents = each.variations[0].cents if each.variations else each.cents
        yield _row(str(each.id), each.title, cents, each.currency, each.left, state(each), each.sku)
    for offer in list(site.stock.offers.values()):
        item = site.stock.item(offer.sku)
        if offer.place < 0 and item:
            made = publishing.page_of(item, offer)
            yield _row(
                f"{UNLISTED}{offer.id}",
                made["title"],
                made["cents"],
                made["currency"],
                made["quantity"],
                "Unlisted",
                offer.sku,
            )


def _row(number: str, title: str, cents: int | None, currency: str, left: int, status: str, sku: str) -> Row:
    return {
        "listing_id": int(number) if number.isdigit() else number,
        "title": title,
        "price": None if cents is None else f"{cents / 100:.2f}",
        "currency": currency,
        "quantity": left,
        "status": status,
        "sku": sku,
    }


def state(listing: Listing) -> str:
    """``Active``, ``OutOfStock`` or how it ended."""
    return "OutOfStock" if listing.status == ACTIVE and not listing.left else listing.status


def orders(site: Site) -> list[Row]:
    """Every order."""
    return [
        {
            "order_id": one.id,
            "status": one.status,
            "lines": [{"listing_id": line.listing_id, "quantity": line.quantity} for line in one.lines],
        }
        for one in site.orders.values()
    ]


def buy(site: Site, listing_id: Any, quantity: int, fault: Fault | None, **more: Any) -> Row:
    """A buyer takes some; ``variation`` (its place, or its SKU) says which of many."""
    listing = _found(site, listing_id)
    choice = _choice(listing, more.pop("variation", 0))
    if more:
        raise refused(400, f"Unknown: {', '.join(map(str, more))}")
    left = listing.variations[choice].quantity if listing.variations else listing.quantity
    if listing.status != ACTIVE or quantity < 1 or left < quantity:
        raise refused(409, "There are not so many of it (any more)")
    return {"order_id": trade.place(site, listing, quantity, choice, fault).id}


def _choice(listing: Listing, wanted: Any) -> int:
    if isinstance(wanted, int):
        return wanted if wanted < max(1, len(listing.variations)) else 0
    places = [place for place, each in enumerate(listing.variations) if each.sku == wanted]
    if not places:
        raise refused(404, f"There is no variation {wanted}")
    return places[0]


def cancel(site: Site, order_id: str, reason: str) -> Row:
    """Cancel it."""
    one = order(site, order_id)
    if one.cancelled:
        raise refused(409, "The order is cancelled")
    trade.cancel(site, one, reason)
    return {"order_id": one.id, "status": one.status}


def edit(site: Site, listing_id: Any, changes: Mapping[str, Any]) -> Row:
    """The seller edits it on the site, whoever made it."""
    listing = _found(site, listing_id)
    if unknown := set(changes) - {*TEXTS, "price", "quantity", "kind", "bids"}:
        raise refused(400, f"A listing here has no {', '.join(sorted(unknown))}")
    changed: Row = {name: str(changes[name]) for name in TEXTS if name in changes}
    if "price" in changes:
        cents = None if changes["price"] is None else round(float(changes["price"]) * 100)
        changed["cents"] = cents
        changed["variations"] = tuple(replace(each, cents=cents or 0) for each in listing.variations)
    if "quantity" in changes:
        changed["quantity"] = int(changes["quantity"])
    if "kind" in changes:
        changed |= {"kind": AUCTION, "bids": int(changes.get("bids", 0))}
    fresh = site.shelf.change(listing, **changed, modified=site.epoch())
    _follow(site, fresh)
    return {"listing_id": fresh.id, "status": state(publishing.settle(site, fresh))}


def _follow(site: Site, listing: Listing) -> None:
    """What the Inventory API keeps of it says the same."""
    offer = site.stock.owner(listing) if listing.model == INVENTORY else None
    if offer:
        kept = Offer(offer.id, listing.sku, offer_body(listing), offer.published, listing.index)
        site.stock.keep(Item(listing.sku, item_body(listing)))
        site.stock.keep_offer(kept)


def end(site: Site, listing_id: Any) -> Row:
    """The seller ends it on the site."""
    listing = _found(site, listing_id)
    if offer := site.stock.owner(listing):
        publishing.withdraw(site, offer)
    ended = publishing.end(site, site.shelf.at(listing.index), "NotAvailable")
    return {"listing_id": ended.id, "status": state(ended)}


def revoke(site: Site, token: str) -> None:
    """A grant is taken back, with everything minted from it, and the application is told."""
    held = site.grants.access.get(token)
    if held is None:
        return
    for kind in (site.grants.access, site.grants.refresh):
        for name in [name for name, each in kind.items() if each.user == held.user and each.user]:
            del kind[name]
    who = site.users.get(held.user, OTHER)
    data = {
        "username": who.username,
        "userId": who.id,
        "eiasToken": who.eias,
        "revokeReason": "REVOKED_BY_USER",
        "revocationDate": clock.iso(site.clock.now()),
    }
    site.post.publish("AUTHORIZATION_REVOCATION", who.id, data, None)
