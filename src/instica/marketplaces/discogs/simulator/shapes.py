"""A listing as the API shows it."""

from __future__ import annotations

from typing import Any

from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Call
from instica.marketplaces.discogs.simulator.catalogue import Release
from instica.marketplaces.discogs.simulator.pictures import images, thumb
from instica.marketplaces.discogs.simulator.site import Shop, Site, money
from instica.marketplaces.discogs.simulator.store import Listing

TERMS = (
    "We ship within two working days in stiff mailers, records outside their sleeves on request. "
    "Combined postage for several records; tracked and insured worldwide. "
) * 6


def listing(site: Site, call: Call, shop: Shop, row: Listing, *, pictured: bool) -> dict[str, Any]:
    """The whole object; what only its owner sees is added for the owner."""
    release = site.release(row)
    currency = shop.user.currency
    shown: dict[str, Any] = {
        "id": row.id,
        "resource_url": f"{call.origin}/marketplace/listings/{row.id}",
        "uri": f"{call.origin}/sell/item/{row.id}",
        "status": row.status,
        "condition": row.condition,
        "sleeve_condition": row.sleeve_condition,
        "comments": row.comments,
        "ships_from": shop.user.location.rpartition(", ")[2],
        "posted": site.stamp(row.posted),
        "allow_offers": row.allow_offers,
        "offer_submitted": False,
        "audio": False,
        "price": money(row.cents, currency),
        "original_price": _original(row.cents, currency),
        "shipping_price": {},
        "original_shipping_price": {},
        "shipping_is_blocked": None if call.caller.user is None else False,
        "seller": seller(call, shop),
        "release": _release(call, release, pictured=pictured),
    }
    if call.caller.user is not None:
        shown["in_cart"] = False
    if call.owns(shop.user):
        shown |= _private(row, release)
    return shown


def _private(row: Listing, release: Release) -> dict[str, Any]:
    return {
        "weight": float(row.weight or release.weight),
        "estimated_weight": release.weight,
        "format_quantity": row.format_quantity,
        "external_id": row.external_id,
        "location": row.location,
        "quantity": 1,
    }


def _original(cents: int | None, currency: str) -> dict[str, Any]:
    known = currency in words.CURRENCIES
    return {
        "curr_abbr": currency,
        "curr_id": words.CURRENCIES.index(currency) + 1 if known else 0,
        "formatted": "" if cents is None else f"{words.SYMBOLS.get(currency, currency + ' ')}{cents / 100:,.2f}",
        "value": None if cents is None else cents / 100,
    }


def seller(call: Call, shop: Shop) -> dict[str, Any]:
    """The seller, repeated in every row."""
    user = shop.user
    return {
        "id": user.id,
        "username": user.username,
        "avatar_url": "",
        "stats": {"rating": "99.6", "stars": 5.0, "total": 1204},
        "min_order_total": 0.0,
        "html_url": f"{call.origin}/user/{user.username}",
        "uid": user.id,
        "url": f"{call.origin}/users/{user.username}",
        "payment": "PayPal",
        "shipping": TERMS,
        "resource_url": f"{call.origin}/users/{user.username}",
    }


def _release(call: Call, release: Release, *, pictured: bool) -> dict[str, Any]:
    community: dict[str, Any] = {"in_wantlist": release.id % 900, "in_collection": release.id % 4000}
    stats: dict[str, Any] = {"community": community}
    if call.caller.user is not None:
        stats["user"] = {"in_wantlist": 0, "in_collection": 0}
    return {
        "id": release.id,
        "resource_url": f"{call.origin}/releases/{release.id}",
        "title": release.title,
        "artist": release.artist,
        "label": release.label,
        "format": release.format,
        "catalog_number": release.catno,
        "year": release.year,
        "description": release.description,
        "thumbnail": thumb(call, release) if pictured else "",
        "images": images(call, release) if pictured else [],
        "stats": stats,
    }
