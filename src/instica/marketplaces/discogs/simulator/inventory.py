"""What a seller has on sale, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import shapes, words
from instica.marketplaces.discogs.simulator.answers import Call, message, number, page
from instica.marketplaces.discogs.simulator.catalogue import Release
from instica.marketplaces.discogs.simulator.site import Shop, Site
from instica.marketplaces.discogs.simulator.store import Listing

ROUTES = Routes()
DEEPEST = 100
EVERY = tuple(status for status in words.STATUSES if status != words.DELETED)
SORTS = ("listed", "price", "item", "artist", "label", "catno", "audio")
OWN_SORTS = (*SORTS, "status", "location")


@ROUTES("GET", "/users/{username}/inventory")
def inventory(site: Site, call: Call, username: str) -> Response:
    """One page. A stranger sees what is for sale, whatever status was asked for."""
    user = site.user(username)
    if user is None:
        raise message(404, words.NO_USER)
    shop = site.shops.get(user.username)
    if shop is None:
        return page(call, "listings", 0, lambda start, stop: [])
    own = call.owns(user)
    wanted = _statuses(call, own=own)
    places = _order(site, call, shop, wanted, own=own)
    if not own and _deep(call):
        raise message(403, words.TOO_DEEP)
    return page(call, "listings", len(places), _rows(site, call, shop, places))


def _rows(site: Site, call: Call, shop: Shop, places: list[int]) -> Callable[[int, int], list[dict[str, Any]]]:
    pictured = call.caller.user is not None

    def rows(start: int, stop: int) -> list[dict[str, Any]]:
        listings = (shop.inventory.at(place) for place in places[start:stop])
        return [shapes.listing(site, call, shop, row, pictured=pictured) for row in listings]

    return rows


def _deep(call: Call) -> bool:
    return number(call.get("page")) > DEEPEST


def _statuses(call: Call, *, own: bool) -> tuple[str, ...]:
    if not own:
        return (words.FOR_SALE,)
    asked = call.get("status") or "All"
    matching = [word for word in words.FILTERS if word.lower() == asked.lower()]
    if not matching:
        raise message(422, words.BAD_STATUS)
    return EVERY if matching[0] == "All" else (matching[0],)


def _order(site: Site, call: Call, shop: Shop, wanted: tuple[str, ...], *, own: bool) -> list[int]:
    sort, words_asked = call.get("sort") or "listed", call.get("q").lower().split()
    backwards = call.get("sort_order").lower() == "desc"
    if sort == "status" and call.caller.user is None:
        return []
    if sort not in (OWN_SORTS if own else SORTS):
        raise message(422, f"Invalid sort: expected one of {', '.join(OWN_SORTS if own else SORTS)}.")

    def make() -> list[int]:
        rows = shop.inventory.snapshot().rows(wanted)
        if words_asked:
            rows = (row for row in rows if _mentions(site.release(row), words_asked))
        if sort in {"listed", "audio"}:
            places = [row.index for row in rows] if words_asked else _places(shop, wanted)
            return places[::-1] if backwards else places
        keyed = sorted(((_key(sort, row, site.release(row)), row.index) for row in rows), reverse=backwards)
        return [index for _, index in keyed]

    return shop.inventory.sorted((wanted, sort, backwards, tuple(words_asked)), make)


def _places(shop: Shop, wanted: tuple[str, ...]) -> list[int]:
    codes = {words.STATUSES.index(status) for status in wanted}
    return [index for index, code in enumerate(shop.inventory.statuses) if code in codes]


def _mentions(release: Release, asked: list[str]) -> bool:
    text = f"{release.artist} {release.title} {release.catno} {release.label}".lower()
    return all(word in text for word in asked)


def _key(sort: str, row: Listing, release: Release) -> Any:
    texts = {"item": release.title, "artist": release.artist, "label": release.label, "catno": release.catno}
    if sort in texts:
        return _collated(texts[sort])
    return {"price": row.cents or 0, "status": row.status, "location": row.location}[sort]


def _collated(text: str) -> str:
    """The site's own order: letters and digits only, articles last."""
    return "".join(letter for letter in text.casefold().removeprefix("the ") if letter.isalnum())
