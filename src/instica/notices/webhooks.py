"""Telling other programs: one message for what happened, and a delivery for every endpoint that wants to know."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from instica.core.clock import iso, now
from instica.notices.kinds import KINDS
from instica.notices.models import Delivery, DeliveryState, Endpoint, EndpointState, Message
from instica.work.queue import Urgency, enqueue

LONGEST_TEXT = 200
TRIES = 5


def emit(*, organization: uuid.UUID, kind: str, subject: str, data: Callable[[], Mapping[str, Any]]) -> Message | None:
    """Tell it; part of the transaction in which it happens. Where nobody listens nothing is written, or asked for.

    ``subject`` is the public id of what it is about; its messages are numbered in ``data.sequence``. The fields of
    ``data`` are those of ``kinds.KINDS[kind]``.
    """
    wanted = [endpoint for endpoint in _listening(organization) if not endpoint.types or kind in endpoint.types]
    if not wanted:
        return None
    message = write(organization=organization, kind=kind, subject=subject, data=data())
    deliver(message, wanted)
    return message


def write(*, organization: uuid.UUID, kind: str, subject: str, data: Mapping[str, Any]) -> Message:
    """The message with the next number of its subject: the time in microseconds, or one more than the last."""
    facts = {name: _short(data[name]) for name in KINDS[kind].fields}
    for _ in range(TRIES):
        moment = now()
        before = Message.objects.filter(organization=organization, subject=subject).order_by("-sequence")
        last = before.values_list("sequence", flat=True).first() or 0
        sequence = max(int(moment.timestamp() * 1_000_000), last + 1)
        body = {"type": kind, "timestamp": iso(moment), "data": facts | {"sequence": sequence}}
        message = Message(
            organization_id=organization,
            type=kind,
            subject=subject,
            sequence=sequence,
            body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
            at=moment,
        )
        try:
            with transaction.atomic():
                message.save(force_insert=True)
        except IntegrityError:
            continue
        return message
    raise RuntimeError(f"No number could be found for {subject}")


def deliver(message: Message, endpoints: Iterable[Endpoint], urgency: Urgency = Urgency.READ) -> list[Delivery]:
    """A delivery for each, and the task that makes it; one that is disabled misses it, and may have it replayed."""
    rows = [
        Delivery(
            organization_id=message.organization_id,
            endpoint=endpoint,
            message=message,
            state=DeliveryState.MISSED if endpoint.state == EndpointState.DISABLED else DeliveryState.WAITING,
        )
        for endpoint in endpoints
    ]
    Delivery.objects.bulk_create(rows)
    for row in rows:
        if row.state == DeliveryState.WAITING:
            ask(row, urgency)
    return rows


def ask(delivery: Delivery, urgency: Urgency = Urgency.READ) -> None:
    """Have it sent; part of the transaction that makes it wait."""
    enqueue("webhook.send", str(delivery.uid), lane=lane(delivery.endpoint_id), urgency=urgency)


def lane(endpoint: uuid.UUID) -> str:
    """Where an endpoint's deliveries wait: one after the other, and none waits for another endpoint's."""
    return f"endpoint:{endpoint}"


def _listening(organization: uuid.UUID) -> Iterable[Endpoint]:
    return Endpoint.objects.filter(organization=organization).only("uid", "types", "state")


def _short(value: Any) -> Any:
    """Texts out of a shop are bounded, so that every body is, and hold nothing that cannot be sent."""
    return value.encode(errors="replace").decode()[:LONGEST_TEXT] if isinstance(value, str) else value
