"""Who one is, and profiles."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Call, found, message
from instica.marketplaces.discogs.simulator.people import User
from instica.marketplaces.discogs.simulator.site import Site

ROUTES = Routes()


@ROUTES("GET", "/")
def welcome(site: Site, call: Call) -> Response:
    """The root of the API."""
    links = {"documentation_url": f"{call.origin}/developers/", "hello": "Welcome to the Discogs API."}
    return found(200, {**links, "api_version": "v2", "statistics": {"releases": site.catalogue.size}})


@ROUTES("GET", "/oauth/identity")
def identity(site: Site, call: Call) -> Response:
    """The person behind the credential."""
    user = call.signed_in()
    content = {"id": user.id, "username": user.username, "resource_url": url(call, user)}
    return found(200, {**content, "consumer_name": call.caller.consumer})


@ROUTES("GET", "/users/{username}")
def profile(site: Site, call: Call, username: str) -> Response:
    """A profile; the e-mail address only one's own."""
    user = site.user(username)
    if user is None:
        raise message(404, words.NO_USER)
    content = _profile(site, call, user)
    if call.owns(user):
        content["email"] = user.email
    return found(200, content)


def _profile(site: Site, call: Call, user: User) -> dict[str, Any]:
    own, shop = url(call, user), site.shops.get(user.username)
    return {
        "id": user.id,
        "username": user.username,
        "resource_url": own,
        "uri": f"{call.origin}/user/{user.username}",
        "inventory_url": f"{own}/inventory",
        "collection_folders_url": f"{own}/collection/folders",
        "collection_fields_url": f"{own}/collection/fields",
        "wantlist_url": f"{own}/wants",
        "name": user.name,
        "home_page": "",
        "location": user.location,
        "profile": "",
        "registered": "2012-04-17T10:21:45-07:00",
        "activated": True,
        "num_for_sale": shop.inventory.count(words.FOR_SALE) if shop else 0,
        "num_lists": 0,
        "num_pending": 0,
        "num_collection": 0,
        "num_wantlist": 0,
        "num_unread": 0,
        "rank": 12.0,
        "releases_contributed": 31,
        "releases_rated": 4,
        "rating_avg": 4.5,
        "buyer_rating": 100.0,
        "buyer_rating_stars": 5.0,
        "buyer_num_ratings": 48,
        "seller_rating": 99.6,
        "seller_rating_stars": 5.0,
        "seller_num_ratings": 1204,
        "curr_abbr": site.shops[user.username].user.currency if shop else user.currency,
        "avatar_url": "",
        "banner_url": "",
        "is_staff": False,
        "marketplace_suspended": bool(shop and site.switches["account_suspended"]),
    }


def url(call: Call, user: User) -> str:
    """Where a person lives in the API."""
    return f"{call.origin}/users/{user.username}"


def summary(call: Call, user: User) -> dict[str, Any]:
    """A person as orders and messages name them."""
    return {"id": user.id, "username": user.username, "resource_url": url(call, user)}
