"""Sending again what was sent, or was not: one delivery, or all of a period. The ``webhook-id`` stays the same."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from instica.core.errors import Conflict, Forbidden, NotFound
from instica.notices import webhooks
from instica.notices.endpoints import may_manage
from instica.notices.models import Delivery, DeliveryState, Endpoint, EndpointState
from instica.people.models import User
from instica.work.queue import Urgency

MOST = 1_000
UNDELIVERED = (DeliveryState.FAILED, DeliveryState.MISSED)


@transaction.atomic
def one(*, delivery: Delivery, by: User) -> Delivery:
    """Send it again now, whatever came of it. Raises ``Conflict`` while the endpoint is not active, ``Forbidden``."""
    _active(delivery.endpoint_id, by)
    row = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery.pk).first()
    if row is None:
        raise NotFound("There is no such delivery.")
    _again(row, Urgency.PERSON)
    return row


@transaction.atomic
def several(
    *,
    endpoint: Endpoint,
    by: User,
    since: dt.datetime,
    until: dt.datetime | None = None,
    states: Sequence[str] = UNDELIVERED,
) -> int:
    """Send again what happened in that period, the oldest first: what never arrived, unless told otherwise.

    At most 1 000 at once; the answer is how many, so ask again from where it ended. Raises ``Conflict``, ``Forbidden``.
    """
    _active(endpoint.pk, by)
    rows = Delivery.objects.select_for_update(of=("self",)).filter(endpoint=endpoint, at__gte=since, state__in=states)
    if until:
        rows = rows.filter(at__lt=until)
    found = list(rows.order_by("at", "uid")[:MOST])
    for row in found:
        _again(row, Urgency.READ)
    return len(found)


def _again(row: Delivery, urgency: Urgency) -> None:
    row.state, row.attempts, row.next_at, row.finished = DeliveryState.WAITING, 0, None, None
    row.save(update_fields=["state", "attempts", "next_at", "finished"])
    webhooks.ask(row, urgency)


def _active(endpoint: uuid.UUID, by: User) -> None:
    row = Endpoint.objects.select_for_update(of=("self",)).select_related("organization").filter(pk=endpoint).first()
    if row is None:
        raise NotFound("There is no such endpoint.")
    if not may_manage(row.organization, by):
        raise Forbidden("Only an owner or admin can send webhooks again.")
    if row.state != EndpointState.ACTIVE:
        raise Conflict("This endpoint is not active. Set it to active first.", code="endpoint_not_active")
