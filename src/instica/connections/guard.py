"""The guard against one mistake that ends a whole shop: more automatic ends than usual wait for its owner (D23)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import transaction

from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, Cut
from instica.connections.pausing import wake
from instica.core.clock import now
from instica.notices.services import forget, tell

Count = Callable[[], int]
MOST, SHARE = 20, 0.1
RUN = dt.timedelta(hours=1)
WAITS = "Very many pages of this shop would be ended at once: its owner is asked first"


def hold(connection: Connection, page: uuid.UUID, *, live: Count, waiting: Count) -> str:
    """Why the page may not be ended by itself now; empty when it may, and then it is counted.

    What counts are pages ended within the last hour and those ``waiting`` to be, so that a flood stops before its first
    page. ``live`` counts the shop's pages on sale; asked only when there are many. Needs a transaction.
    """
    row = Connection.objects.select_for_update(no_key=True).get(uid=connection.uid)
    moment = now()
    if row.guard_lifted_at and moment - row.guard_lifted_at < RUN:
        return ""
    Cut.objects.filter(connection=row, at__lt=moment - RUN).delete()
    done = Cut.objects.filter(connection=row).exclude(page=page).count()
    if row.guarded_at is None and not _many(done + 1 + waiting(), done, live):
        Cut.objects.get_or_create(connection=row, page=page, defaults={"at": moment})
        return ""
    if row.guarded_at is None:
        _close(row, moment)
    return WAITS


def lift(*, connection: Connection) -> None:
    """Its owner says that they may end: for an hour nothing is held, and what was is asked for again."""
    with transaction.atomic():
        Connection.objects.filter(uid=connection.uid).update(guarded_at=None, guard_lifted_at=now())
        wake(connection)
        forget(connection.organization, _key(connection))


def _many(ends: int, done: int, live: Count) -> bool:
    return ends > MOST and ends > SHARE * (live() + done)


def _close(connection: Connection, moment: dt.datetime) -> None:
    Connection.objects.filter(uid=connection.uid).update(guarded_at=moment)
    name = manifest_of(connection.marketplace).name
    tell(
        organization=connection.organization,
        key=_key(connection),
        title=f"May very many pages end on {name}?",
        body=f"More than {MOST} pages and more than a tenth of {connection.username} would be ended by themselves, not"
        " because of sales. Nothing more is ended there until you look: let it go on, or set the stock right.",
        tone="danger",
        link="/sync/",
        mail=True,
    )


def _key(connection: Connection) -> str:
    return f"guard:{connection.uid}"
