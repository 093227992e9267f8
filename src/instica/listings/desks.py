"""What the owner of a shop chose for every listing there, and the choices the shop offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.core.errors import Fault, Invalid
from instica.listings import fields
from instica.listings.facts import facts
from instica.listings.models import Desk
from instica.work.lanes import commit

FRESH_FOR = dt.timedelta(days=1)


def of(connection: Connection) -> Desk:
    """As it is kept."""
    known = Desk.objects.filter(connection=connection).first()
    return known or Desk(connection=connection, organization_id=connection.organization_id)


def read(connection: Connection, *, anew: bool = False) -> Desk:
    """With the shop's choices, read there when they are older than a day. Raises any of ``kit.errors``."""
    desk = of(connection)
    if not anew and desk.choices_at and desk.choices_at > now() - FRESH_FOR:
        return desk
    connector = connector_for(connection, "stock")
    found = connector.choices() if connector.can("choices") else {}
    choices = {name: [list(each) for each in rows] for name, rows in found.items()}
    with commit():
        desk, _ = Desk.objects.update_or_create(
            connection=connection,
            defaults={"organization_id": connection.organization_id, "choices": choices, "choices_at": now()},
        )
    return desk


def choose(*, connection: Connection, defaults: Mapping[str, Any]) -> Desk:
    """Set what every listing there says unless it says otherwise; null takes one back. Raises ``Invalid``."""
    with commit():
        desk = of(connection)
        chosen = {name: value for name, value in {**desk.defaults, **defaults}.items() if value is not None}
        wrong = fields.wrong(facts(connection.marketplace).schema, chosen)
        if wrong:
            faults = [Fault(why, f"#/defaults/{name}") for name, why in wrong.items()]
            raise Invalid("These defaults do not fit.", code="validation_error", faults=faults)
        Desk.objects.update_or_create(
            connection=connection, defaults={"organization_id": connection.organization_id, "defaults": chosen}
        )
    return of(connection)
