"""Counts calls per key and day, gathered in memory and written every few seconds."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from instica.core.clock import now
from instica.people.models import ApiToken, Usage

EVERY = dt.timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Line:
    """Whose calls on which day."""

    organization: uuid.UUID
    token: int
    day: dt.date


class Counting:
    """What this process has counted and not written yet; one instance a process."""

    def __init__(self) -> None:
        self.calls: Counter[Line] = Counter()
        self.errors: Counter[Line] = Counter()
        self.written = now()
        self.lock = threading.Lock()

    def count(self, token: ApiToken, *, failed: bool) -> None:
        """One call more."""
        moment = now()
        line = Line(token.organization_id, token.id, moment.date())
        with self.lock:
            self.calls[line] += 1
            self.errors[line] += failed
            due = not dt.timedelta() <= moment - self.written < EVERY
        if due:
            self.write()

    def write(self) -> None:
        """Add what was counted to the tables; also before they are read."""
        with self.lock:
            calls, errors = self.calls, self.errors
            self.calls, self.errors, self.written = Counter(), Counter(), now()
        with transaction.atomic():
            for line in sorted(calls, key=lambda line: (line.token, line.day)):
                add(line, calls[line], errors[line])


def add(line: Line, calls: int, errors: int) -> None:
    """Add to one day of one key; a key deleted meanwhile leaves no trace."""
    if not ApiToken.objects.filter(id=line.token, organization=line.organization).update(last_used=now()):
        return
    key = {"organization_id": line.organization, "token_id": line.token, "day": line.day}
    Usage.objects.bulk_create([Usage(**key)], ignore_conflicts=True)
    Usage.objects.filter(**key).update(calls=F("calls") + calls, errors=F("errors") + errors)


COUNTING = Counting()
