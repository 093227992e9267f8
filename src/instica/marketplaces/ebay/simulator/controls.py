"""The control calls that only eBay needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instica.kit.simulation import SITE_CONTROL, Control, Request
from instica.kit.simulation.control import body, refused
from instica.marketplaces.ebay.simulator import deeds
from instica.marketplaces.ebay.simulator.post import sign
from instica.marketplaces.ebay.simulator.seed import MONTH
from instica.marketplaces.ebay.simulator.site import SCOPES, Application

if TYPE_CHECKING:
    from instica.marketplaces.ebay.simulator.app import EbaySimulator

CONTROLS = Control(SITE_CONTROL)


@CONTROLS("POST", "/add")
def add(simulation: EbaySimulator, request: Request) -> Any:
    """A listing made by hand on the site: ``title`` and any of what ``edit`` takes."""
    site, wanted = simulation.site, body(request)
    now = site.epoch()
    made = site.shelf.add(
        title=str(wanted.pop("title")),
        sku="",
        cents=1999,
        started=now,
        ends=now + MONTH,
        modified=now,
        description="By hand.",
    )
    return deeds.edit(site, made.id, wanted)


@CONTROLS("POST", "/apps")
def register(simulation: EbaySimulator, request: Request) -> Any:
    """Register an app: ``{"key", "secret", "ru_name", "accepted", "declined"?, "scopes"?}``."""
    wanted = body(request)
    key, accepted = str(wanted["key"]), str(wanted["accepted"])
    app = Application(
        *(key, str(wanted["secret"]), str(wanted.get("name", key)), str(wanted["ru_name"]), accepted),
        str(wanted.get("declined", accepted)),
        tuple(wanted.get("scopes", SCOPES)),
    )
    simulation.site.grants.apps[key] = app
    return {"key": key}


@CONTROLS("POST", "/revoke")
def revoke(simulation: EbaySimulator, request: Request) -> Any:
    """The shop's owner takes all grants back in the account settings."""
    site = simulation.site
    tokens = [token for token, held in site.grants.access.items() if held.user == site.owner.id]
    for token in tokens[:1]:
        deeds.revoke(site, token)
    return {"revoked": len(tokens)}


@CONTROLS("POST", "/sign-in")
def sign_in(simulation: EbaySimulator, request: Request) -> Any:
    """Who is signed in on the site, and so consents: ``{"username"}``."""
    name = str(body(request)["username"])
    user = next((user for user in simulation.site.users.values() if user.username == name), None)
    if user is None:
        raise refused(404, "There is no such user")
    simulation.site.signed_in = user.id
    return {"username": user.username}


@CONTROLS("POST", "/pay")
def pay(simulation: EbaySimulator, request: Request) -> Any:
    """A waiting order is paid: ``{"order_id"}``; eBay tells it as confirmed once more."""
    one = deeds.order(simulation.site, str(body(request)["order_id"]))
    one.paid, one.modified = True, simulation.clock.now()
    return {"order_id": one.id, "status": one.status}


@CONTROLS("GET", "/outbox")
def outbox(simulation: EbaySimulator, request: Request) -> Any:
    """The notifications sent so far, as they go over the wire; what is late is not there before its time."""
    now = simulation.clock.now().timestamp()
    sent = [each for each in simulation.site.post.sender.outbox if each.due <= now]
    return {
        "deliveries": [
            {"topic": each.topic, "url": each.url, "headers": each.headers, "body": each.body.decode()} for each in sent
        ]
    }


@CONTROLS("POST", "/notify")
def notify(simulation: EbaySimulator, request: Request) -> Any:
    """eBay tells something: ``{"topic", "data"}``; account deletions need no subscription."""
    wanted = body(request)
    fault = simulation.faults.take(str(wanted["topic"]), webhook=True)
    simulation.site.post.publish(str(wanted["topic"]), simulation.site.owner.id, dict(wanted["data"]), fault)
    return {"topic": wanted["topic"]}


@CONTROLS("POST", "/sign")
def signature(simulation: EbaySimulator, request: Request) -> Any:
    """The signature of a body: ``{"body"}``."""
    return {"x-ebay-signature": sign(str(body(request)["body"]).encode())}
