"""Reading listings: by shop and state, by section, by ids, one by one; their images."""

from __future__ import annotations

from instica.kit.simulation import Response, Routes
from instica.marketplaces.etsy.simulator import shapes, words
from instica.marketplaces.etsy.simulator.answers import Call, error, found, missing, number, page, rows
from instica.marketplaces.etsy.simulator.gate import needs, own_shop, owns
from instica.marketplaces.etsy.simulator.shops import APP, in_section, the_shop
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.store import Listing

ROUTES = Routes()
ONE = ("Images", "Shop", "User", "Translations", "Videos", "Personalization", "BuyerPrice")
SHOP = (*ONE, "Shipping", "Inventory")
AT_ONCE = 100


def includes(call: Call, allowed: tuple[str, ...]) -> list[str]:
    """The associations asked for. Refuses one this operation does not know (any more)."""
    wanted = call.many("includes")
    if unknown := [each for each in wanted if each not in allowed]:
        raise error(400, f"Invalid value for includes: {', '.join(unknown)}. Allowed: {', '.join(allowed)}")
    return wanted


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/listings")
@needs("listings_r")
def by_shop(site: Site, call: Call, shop_id: str) -> Response:
    """One page of one's own listings in one state."""
    shop = own_shop(site, call, number(shop_id))
    state = call.get("state") or words.ACTIVE
    if state not in words.LISTED:
        raise error(400, f"Invalid value for state: {state}")
    return _page(site, call, shop, shop.inventory.newest(state), includes(call, SHOP))


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/listings/active")
def active(site: Site, call: Call, shop_id: str) -> Response:
    """One page of what anybody can see in a shop, plain; keywords are looked for in titles."""
    shop = the_shop(site, shop_id)
    asked = call.get("keywords").lower().split()
    places = shop.inventory.newest(words.ACTIVE)
    if asked:
        titles = ((place, shop.inventory.at(place).title.lower()) for place in places)
        places = [place for place, title in titles if all(word in title for word in asked)]
    return _plain(site, call, shop, places)


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/shop-sections/listings")
def by_section(site: Site, call: Call, shop_id: str) -> Response:
    """One page of the active listings of some sections, plain."""
    shop, wanted = the_shop(site, shop_id), [number(each) for each in call.many("shop_section_ids")]
    if not wanted:
        raise missing("shop_section_ids")
    return _plain(site, call, shop, sorted((each for one in wanted for each in in_section(shop, one)), reverse=True))


def _plain(site: Site, call: Call, shop: Shop, places: list[int]) -> Response:
    return page(
        call,
        len(places),
        lambda start, stop: [
            shapes.listing(site, call, shop, shop.inventory.at(place)) for place in places[start:stop]
        ],
    )


def _page(site: Site, call: Call, shop: Shop, places: list[int], wanted: list[str]) -> Response:
    return page(
        call,
        len(places),
        lambda start, stop: [
            shapes.full(site, call, shop, shop.inventory.at(place), wanted) for place in places[start:stop]
        ],
    )


@ROUTES("GET", f"{APP}/listings/batch")
def batch(site: Site, call: Call) -> Response:
    """Up to a hundred listings by their ids; unknown ones are left out."""
    wanted = includes(call, ONE)
    seen = [row for each in _ids(call) if (row := site.find(each)) and _visible(call, *row)]
    return rows([shapes.full(site, call, shop, row, wanted, ready=False) for shop, row in seen])


@ROUTES("GET", f"{APP}/listings/batch/inventory")
@needs("listings_r")
def batch_inventory(site: Site, call: Call) -> Response:
    """The inventories of up to a hundred listings; one that is unknown fails them all."""
    made = []
    for each in _ids(call):
        shop, row = visible(site, call, str(each))
        shown = shapes.full(site, call, shop, row, (), ready=False)
        made.append(shown | {"inventory": shapes.inventory(site, call, shop, row)})
    return rows(made)


def _ids(call: Call) -> list[int]:
    wanted = [number(each) for each in call.many("listing_ids")]
    if not wanted:
        raise missing("listing_ids")
    if len(wanted) > AT_ONCE:
        raise error(400, f"listing_ids takes at most {AT_ONCE} values")
    return wanted


@ROUTES("GET", f"{APP}/listings/{{listing_id}}")
def one(site: Site, call: Call, listing_id: str) -> Response:
    """One listing; what is not for sale is seen by its owner only."""
    wanted = includes(call, ONE)
    shop, row = visible(site, call, listing_id)
    return found(shapes.full(site, call, shop, row, wanted))


def visible(site: Site, call: Call, listing_id: str) -> tuple[Shop, Listing]:
    """A listing the caller may see."""
    pair = site.find(number(listing_id))
    if pair is None or not _visible(call, *pair):
        raise error(404, f"Could not find a Listing with listing_id = {listing_id}.")
    return pair


def _visible(call: Call, shop: Shop, row: Listing) -> bool:
    return row.state == words.ACTIVE or owns(call, shop)


def own(site: Site, call: Call, shop_id: str, listing_id: str) -> tuple[Shop, Listing]:
    """A listing of one's own shop."""
    shop = own_shop(site, call, number(shop_id))
    row = shop.inventory.get(number(listing_id))
    if row is None:
        raise error(404, f"Could not find a Listing with listing_id = {listing_id}.")
    return shop, row


@ROUTES("GET", f"{APP}/listings/{{listing_id}}/images")
def images(site: Site, call: Call, listing_id: str) -> Response:
    """The images of a listing."""
    _, row = visible(site, call, listing_id)
    return rows(shapes.images(call, row))
