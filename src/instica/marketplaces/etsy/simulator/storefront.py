"""What a visitor sees: a print on sale that can be bought, a shop, a picture."""

from __future__ import annotations

from instica.kit.simulation import Response, Routes
from instica.marketplaces.etsy.simulator import pages, trade, words
from instica.marketplaces.etsy.simulator.answers import Call, number
from instica.marketplaces.etsy.simulator.site import Site

ROUTES = Routes()


@ROUTES("GET", "/listing/{listing_id}")
@ROUTES("GET", "/listing/{listing_id}/{name}")
def listing(site: Site, call: Call, listing_id: str, name: str = "") -> Response:
    """One print."""
    pair = site.find(number(listing_id))
    if pair is None:
        return pages.notice(404, "Not found", "This item is not here any more.")
    shop, row = pair
    picture = f"/il/{row.pictures[0].id}/il_fullxfull.png" if row.pictures else ""
    price = f"{(row.stock.cents or 0) / 100:.2f} {shop.owner.currency}"
    return pages.item(row.title, picture, price, row.id, for_sale=row.state == words.ACTIVE)


@ROUTES("POST", "/listing/{listing_id}")
def buy(site: Site, call: Call, listing_id: str) -> Response:
    """Buy one of it."""
    pair = site.find(number(listing_id))
    if pair is None or pair[1].state != words.ACTIVE:
        return pages.notice(409, "Too late", "It is not for sale any more.")
    shop, row = pair
    product = next(each for each in row.stock.products if each.offering.enabled and each.offering.quantity)
    receipt = trade.place(site, shop, [(row, product, 1)])
    return pages.notice(201, "Thank you", f"Order {receipt.id} was sent to {shop.owner.shop_name}.")


@ROUTES("GET", "/shop/{name}")
def shop(site: Site, call: Call, name: str) -> Response:
    """A shop, in a line."""
    one = next((each for each in site.shops.values() if each.owner.shop_name.lower() == name.lower()), None)
    if one is None:
        return pages.notice(404, "Not found", "There is no such shop.")
    return pages.notice(200, one.owner.shop_name, f"On sale: {one.inventory.count(words.ACTIVE)}.")


@ROUTES("GET", "/your/orders/sold/{receipt_id}")
def order(site: Site, call: Call, receipt_id: str) -> Response:
    """One order, in a line."""
    one = site.owner.receipts.get(number(receipt_id))
    if one is None:
        return pages.notice(404, "Not found", "There is no such order.")
    return pages.notice(200, f"Order {one.id}", f"{len(one.lines)} item(s), {one.status}.")


@ROUTES("GET", "/il/{picture_id}/{name}")
def picture(site: Site, call: Call, picture_id: str, name: str) -> Response:
    """An image."""
    headers = [("Content-Type", "image/png"), ("Cache-Control", "public, max-age=86400")]
    return Response(200, pages.picture(max(1, number(picture_id))), headers)
