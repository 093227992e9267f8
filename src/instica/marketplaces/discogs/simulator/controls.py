"""The control calls that only Discogs needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from instica.kit.simulation import SITE_CONTROL, Control, Request
from instica.kit.simulation.control import body, refused
from instica.marketplaces.discogs.simulator import deeds, trade, words
from instica.marketplaces.discogs.simulator.site import Application

if TYPE_CHECKING:
    from instica.marketplaces.discogs.simulator.app import DiscogsSimulator

CONTROLS = Control(SITE_CONTROL)
ADDED = {"artist", "title", "label", "catno", "format", "barcode", "country", "genre"}


@CONTROLS("POST", "/shop")
def change_shop(simulation: DiscogsSimulator, request: Request) -> Any:
    """Change the shop's currency (``{"currency": "EUR"}``), or rename it (``{"username": …}``)."""
    site, wanted = simulation.site, body(request)
    user = replace(site.owner.user, currency=str(wanted.get("currency", site.owner.user.currency)))
    site.owner.user = user
    site.users[user.username] = user
    return {"currency": user.currency}


@CONTROLS("POST", "/add")
def add(simulation: DiscogsSimulator, request: Request) -> Any:
    """A listing of a release of its own: any of ``artist title label …`` and of a listing's fields."""
    site, wanted = simulation.site, body(request)
    release = site.catalogue.add(**{name: str(wanted[name]) for name in ADDED & set(wanted)})
    listing = site.owner.inventory.add(
        release_id=release.id,
        status=words.FOR_SALE,
        condition=words.MEDIA[2],
        sleeve_condition=words.MEDIA[2],
        cents=1999,
        posted=int(simulation.clock.now().timestamp()),
    )
    changes = {name: value for name, value in wanted.items() if name not in ADDED}
    return {**deeds.edit(site, listing.id, changes), "release_id": release.id}


@CONTROLS("POST", "/block")
def block(simulation: DiscogsSimulator, request: Request) -> Any:
    """A release is blocked from sale."""
    site, wanted = simulation.site, body(request)
    release = site.catalogue.get(int(wanted["release_id"]))
    if release is None:
        raise refused(404, words.NO_RELEASE)
    site.catalogue.put(replace(release, blocked=bool(wanted.get("blocked", True))))
    return {"release_id": release.id}


@CONTROLS("POST", "/order")
def order(simulation: DiscogsSimulator, request: Request) -> Any:
    """An order moves on: ``{"order_id", "status"}``, ``"archived"``, or ``"drop": listing`` (Order Changed)."""
    site, wanted = simulation.site, body(request)
    one = deeds.order(site, str(wanted["order_id"]))
    if wanted.get("status") not in {None, *trade.WORDS}:
        raise refused(400, f"Unknown status {wanted['status']!r}")
    if "status" in wanted:
        trade.move(site, site.owner, one, wanted["status"])
    if "drop" in wanted:
        trade.drop(site, site.owner, one, int(wanted["drop"]))
    one.archived = bool(wanted.get("archived", one.archived))
    return {"order_id": one.id, "status": one.status}


@CONTROLS("POST", "/merge")
def merge(simulation: DiscogsSimulator, request: Request) -> Any:
    """Orders become one: ``{"order_ids": [ … ]}``."""
    site = simulation.site
    merged = trade.merge(site, site.owner, [deeds.order(site, each) for each in body(request)["order_ids"]])
    return {"order_id": merged.id, "status": merged.status}


@CONTROLS("POST", "/apps")
def register(simulation: DiscogsSimulator, request: Request) -> Any:
    """Register an app: ``{"key", "secret", "name"?, "callback"?}``."""
    wanted = body(request)
    key, name = str(wanted["key"]), str(wanted.get("name", wanted["key"]))
    app = Application(key, str(wanted["secret"]), name, str(wanted.get("callback", "")))
    simulation.site.apps[key] = app
    return {"key": key}


@CONTROLS("POST", "/revoke")
def revoke(simulation: DiscogsSimulator, request: Request) -> Any:
    """All grants and personal tokens end."""
    simulation.site.access.clear()
    simulation.site.personal.clear()
    return {"revoked": True}


@CONTROLS("POST", "/sign-in")
def sign_in(simulation: DiscogsSimulator, request: Request) -> Any:
    """Who is signed in on the site, and so consents: ``{"username"}``."""
    user = simulation.site.user(str(body(request)["username"]))
    if user is None:
        raise refused(404, words.NO_USER)
    simulation.site.signed_in = user.username
    return {"username": user.username}
