"""Telling an organization what happened: the bell, and a mail where it matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.db import IntegrityError, transaction

from instica.core import clock, ids
from instica.notices.models import LONGEST_KEY, Notice
from instica.people.models import Organization
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

ToneName = Literal["good", "info", "warning", "danger"]
LONGEST_TITLE = 160


def tell(
    *,
    organization: Organization,
    key: str,
    title: str,
    body: str = "",
    tone: ToneName = "info",
    link: str = "",
    mail: bool = False,
) -> Notice | None:
    """Tell it once: nothing happens while a notice of the same key is unread. Part of the caller's transaction."""
    notice = Notice(
        organization=organization,
        key=key[:LONGEST_KEY],
        title=one_line(title)[:LONGEST_TITLE],
        body=body.replace("\x00", ""),
        tone=tone,
        link=link,
    )
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
            if mail:
                enqueue("notice.mail", str(notice.uid), lane="mail", urgency=Urgency.PERSON)
    except IntegrityError:
        return None
    return notice


def one_line(text: str) -> str:
    """Text out of a shop, fit for a subject line."""
    return " ".join(text.replace("\x00", " ").split())


def forget(organization: Organization, key: str) -> None:
    """It is settled: take it off the bell."""
    Notice.objects.filter(organization=organization, key=key[:LONGEST_KEY], read=None).update(read=clock.now())


def mark_read(*, organization: Organization, notices: Sequence[str] | None = None) -> int:
    """Mark these (or all) as read; how many were unread."""
    unread = Notice.objects.filter(organization=organization, read=None)
    if notices is not None:
        unread = unread.filter(uid__in=[uid for each in notices if (uid := ids.read(Notice.prefix, each))])
    return unread.update(read=clock.now())
