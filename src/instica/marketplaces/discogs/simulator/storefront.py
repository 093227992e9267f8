"""The pages behind the links in listings and orders: look at a record, buy it."""

from __future__ import annotations

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import pages, trade, words
from instica.marketplaces.discogs.simulator.answers import Call, number
from instica.marketplaces.discogs.simulator.pictures import images
from instica.marketplaces.discogs.simulator.site import Shop, Site
from instica.marketplaces.discogs.simulator.store import Listing

ROUTES = Routes()


@ROUTES("GET", "/sell/item/{listing_id}")
def look(site: Site, call: Call, listing_id: str) -> Response:
    """One record, as a buyer sees it."""
    found = _found(site, listing_id)
    if found is None:
        return pages.notice(404, "Gone", words.NO_LISTING)
    shop, listing = found
    release = site.release(listing)
    facts = {
        "Price": "—" if listing.cents is None else f"{listing.cents / 100:.2f} {shop.user.currency}",
        "Media": listing.condition,
        "Sleeve": listing.sleeve_condition,
        "Label": f"{release.label} – {release.catno}",
        "Format": release.format,
        "Released": f"{release.country}, {release.year}",
        "Seller": shop.user.name,
        "Notes": listing.comments,
    }
    picture = images(call, release)[0]["uri"]
    title = f"{release.artist} – {release.title}"
    return pages.item(title, picture, facts, listing.id, for_sale=listing.status == words.FOR_SALE)


@ROUTES("POST", "/sell/item/{listing_id}")
def buy(site: Site, call: Call, listing_id: str) -> Response:
    """A buyer takes it."""
    found = _found(site, listing_id)
    if found is None or found[1].status != words.FOR_SALE:
        return pages.notice(409, "Too late", "It is not for sale any more.")
    order = trade.place(site, found[0], [found[1]])
    return pages.notice(201, "Thank you", f"Order {order.id} was sent to {found[0].user.name}.")


@ROUTES("GET", "/sell/order/{order_id}")
def order(site: Site, call: Call, order_id: str) -> Response:
    """One order, in a line."""
    for shop in site.shops.values():
        if one := shop.orders.get(order_id):
            return pages.notice(200, f"Order {one.id}", f"{len(one.items)} item(s), {one.status}.")
    return pages.notice(404, "Gone", words.NOT_FOUND)


@ROUTES("GET", "/release/{release_id}")
def release(site: Site, call: Call, release_id: str) -> Response:
    """One pressing, in a line."""
    one = site.catalogue.get(number(release_id))
    if one is None:
        return pages.notice(404, "Gone", words.NO_RELEASE)
    return pages.notice(200, one.description, f"{one.label} – {one.catno}, {one.country}, {one.year}.")


@ROUTES("GET", "/user/{username}")
def person(site: Site, call: Call, username: str) -> Response:
    """Somebody, in a line."""
    user = site.user(username)
    if user is None:
        return pages.notice(404, "Gone", words.NO_USER)
    shop = site.shops.get(user.username)
    return pages.notice(
        200, user.name, f"{user.location}. For sale: {shop.inventory.count(words.FOR_SALE) if shop else 0}."
    )


def _found(site: Site, listing_id: str) -> tuple[Shop, Listing] | None:
    return site.find(number(listing_id))
