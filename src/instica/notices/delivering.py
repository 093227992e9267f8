"""One attempt at a delivery, and what follows from it: done, tried again for three days, or given up."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from instica.core.clock import iso, now
from instica.core.verdicts import Again, Done, Sleep, Verdict
from instica.notices import endpoints, sending, signing
from instica.notices.models import Delivery, DeliveryState, Endpoint, EndpointState
from instica.notices.sending import Reply
from instica.work.lanes import commit, renew

WAITS = [
    dt.timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
]
"""How long after each failed attempt the next one comes; with the first, ten attempts in three days and a bit."""
JITTER = 0.2
DISABLED_AFTER = dt.timedelta(days=3)
WARNED_AFTER = dt.timedelta(days=1)
PAUSE = dt.timedelta(hours=1)
FIRST_REST = dt.timedelta(seconds=5)
LONGEST_REST = dt.timedelta(minutes=5)
LOOK_UP_SECONDS = 40.0
MOST_TRIES = 30
GONE = 410
BUSY = frozenset({429, 502, 504})


def attempt(uid: uuid.UUID) -> Verdict:
    """Send it if it is due. Killed in between, it is sent again with the same ``webhook-id``."""
    row = Delivery.objects.select_related("endpoint", "message").filter(uid=uid).first()
    if row is None or row.state != DeliveryState.WAITING:
        return Done()
    if row.endpoint.state == EndpointState.PAUSED:
        return Sleep(now() + PAUSE, "paused")
    if row.next_at and row.next_at > now():
        return Again(row.next_at, "not due", free=True)
    renew(sending.SECONDS + LOOK_UP_SECONDS)
    return _record(row.pk, now(), _send(row))


def _send(row: Delivery) -> Reply:
    body, moment = row.message.body.encode(), now()
    proof = signing.headers(
        webhook_id=row.message.public_id,
        timestamp=int(moment.timestamp()),
        body=body,
        holding=endpoints.holding(row.endpoint),
    )
    return sending.post(row.endpoint.url, body, {"Content-Type": "application/json", "User-Agent": agent(), **proof})


def agent() -> str:
    """How webhooks say whose they are."""
    from instica import __version__

    return f"Instica-Webhooks/{__version__}"


def _record(uid: uuid.UUID, moment: dt.datetime, reply: Reply) -> Verdict:
    """Write down what came of it; the endpoint first, so that two never wait for each other."""
    with commit():
        endpoint = Endpoint.objects.select_for_update(of=("self",)).filter(deliveries=uid).first()
        row = Delivery.objects.select_for_update(of=("self",)).filter(uid=uid).first()
        if endpoint is None or row is None:
            return Done()
        row.status, row.trouble, row.response = reply.status, reply.trouble[:300], reply.text
        row.attempts += 1
        row.tries = [*row.tries, _try(moment, reply)][-MOST_TRIES:]
        verdict = _succeeded(endpoint, row) if reply.is_success else _failed(endpoint, row, moment, reply)
        row.save()
    return verdict


def _try(moment: dt.datetime, reply: Reply) -> dict[str, object]:
    return {
        "at": iso(moment),
        "status": reply.status,
        "error": reply.trouble,
        "milliseconds": round(reply.seconds * 1000),
    }


def _succeeded(endpoint: Endpoint, row: Delivery) -> Verdict:
    row.state, row.next_at, row.finished = DeliveryState.DELIVERED, None, now()
    if endpoint.failures:
        endpoint.failures, endpoint.failing_since = 0, None
        endpoint.save(update_fields=["failures", "failing_since"])
        endpoints.settle_notices(endpoint)
    return Done()


def _failed(endpoint: Endpoint, row: Delivery, moment: dt.datetime, reply: Reply) -> Verdict:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or moment
    endpoint.save(update_fields=["failures", "failing_since"])
    if row.state != DeliveryState.WAITING:
        return Done()
    if reply.status == GONE:
        return _give_up(endpoint, row, "It answered 410: it is gone and wants nothing more.", disable=True)
    lasts = moment - endpoint.failing_since
    if row.attempts > len(WAITS):
        why = f"It has failed for {lasts.days} days. The last time: {reply.trouble}"
        return _give_up(endpoint, row, why, disable=lasts >= DISABLED_AFTER)
    if lasts >= WARNED_AFTER:
        endpoints.warn(endpoint, reply.trouble)
    row.next_at = moment + WAITS[row.attempts - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311  # no secret
    if reply.status is None or reply.status in BUSY:
        return Sleep(moment + _rest(endpoint, reply), reply.trouble)
    return Again(row.next_at, reply.trouble, free=True)


def _give_up(endpoint: Endpoint, row: Delivery, why: str, *, disable: bool) -> Verdict:
    row.state, row.next_at, row.finished = DeliveryState.FAILED, None, now()
    row.save(update_fields=["state", "next_at", "finished"])
    if disable and endpoint.state != EndpointState.DISABLED:
        endpoints.disable(endpoint, why[:300])
    return Done()


def _rest(endpoint: Endpoint, reply: Reply) -> dt.timedelta:
    """How long nothing is sent to an endpoint that is busy or away: as it says, else longer with every failure."""
    if reply.wait is not None:
        return dt.timedelta(seconds=reply.wait)
    return min(FIRST_REST * (1 << min(endpoint.failures - 1, 10)), LONGEST_REST)
