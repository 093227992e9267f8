"""The control calls that only Etsy needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from instica.kit.simulation import SITE_CONTROL, Control, Request
from instica.kit.simulation.control import body, refused
from instica.marketplaces.etsy.simulator import deeds, seed, trade, words
from instica.marketplaces.etsy.simulator.people import SELLERS
from instica.marketplaces.etsy.simulator.site import Application
from instica.marketplaces.etsy.simulator.telling import tell_order

if TYPE_CHECKING:
    from instica.marketplaces.etsy.simulator.app import EtsySimulator

CONTROLS = Control(SITE_CONTROL)


@CONTROLS("POST", "/shop")
def change_shop(simulation: EtsySimulator, request: Request) -> Any:
    """Change the shop's currency (``{"currency": "JPY"}``)."""
    owner = simulation.site.owner
    owner.owner = replace(owner.owner, currency=str(body(request)["currency"]))
    return {"currency": owner.owner.currency}


@CONTROLS("POST", "/add")
def add(simulation: EtsySimulator, request: Request) -> Any:
    """A listing: ``title price sku quantity state``, with ``sizes`` and ``frames`` as variations."""
    site, wanted = simulation.site, body(request)
    made = seed.Seeds(site.seed, 1).listing(0)
    inventory = site.owner.inventory
    number = inventory.first_id + len(inventory.states) * 7
    price, sku = round(float(wanted.get("price", 19.5)) * 100), str(wanted.get("sku", ""))
    stock = seed.single(number, sku, int(wanted.get("quantity", 1)), price)
    if wanted.get("sizes"):
        stock = seed.varied(number, sku, tuple(wanted["sizes"]), tuple(wanted.get("frames", ("Unframed",))), price)
    now = site.now()
    row = inventory.add(
        state=str(wanted.get("state", words.ACTIVE)),
        title=str(wanted.get("title", made.title)),
        description=str(wanted.get("description", made.description)),
        stock=stock,
        created=now,
        updated=now,
        ending=now + seed.FOUR_MONTHS,
        pictures=(replace(made.pictures[0], id=number * 10),),
        tags=made.tags,
        more=made.more,
    )
    return {"listing_id": row.id, "status": row.state}


@CONTROLS("POST", "/order")
def order(simulation: EtsySimulator, request: Request) -> Any:
    """An order moves on: ``{"order_id", "ship": {"carrier", "code"}}``, ``"refund": cents``, ``"delivered": true``."""
    site, wanted = simulation.site, body(request)
    one = deeds.receipt(site, wanted["order_id"])
    if "ship" in wanted:
        trade.ship(site, site.owner, one, str(wanted["ship"]["carrier"]), str(wanted["ship"]["code"]))
    if "refund" in wanted:
        trade.refund(site, one, int(wanted["refund"]))
    if wanted.get("delivered"):
        tell_order(site, site.owner, one, "order.delivered")
    return {"order_id": one.id, "status": one.status}


@CONTROLS("POST", "/apps")
def register(simulation: EtsySimulator, request: Request) -> Any:
    """Register an app: ``{"key", "secret", "name"?, "redirects"?}``."""
    wanted = body(request)
    key = str(wanted["key"])
    redirects = tuple(map(str, wanted.get("redirects", ())))
    simulation.site.apps[key] = Application(
        key, str(wanted["secret"]), str(wanted.get("name", key)), redirects=redirects
    )
    return {"key": key}


@CONTROLS("POST", "/revoke")
def revoke(simulation: EtsySimulator, request: Request) -> Any:
    """All tokens end, as after a change of password."""
    simulation.site.access.clear()
    simulation.site.refresh.clear()
    return {"revoked": True}


@CONTROLS("POST", "/sign-in")
def sign_in(simulation: EtsySimulator, request: Request) -> Any:
    """Who is signed in on the site, and so consents: ``{"user_id"}``."""
    wanted = int(body(request)["user_id"])
    if wanted not in {each.user_id for each in SELLERS}:
        raise refused(404, "There is no such person")
    simulation.site.signed_in = wanted
    return {"user_id": wanted}


@CONTROLS("POST", "/limits")
def limits(simulation: EtsySimulator, request: Request) -> Any:
    """How many calls are allowed: ``{"second": 5, "day": 5000}``; turns the limits on."""
    site, wanted = simulation.site, body(request)
    site.limits = True
    site.most_a_second = int(wanted.get("second", site.most_a_second))
    site.most_a_day = int(wanted.get("day", site.most_a_day))
    return {"second": site.most_a_second, "day": site.most_a_day}


@CONTROLS("GET", "/webhooks")
def outbox(simulation: EtsySimulator, request: Request) -> Any:
    """Every delivery so far."""
    return {"outbox": simulation.site.portal.as_json()}


@CONTROLS("POST", "/webhooks")
def portal(simulation: EtsySimulator, request: Request) -> Any:
    """What the developer portal does: ``{"url", "secret", "topics"?}``; without a url only the outbox fills."""
    wanted = body(request)
    topics = tuple(map(str, wanted.get("topics", ())))
    simulation.site.portal.register(str(wanted.get("url", "")), str(wanted["secret"]), topics)
    return {"url": wanted.get("url", ""), "topics": list(topics)}
