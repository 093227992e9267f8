"""The page behind a listing's link: look at it, buy it."""

from __future__ import annotations

from instica.kit.simulation import Request, Response, Routes
from instica.marketplaces.ebay.simulator import pages, trade
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.store import Listing

ROUTES = Routes()


@ROUTES("GET", "/itm/{listing_id}")
def look(site: Site, request: Request, listing_id: str) -> Response:
    """One listing, as a buyer sees it."""
    listing = _found(site, listing_id)
    if listing is None:
        return pages.notice(404, "We looked everywhere", "This page is missing.")
    price = "—" if listing.cents is None else f"{listing.cents / 100:.2f} {listing.currency}"
    facts = {"Price": price, "Left": str(listing.left), "Seller": site.owner.username}
    facts |= {name: ", ".join(values) for name, values in listing.specifics}
    return pages.item(listing.title, facts, listing.id, for_sale=listing.is_live and not listing.variations)


@ROUTES("POST", "/itm/{listing_id}")
def buy(site: Site, request: Request, listing_id: str) -> Response:
    """A buyer takes one."""
    listing = _found(site, listing_id)
    if listing is None or not listing.is_live or listing.variations:
        return pages.notice(409, "Too late", "This listing has ended or sold out.")
    order = trade.place(site, listing, 1, 0, None)
    return pages.notice(201, "Thank you", f"Order {order.id} was sent to {site.owner.name}.")


def _found(site: Site, listing_id: str) -> Listing | None:
    return (
        site.shelf.get(int(listing_id))
        if listing_id.isascii() and listing_id.isdigit() and len(listing_id) < 18
        else None
    )
