"""Sends the mails of notices, and the webhooks."""

from __future__ import annotations

import uuid

from instica.core.clock import now
from instica.core.verdicts import Done, Verdict
from instica.notices import delivering, mail, purge
from instica.notices.models import Delivery, DeliveryState, Notice
from instica.work.handlers import Task, handles
from instica.work.lanes import commit


@handles("notice.mail")
def send(task: Task) -> Verdict:
    """Mail one notice to those who can act on it, unless it was mailed or settled meanwhile."""
    notice = Notice.objects.select_related("organization").filter(uid=uuid.UUID(task.key)).first()
    if notice is None or notice.mailed or notice.read:
        return Done()
    mail.send(notice)
    with commit():
        Notice.objects.filter(uid=notice.uid).update(mailed=now())
    return Done()


def gave_up(task: Task, why: str) -> None:
    """Our own fault, again and again: it waits no longer, and can be replayed."""
    rows = Delivery.objects.filter(uid=uuid.UUID(task.key), state=DeliveryState.WAITING)
    rows.update(state=DeliveryState.FAILED, trouble=f"Something went wrong inside; tell us {task.uid}.", finished=now())


@handles("webhook.send", gave_up=gave_up)
def send_webhook(task: Task) -> Verdict:
    """Make one attempt at a delivery."""
    return delivering.attempt(uuid.UUID(task.key))


@handles("webhook.purge")
def purge_webhooks(task: Task) -> Verdict:
    """Forget messages a month after they were sent."""
    purge.messages()
    return Done()
