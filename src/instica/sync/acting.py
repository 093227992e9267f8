"""What follows from an event: look again, pause a shop, or do a duty of privacy. Each may be done twice."""

from __future__ import annotations

import structlog

from instica.connections import pausing
from instica.connections.forgetting import disconnect
from instica.connections.models import Connection, State
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.kit.errors import Gone, Refused, SignInAgain
from instica.orders import privacy
from instica.sync import pace, reconcile
from instica.sync.models import Event
from instica.work.lanes import commit
from instica.work.urgency import Urgency

log = structlog.get_logger(__name__)


def act(*, event: Event) -> None:
    """Do what the event asks, then mark it handled: killed in between, it is simply done again.

    Raises ``TryLater`` and ``Throttled`` where a shop must be asked first and does not answer now.
    """
    for connection in _meant(event):
        _act(event, connection)
    with commit():
        Event.objects.filter(uid=event.uid, handled=None).update(handled=now())


def _meant(event: Event) -> list[Connection]:
    """The shops an event is about; duties of privacy reach shops that are disconnected too."""
    rows = Connection.objects.select_related("organization").filter(marketplace=event.marketplace).order_by("uid")
    if event.account:
        rows = rows.filter(remote_id=event.account)
    if event.kind in ("changed", "revoked"):
        return list(rows.exclude(state=State.REVOKED)) if event.account else []
    return list(rows)


def _act(event: Event, connection: Connection) -> None:
    if event.kind == "changed":
        if event.about == "listing" and event.object_id:
            reconcile.look(connection, event.object_id, urgency=Urgency.ORDER)
        elif event.about == "order" and event.object_id:
            pace.ask_for(connection, event.object_id)
        else:
            pace.ask(connection)
    elif event.kind == "revoked":
        pausing.pause(connection, "The access of this hub was taken back there")
    elif event.kind == "forget_buyer":
        privacy.forget_buyer(connections=[connection], buyer=event.object_id)
    elif event.kind == "forget_shop":
        _forget_shop(connection)
    else:
        privacy.tell_what_is_held(connection=connection, buyer=event.object_id)


def _forget_shop(connection: Connection) -> None:
    """Such a wish may come days after somebody left; a shop that came back meanwhile, and answers us, is kept."""
    if connection.state == State.CONNECTED:
        try:
            connector_for(connection, "stock").shop()
        except (SignInAgain, Refused, Gone):
            log.info("event.shop_left", connection=connection.public_id)
        else:
            return
    disconnect(connection=connection)
    privacy.forget_all_buyers(connection=connection)
