"""The Notification API: where to deliver, what to hear, and the keys that prove a delivery."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from instica.core import clock
from instica.kit.simulation import Refusal, Response, Routes
from instica.marketplaces.ebay.simulator.post import KID, LOOPBACK, Destination, Subscription, public_key
from instica.marketplaces.ebay.simulator.rest import Body, Call, answer, demand, error, whole
from instica.marketplaces.ebay.simulator.words import BASE

ROUTES = Routes()
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,80}")
DOMAIN = "API_NOTIFICATION"
TOPICS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "ORDER_CONFIRMATION": ("USER", ("sell.fulfillment", "sell.fulfillment.readonly"), ("1.0", "1.1")),
    "ITEM_MARKED_SHIPPED": ("USER", ("commerce.shipping",), ("1.0",)),
    "AUTHORIZATION_REVOCATION": ("APPLICATION", ("",), ("1.0",)),
    "MARKETPLACE_ACCOUNT_DELETION": ("APPLICATION", ("",), ("1.0",)),
    "LISTING": ("USER", ("sell.listing", "sell.listing.read"), ("1.0",)),
}


@ROUTES("GET", "/config")
def config(call: Call) -> Response:
    """The address eBay warns when deliveries fail."""
    demand(call.token, "")
    if not call.site.post.alert_email:
        raise error(404, 195003, DOMAIN, "Please provide configurations required for notifications.")
    return answer(200, {"alertEmail": call.site.post.alert_email})


@ROUTES("PUT", "/config")
def set_config(call: Call) -> Response:
    """Say where to warn."""
    demand(call.token, "")
    email = str(call.body().get("alertEmail") or "")
    if "@" not in email:
        raise error(400, 195025, DOMAIN, "Invalid or missing alert email.")
    call.site.post.alert_email = email
    return answer(204)


@ROUTES("GET", "/public_key/{key_id}")
def key(call: Call, key_id: str) -> Response:
    """The key behind a signature; only for applications."""
    demand(call.token, "")
    if key_id != KID:
        raise error(404, 195001, DOMAIN, "The specified key id was not found.")
    return answer(200, {"key": public_key(), "algorithm": "ECDSA", "digest": str(call.site.switches["key_digest"])})


@ROUTES("GET", "/topic")
def topics(call: Call) -> Response:
    """Everything one can subscribe to."""
    demand(call.token, "")
    return answer(200, {"topics": [_topic(call, name) for name in TOPICS], "total": len(TOPICS)})


@ROUTES("GET", "/topic/{name}")
def topic(call: Call, name: str) -> Response:
    """One of them."""
    demand(call.token, "")
    if name not in TOPICS:
        raise error(404, 195027, DOMAIN, "Invalid or missing topic id.")
    return answer(200, _topic(call, name))


def _topic(call: Call, name: str) -> Body:
    scope, scopes, versions = TOPICS[name]
    if name == "AUTHORIZATION_REVOCATION":
        scope = str(call.site.switches["scope_of_revocation"])
    payloads = [
        {"format": ["JSON"], "schemaVersion": each, "deliveryProtocol": "HTTPS", "deprecated": False}
        for each in versions
    ]
    return {
        "topicId": name,
        "description": name.replace("_", " ").capitalize(),
        "authorizationScopes": [f"{BASE}/{each}" if each else BASE for each in scopes],
        "status": "ENABLED",
        "context": "USER" if scope == "USER" else "APPLICATION",
        "scope": scope,
        "supportedPayloads": payloads,
        "filterable": False,
    }


@ROUTES("GET", "/destination")
def destinations(call: Call) -> Response:
    """Where this application hears."""
    demand(call.token, "")
    rows = [_destination(each) for each in call.site.post.destinations.values()]
    limit = whole(call, "limit", 20, 10, 100, _paging)
    return answer(
        200, {"destinations": rows[:limit], "total": len(rows), "limit": limit, "href": call.url("/destination")}
    )


@ROUTES("POST", "/destination")
def create_destination(call: Call) -> Response:
    """A new address, once it has answered the challenge."""
    demand(call.token, "")
    post = call.site.post
    if not post.alert_email:
        raise error(409, 195003, DOMAIN, "Please provide configurations required for notifications.")
    name, endpoint, token = _checked(call.body())
    if any(each.endpoint == endpoint for each in post.destinations.values()):
        raise error(409, 195021, DOMAIN, "Destination exists for this endpoint.")
    if not post.verifies(endpoint, token):
        raise error(400, 195020, DOMAIN, "Challenge verification failed for requested endpoint.")
    made = Destination(post.name("destination"), name, endpoint, token)
    post.destinations[made.id] = made
    return answer(201, None, ("Location", call.url(f"/destination/{made.id}")))


@ROUTES("GET", "/destination/{destination_id}")
def destination(call: Call, destination_id: str) -> Response:
    """One address."""
    demand(call.token, "")
    return answer(200, _destination(_place(call, destination_id)))


@ROUTES("PUT", "/destination/{destination_id}")
def change_destination(call: Call, destination_id: str) -> Response:
    """Another address or token in its place."""
    demand(call.token, "")
    place, body = _place(call, destination_id), call.body()
    name, endpoint, token = _checked(body)
    if not call.site.post.verifies(endpoint, token):
        raise error(400, 195020, DOMAIN, "Challenge verification failed for requested endpoint.")
    place.name, place.endpoint, place.token = name, endpoint, token
    place.status = str(body.get("status") or "ENABLED")
    return answer(204)


@ROUTES("DELETE", "/destination/{destination_id}")
def delete_destination(call: Call, destination_id: str) -> Response:
    """No longer hear there."""
    demand(call.token, "")
    if any(each.destination == destination_id for each in call.site.post.subscriptions.values()):
        raise error(409, 195024, DOMAIN, "The destination is in use by a subscription.")
    del call.site.post.destinations[_place(call, destination_id).id]
    return answer(204)


def _checked(body: Body) -> tuple[str, str, str]:
    delivery: Any = body.get("deliveryConfig") or {}
    name, endpoint = str(body.get("name") or ""), str(delivery.get("endpoint") or "")
    token, parts = str(delivery.get("verificationToken") or ""), urlsplit(endpoint)
    if not name or len(name) > 64:
        raise error(400, 195016, DOMAIN, "Invalid or missing name.")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise error(400, 195017, DOMAIN, "Invalid or missing endpoint. It must be on https.")
    if not TOKEN.fullmatch(token):
        raise error(400, 195019, DOMAIN, "Invalid or missing verification token.")
    return name, endpoint, token


def _destination(place: Destination) -> Body:
    delivery = {"endpoint": place.endpoint, "verificationToken": place.token}
    return {"destinationId": place.id, "name": place.name, "status": place.status, "deliveryConfig": delivery}


def _place(call: Call, destination_id: str) -> Destination:
    if destination_id not in call.site.post.destinations:
        raise error(404, 195007, DOMAIN, "Invalid or missing destination id.")
    return call.site.post.destinations[destination_id]


@ROUTES("GET", "/subscription")
def subscriptions(call: Call) -> Response:
    """What the caller hears: a person what is theirs, the application its own."""
    _may_subscribe(call)
    rows = [_subscription(each) for each in call.site.post.subscriptions.values() if _is_callers(call, each)]
    limit = whole(call, "limit", 20, 10, 100, _paging)
    shown = {"subscriptions": rows[:limit], "total": len(rows), "limit": limit, "href": call.url("/subscription")}
    return answer(200, shown)


@ROUTES("POST", "/subscription")
def subscribe(call: Call) -> Response:
    """Hear about a topic at a destination."""
    _may_subscribe(call)
    body, post = call.body(), call.site.post
    name, payload = str(body.get("topicId") or ""), body.get("payload") or {}
    if name not in TOPICS:
        raise error(400, 195027, DOMAIN, "Invalid or missing topic id.")
    told = _topic(call, name)
    if (told["scope"] == "USER") != bool(call.token.user) or not set(told["authorizationScopes"]) & set(
        call.token.scopes
    ):
        raise error(403, 195011, DOMAIN, "Not authorized for this topic.")
    if str(payload.get("schemaVersion")) not in TOPICS[name][2]:
        raise error(400, 195008, DOMAIN, "Invalid or missing schema version.")
    place = _place(call, str(body.get("destinationId") or ""))
    if any(each.topic == name and _is_callers(call, each) for each in post.subscriptions.values()):
        raise error(409, 195012, DOMAIN, "A subscription already exists.")
    made = Subscription(
        *(post.name("subscription"), name, place.id, call.token.user, call.token.key),
        str(payload["schemaVersion"]),
        call.site.clock.now(),
        str(body.get("status") or "ENABLED"),
    )
    post.subscriptions[made.id] = made
    return answer(201, None, ("Location", call.url(f"/subscription/{made.id}")))


@ROUTES("GET", "/subscription/{subscription_id}")
def subscription(call: Call, subscription_id: str) -> Response:
    """One subscription."""
    return answer(200, _subscription(_own(call, subscription_id)))


@ROUTES("DELETE", "/subscription/{subscription_id}")
def unsubscribe(call: Call, subscription_id: str) -> Response:
    """Hear no more."""
    del call.site.post.subscriptions[_own(call, subscription_id).id]
    return answer(204)


@ROUTES("POST", "/subscription/{subscription_id}/{what}")
def switch(call: Call, subscription_id: str, what: str) -> Response:
    """``enable``, ``disable``, or ``test``."""
    one = _own(call, subscription_id)
    if what == "test":
        call.site.post.publish(one.topic, one.user, {"user": {"userId": one.user}}, None)
        return answer(202)
    one.status = "ENABLED" if what == "enable" else "DISABLED"
    return answer(204)


def _own(call: Call, subscription_id: str) -> Subscription:
    _may_subscribe(call)
    one = call.site.post.subscriptions.get(subscription_id)
    if one is None or not _is_callers(call, one):
        raise error(404, 195013, DOMAIN, "The specified subscription was not found.")
    return one


def _may_subscribe(call: Call) -> None:
    demand(call.token, "", "commerce.notification.subscription")


def _is_callers(call: Call, one: Subscription) -> bool:
    return (one.user, one.key) == (call.token.user, call.token.key)


def _subscription(one: Subscription) -> Body:
    payload = {"format": "JSON", "schemaVersion": one.schema, "deliveryProtocol": "HTTPS"}
    return {
        "subscriptionId": one.id,
        "status": one.status,
        "topicId": one.topic,
        "creationDate": clock.iso(one.created),
        "destinationId": one.destination,
        "payload": payload,
    }


def _paging() -> Refusal:
    return error(400, 195002, DOMAIN, "Invalid value for limit. It is 10 to 100.")
