"""Sends the mails of notices."""

from __future__ import annotations

import uuid

from instica.core.clock import now
from instica.core.verdicts import Done, Verdict
from instica.notices import mail
from instica.notices.models import Notice
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
