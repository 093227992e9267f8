"""Subscribes to what eBay tells: orders of a shop, and grants taken back."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from instica.kit.errors import Complaint, Gone, Refused
from instica.kit.ports import Session
from instica.kit.types import App, Watch
from instica.marketplaces.ebay import mapping
from instica.marketplaces.ebay.client import objects
from instica.marketplaces.ebay.notifications import Notifications

TOPICS = ("ORDER_CONFIRMATION", "AUTHORIZATION_REVOCATION")
NAME = "Instica"
NO_EMAIL = "eBay wants an address to warn when notifications fail: set INSTICA_EBAY_ALERT_EMAIL"


def verification_token(app: App) -> str:
    """What proves to eBay that an address is ours: the operator's own, or one made of the app's secret."""
    given = app.extra.get("verification_token")
    if given:
        return given.reveal()
    return hmac.new(app.client_secret.reveal().encode(), b"ebay notifications", hashlib.sha256).hexdigest()


def watch(session: Session, url: str) -> Watch:
    """Subscriptions for everything we hear, made where they are missing and enabled where they rest."""
    ours, sellers = Notifications(session.app), Notifications(session.app, session)
    destination = destination_of(ours, session.app, url)
    ids = {"destination": destination}
    for name in TOPICS:
        topic = ours.topic(name)
        speaker = sellers if topic.get("scope") == "USER" else ours
        ids[name] = subscription(speaker, topic, name, destination)
    return Watch(ids)


def destination_of(ours: Notifications, app: App, url: str) -> str:
    """The id of our address with eBay."""
    for row in ours.destinations():
        if mapping.record(row.get("deliveryConfig")).get("endpoint") == url:
            return mapping.words(row.get("destinationId"))
    say_where_to_warn(ours, app)
    return ours.create_destination(NAME, url, verification_token(app))


def say_where_to_warn(ours: Notifications, app: App) -> None:
    """eBay takes no address before it knows whom to warn."""
    try:
        known = mapping.words(ours.config().get("alertEmail"))
    except Gone:
        known = ""
    email = app.extra.get("alert_email")
    if not known and not email:
        raise Refused([Complaint(NO_EMAIL, "alert_email")])
    if email and email.reveal() != known:
        ours.set_config(email.reveal())


def subscription(speaker: Notifications, topic: dict[str, Any], name: str, destination: str) -> str:
    """The id of the subscription to a topic."""
    for row in speaker.subscriptions():
        if row.get("topicId") == name:
            number = mapping.words(row.get("subscriptionId"))
            if row.get("status") != "ENABLED":
                speaker.enable(number)
            return number
    return speaker.subscribe(name, destination, version_of(topic))


def version_of(topic: dict[str, Any]) -> str:
    """The newest form of a topic that is not on its way out."""
    rows = [row for row in objects(topic.get("supportedPayloads")) if row.get("deprecated") is not True]
    versions = [mapping.words(row.get("schemaVersion")) for row in rows]
    return max(
        versions, key=lambda version: [int(each) for each in version.split(".") if each.isdigit()], default="1.0"
    )


def unwatch(session: Session, watch: Watch) -> None:
    """End what is this seller's; the installation's own subscriptions serve its other shops."""
    sellers = Notifications(session.app, session)
    own = {mapping.words(row.get("subscriptionId")) for row in sellers.subscriptions()}
    for name in TOPICS:
        number = watch.ids.get(name, "")
        if number in own:
            try:
                sellers.unsubscribe(number)
            except Gone:
                continue
