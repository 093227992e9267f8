"""What the owner of a shop chose for every listing there, and the choices the shop offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.core.errors import Fault, Invalid
from instica.listings import fields
from instica.listings.facts import facts
from instica.listings.models import Desk
from instica.work.lanes import commit

FRESH_FOR, FOUND = dt.timedelta(days=1), 50


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
    for name in searched(connection):
        choices[name] = merged(choices.get(name, ()), desk.choices.get(name, ()))
    with commit():
        desk, _ = Desk.objects.update_or_create(
            connection=connection,
            defaults={"organization_id": connection.organization_id, "choices": choices, "choices_at": now()},
        )
    return desk


def look_for(*, connection: Connection, field: str, said: str) -> list[list[str]]:
    """Categories that sound like it, kept among the choices of that field. Raises any of ``kit.errors``."""
    connector = connector_for(connection, "stock")
    found = [list(each) for each in connector.categories(said)[:FOUND]] if connector.can("categories") else []
    name = facts(connection.marketplace).fields[field]["x-choices"]
    with commit():
        known = Desk.objects.select_for_update().filter(connection=connection).first() or of(connection)
        choices = {**known.choices, name: merged(found, known.choices.get(name, ()))}
        Desk.objects.update_or_create(
            connection=connection, defaults={"organization_id": connection.organization_id, "choices": choices}
        )
    return found


def searched(connection: Connection) -> list[str]:
    """The choices that are looked for by name: there are too many to read them all."""
    every = facts(connection.marketplace).fields.values()
    return [each["x-choices"] for each in every if each.get("x-search")]


def merged(first: Sequence[Sequence[str]], then: Sequence[Sequence[str]]) -> list[list[str]]:
    """Both, each value once."""
    known: dict[str, list[str]] = {}
    for row in (*first, *then):
        known.setdefault(row[0], list(row))
    return list(known.values())


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
