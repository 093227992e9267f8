"""Webhook subscriptions of a shop: made when it is connected, made anew when lost, renewed, and ended."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import transaction

from instica.connections.credentials import manifest_of, variable
from instica.connections.models import Connection, State
from instica.connections.talk import connector_for
from instica.kit.contract import Marketplace
from instica.kit.errors import RemoteFailure
from instica.kit.types import Watch
from instica.work import schedules
from instica.work.lanes import commit

ROUND_SECONDS = 6 * 3600
log = structlog.get_logger(__name__)


def is_possible(manifest: Marketplace) -> bool:
    """Whether webhooks can reach us: the marketplace sends some, and our address is public, or theirs is here too."""
    if not manifest.webhooks or not manifest.connector or not manifest.load("connector").can("watch"):
        return False
    return settings.SITE_URL.startswith("https://") or bool(variable(manifest.slug, "origin"))


def address(slug: str) -> str:
    """Where that marketplace's webhooks come in."""
    return f"{settings.SITE_URL}/webhooks/{slug}/"


def start(connection: Connection) -> None:
    """Subscribe now, and look every few hours whether it still stands. Part of the caller's transaction."""
    if is_possible(manifest_of(connection.marketplace)):
        lane = f"shop:{connection.uid}:read"
        schedules.every("connection.watch", str(connection.uid), lane=lane, seconds=ROUND_SECONDS)


def renew(connection: Connection) -> None:
    """Subscribe, keeping what stands. Raises what ``Connector.watch`` raises."""
    have = Watch(connection.watch, connection.watch_until) if connection.watch else None
    watch = connector_for(connection, "bulk").watch(address(connection.marketplace), have)
    with commit():
        row = Connection.objects.filter(uid=connection.uid).exclude(state=State.REVOKED)
        row.update(watch=dict(watch.ids), watch_until=watch.renew_at, watch_trouble="")
    log.info("webhooks.watched", connection=connection.public_id, count=len(watch.ids))


def refused(connection: Connection, why: str) -> None:
    """They give us no webhooks: polling goes on as before, and the shop's card says so."""
    with commit():
        Connection.objects.filter(uid=connection.uid).update(watch={}, watch_until=None, watch_trouble=why)
    log.warning("webhooks.refused", connection=connection.public_id, why=why)


def end(connection: Connection) -> None:
    """Give the subscriptions back before the grant is forgotten; nothing depends on their answer."""
    if not connection.watch or connection.state != State.CONNECTED:
        return
    try:
        connector_for(connection, "stock").unwatch(Watch(connection.watch, connection.watch_until))
    except (NotImplementedError, RemoteFailure) as error:
        log.info("webhooks.not_ended", connection=connection.public_id, why=type(error).__name__)
    with transaction.atomic():
        Connection.objects.filter(uid=connection.uid).update(watch={}, watch_until=None)
