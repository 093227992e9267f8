"""Verbs of endpoints: add, change, pause, new secret, test, remove. Owner or admin; each holds the organization."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from instica.core import clock
from instica.core.clock import now
from instica.core.errors import Conflict, Forbidden, NotFound
from instica.core.secrets import Secret
from instica.notices import kinds, targets, webhooks
from instica.notices.models import Delivery, DeliveryState, Endpoint, EndpointState
from instica.notices.services import forget, tell
from instica.notices.signing import new_secret
from instica.people import locks
from instica.people.models import Organization, Role, User
from instica.people.queries import role_in
from instica.people.validation import check, fault
from instica.work import lanes
from instica.work.queue import Urgency
from instica.work.schedules import every

MOST = 20
OVERLAP = dt.timedelta(hours=24)
MOST_SECRETS = 3
DAY_SECONDS = 86_400


@transaction.atomic
def create(
    *, organization: Organization, by: User, url: str, types: Sequence[str] = (), description: str = ""
) -> tuple[Endpoint, Secret]:
    """A new endpoint and its secret, which is shown this once. Raises ``Invalid``, ``Conflict``, ``Forbidden``."""
    _begin(organization, by)
    if Endpoint.objects.filter(organization=organization).count() >= MOST:
        raise Conflict(f"An organization has at most {MOST} endpoints; remove one first.", code="too_many_endpoints")
    secret = new_secret()
    row = Endpoint(
        organization=organization,
        url=targets.check(url),
        types=_tidy(types),
        description=description,
        secrets={"1": secret},
    )
    check(row, ["description"])
    row.save(force_insert=True)
    every("webhook.purge", lane="house", seconds=DAY_SECONDS)
    return row, secret


@transaction.atomic
def change(
    *,
    endpoint: Endpoint,
    by: User,
    url: str | None = None,
    types: Sequence[str] | None = None,
    description: str | None = None,
    state: str | None = None,
) -> Endpoint:
    """Change what is given. ``state`` is ``active`` or ``paused``; what waited while paused is sent then."""
    row = _current(endpoint, by)
    row.url = row.url if url is None else targets.check(url)
    row.types = row.types if types is None else _tidy(types)
    row.description = row.description if description is None else description
    check(row, ["description"])
    if state is not None and state != row.state:
        _stand(row, state)
    row.save(force_update=True)
    return row


def _stand(row: Endpoint, state: str) -> None:
    if state not in (EndpointState.ACTIVE, EndpointState.PAUSED):
        raise fault("Choose active or paused.", "state")
    row.state, row.why, row.failures, row.failing_since = state, "", 0, None
    settle_notices(row)
    if state == EndpointState.ACTIVE:
        lanes.wake(webhooks.lane(row.uid))


@transaction.atomic
def rotate(*, endpoint: Endpoint, by: User) -> tuple[Endpoint, Secret]:
    """A new secret, shown this once; for a day every message is signed by the old one too."""
    row = _current(endpoint, by)
    newest = max(map(int, row.secrets), default=0)
    kept = {name: secret for name, secret in row.secrets.items() if holds(row, name)}
    until = clock.iso(now() + OVERLAP)
    expires = {name: row.expires.get(name, until) for name in kept}
    secret = new_secret()
    kept[str(newest + 1)] = secret
    for name in sorted(kept, key=int)[:-MOST_SECRETS]:
        del kept[name], expires[name]
    row.secrets, row.expires = kept, expires
    row.save(update_fields=["secrets", "expires"])
    return row, secret


def holds(endpoint: Endpoint, name: str) -> bool:
    """Whether that secret still signs."""
    until = endpoint.expires.get(name)
    return until is None or dt.datetime.fromisoformat(until) > now()


def holding(endpoint: Endpoint) -> list[Secret]:
    """The secrets that sign, the newest first."""
    return [endpoint.secrets[name] for name in sorted(endpoint.secrets, key=int, reverse=True) if holds(endpoint, name)]


@transaction.atomic
def test(*, endpoint: Endpoint, by: User) -> Delivery:
    """Send a test event to this endpoint alone. Raises ``Conflict`` for one that is not active."""
    row = _current(endpoint, by)
    if row.state != EndpointState.ACTIVE:
        raise Conflict("This endpoint is not active. Set it to active first.", code="endpoint_not_active")
    message = webhooks.write(
        organization=row.organization_id,
        kind=kinds.TESTING,
        subject=row.public_id,
        data={"uid": row.public_id, "message": "It works."},
    )
    return webhooks.deliver(message, [row], Urgency.PERSON)[0]


@transaction.atomic
def remove(*, endpoint: Endpoint, by: User) -> None:
    """Forget it, and how its deliveries went."""
    row = _current(endpoint, by)
    settle_notices(row)
    row.delete()


def disable(row: Endpoint, why: str) -> None:
    """Send it nothing more, and tell the owner; part of the transaction that found the reason, the row locked."""
    row.state, row.why = EndpointState.DISABLED, why
    row.save(update_fields=["state", "why", "failures", "failing_since"])
    waiting = Delivery.objects.filter(endpoint=row, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.MISSED, next_at=None, finished=now())
    settle_notices(row)
    tell(
        organization=row.organization,
        key=f"webhook-disabled:{row.uid}",
        title=f"Webhooks to {row.url} are disabled",
        body=f"{why} Nothing more is sent there. Mend it, set it to active, and replay what it missed.",
        tone="danger",
        link=f"/organization/webhooks/{row.public_id}/",
        mail=True,
    )


def warn(row: Endpoint, why: str) -> None:
    """It has failed for a day: the owner hears of it before it is too late."""
    tell(
        organization=row.organization,
        key=f"webhook-failing:{row.uid}",
        title=f"Webhooks to {row.url} have failed for a day",
        body=f"The last time: {why} Each is tried again for three days; then the endpoint is disabled.",
        tone="warning",
        link=f"/organization/webhooks/{row.public_id}/",
        mail=True,
    )


def settle_notices(row: Endpoint) -> None:
    """It works again, or is another's business now."""
    forget(row.organization, f"webhook-disabled:{row.uid}")
    forget(row.organization, f"webhook-failing:{row.uid}")


def may_manage(organization: Organization, user: User) -> bool:
    """Whether that person may change endpoints."""
    return role_in(organization, user) in (Role.OWNER, Role.ADMIN)


def _begin(organization: Organization, by: User) -> None:
    locks.hold(organization)
    if not may_manage(organization, by):
        raise Forbidden("Only an owner or admin can change webhooks.")


def _current(endpoint: Endpoint, by: User) -> Endpoint:
    """The row as it is now, locked. Raises ``NotFound``, ``Forbidden``."""
    _begin(endpoint.organization, by)
    rows = Endpoint.objects.select_for_update(of=("self",)).select_related("organization")
    row = rows.filter(pk=endpoint.pk).first()
    if row is None:
        raise NotFound("There is no such endpoint.")
    return row


def _tidy(types: Sequence[str]) -> list[str]:
    """The kinds once each, in the order they are documented. Raises ``Invalid`` for an unknown one."""
    unknown = sorted(set(types) - set(kinds.chosen()))
    if unknown:
        raise fault(f"Unknown: {', '.join(unknown)[:200]}. The types are: {', '.join(kinds.chosen())}.", "types")
    return [name for name in kinds.chosen() if name in types]
