"""Creating, reading, editing and deleting one listing, with the site's odd rules."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Refusal, Response, Routes
from instica.marketplaces.discogs.simulator import shapes, words
from instica.marketplaces.discogs.simulator.answers import Call, found, message, number, unauthorized
from instica.marketplaces.discogs.simulator.site import Shop, Site
from instica.marketplaces.discogs.simulator.store import Listing

ROUTES = Routes()


@ROUTES("POST", "/marketplace/listings")
def create(site: Site, call: Call) -> Response:
    """Put a record on sale."""
    shop = _own_shop(site, call)
    fields = creation(site, call.body())
    listing = shop.inventory.add(posted=int(site.clock.now().timestamp()), **fields)
    url = f"{call.origin}/marketplace/listings/{listing.id}"
    return found(201, {"listing_id": listing.id, "resource_url": url})


@ROUTES("GET", "/marketplace/listings/{listing_id}")
def read(site: Site, call: Call, listing_id: str) -> Response:
    """One listing. Drafts and the like are their owner's alone."""
    shop, listing = _found(site, listing_id)
    visible = (words.FOR_SALE, words.SOLD) if site.switches["sold_visible"] else (words.FOR_SALE,)
    if listing.status not in visible and not call.owns(shop.user):
        raise unauthorized(words.SIGN_IN) if call.caller.user is None else message(403, words.NOT_YOURS)
    shown = shapes.listing(site, call, shop, listing, pictured=True)
    wanted = call.get("curr_abbr") or ("" if call.caller.user else "USD")
    if wanted:
        shown["price"] = _converted(listing, shop.user.currency, wanted)
    return found(200, shown)


def _converted(listing: Listing, currency: str, wanted: str) -> dict[str, Any]:
    if wanted not in words.IN_USD:
        raise message(422, f"Invalid currency: expected one of {', '.join(words.CURRENCIES)}.")
    rate = words.IN_USD.get(currency, 1.0) / words.IN_USD[wanted]
    return {"currency": wanted, "value": None if listing.cents is None else round(listing.cents * rate / 100, 2)}


@ROUTES("POST", "/marketplace/listings/{listing_id}")
def edit(site: Site, call: Call, listing_id: str) -> Response:
    """Change what was sent; what was not sent stays."""
    shop, listing = _own(site, call, listing_id)
    if listing.status not in words.EDITABLE:
        raise message(site.switches["closed_edit"], f"A listing that is {listing.status} cannot be edited.")
    shop.inventory.change(listing, **edition(site, listing, call.body()))
    return Response(204)


@ROUTES("DELETE", "/marketplace/listings/{listing_id}")
def delete(site: Site, call: Call, listing_id: str) -> Response:
    """Take it down for good."""
    shop, listing = _own(site, call, listing_id)
    shop.inventory.change(listing, status=words.DELETED)
    return Response(204)


def _found(site: Site, listing_id: str) -> tuple[Shop, Listing]:
    found_there = site.find(number(listing_id))
    if found_there is None:
        raise message(404, words.NO_LISTING)
    return found_there


def _own(site: Site, call: Call, listing_id: str) -> tuple[Shop, Listing]:
    call.signed_in()
    shop, listing = _found(site, listing_id)
    if not call.owns(shop.user):
        raise message(403, words.NOT_YOURS)
    return shop, listing


def _own_shop(site: Site, call: Call) -> Shop:
    shop = site.shops.get(call.signed_in().username)
    if shop is None or not site.switches["seller_settings"]:
        raise message(403, "You must fill out your seller settings first.")
    if site.switches["account_suspended"]:
        raise message(403, "Your seller account is suspended.")
    return shop


def creation(site: Site, body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a new listing. Refuses what the site refuses."""
    release = site.catalogue.get(_whole(body.get("release_id")))
    if release is None:
        raise invalid("release_id", "release not found")
    if release.blocked:
        raise message(site.switches["blocked_release"], "This release is blocked from sale in the Marketplace.")
    return {
        "release_id": release.id,
        "condition": _one_of(body, "condition", words.MEDIA, None),
        "sleeve_condition": _one_of(body, "sleeve_condition", words.SLEEVES, "Not Graded"),
        "cents": price(body.get("price")),
        "status": _one_of(body, "status", words.WRITABLE, words.FOR_SALE),
        "comments": str(body.get("comments") or ""),
        "allow_offers": _yes(body.get("allow_offers")),
        "external_id": str(body.get("external_id") or ""),
        "location": str(body.get("location") or ""),
        "weight": _weight(body.get("weight")),
        "format_quantity": _counts_as(body.get("format_quantity"), 1),
    }


def edition(site: Site, listing: Listing, body: dict[str, Any]) -> dict[str, Any]:
    """What an edit changes: null and absent keep, an empty string clears a text."""
    sent = {name: value for name, value in body.items() if value is not None}
    changes: dict[str, Any] = {
        name: str(sent[name]) for name in ("comments", "external_id", "location") if name in sent
    }
    if _whole(sent.get("release_id")) > 0:
        if site.catalogue.get(_whole(sent["release_id"])) is None:
            raise invalid("release_id", "release not found")
        changes["release_id"] = _whole(sent["release_id"])
    for name, allowed in (("condition", words.MEDIA), ("sleeve_condition", words.SLEEVES), ("status", words.WRITABLE)):
        if name in sent:
            changes[name] = _one_of(sent, name, allowed, None)
    if "price" in sent:
        changes["cents"] = price(sent["price"])
    if "allow_offers" in sent:
        changes["allow_offers"] = _yes(sent["allow_offers"])
    if "weight" in sent and sent["weight"] != 0:
        changes["weight"] = _weight(sent["weight"])
    if "format_quantity" in sent:
        changes["format_quantity"] = _counts_as(sent["format_quantity"], listing.format_quantity)
    return changes


def invalid(field: str, why: str) -> Refusal:
    """422 in the site's words."""
    return message(422, f"Invalid {field}: {why}.")


def price(given: Any) -> int:
    """Cents. Zero is refused, a negative price silently made positive."""
    try:
        cents = round(abs(float(given)) * 100)
    except (TypeError, ValueError, OverflowError):
        cents = 0
    if not cents or isinstance(given, bool):
        raise invalid("price", "expected float")
    return cents


def _one_of(body: dict[str, Any], field: str, allowed: tuple[str, ...], default: str | None) -> str:
    given = body.get(field) or default
    if given not in allowed:
        raise invalid(field, f"expected one of {', '.join(allowed)}")
    return str(given)


def _whole(given: Any) -> int:
    try:
        return int(given)
    except (TypeError, ValueError, OverflowError):
        return 0


def _yes(given: Any) -> bool:
    return given is True or str(given).lower() in {"true", "1", "y", "yes"}


def _weight(given: Any) -> int | None:
    """Grams; ``None`` is the estimate, which is also what nothing, zero, less and ``auto`` give."""
    try:
        grams = round(float(given))
    except (TypeError, ValueError, OverflowError):
        return None
    return grams if grams > 0 else None


def _counts_as(given: Any, default: int) -> int:
    if given in (None, "auto", ""):
        return default
    count = _whole(given)
    if count < 0:
        raise message(400, "Format quantity cannot be negative")
    return max(1, count)
