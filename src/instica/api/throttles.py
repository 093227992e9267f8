"""Counts requests a minute per key, exactly across processes, without a write for every request.

A process takes permits in small batches from one row per bucket and spends them from memory.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When

from instica.api.models import Window
from instica.core.clock import now

SECONDS = 60
BATCHES = 20
LARGEST_BATCH = 50
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a bucket: ``admitted`` or not, how many more, and seconds until it is whole again."""

    admitted: bool
    limit: int
    remaining: int
    seconds: int


@dataclass(slots=True)
class Purse:
    """The permits this process holds of one bucket in one minute."""

    minute: int
    permits: int = 0
    counted: int = 0
    empty: bool = False


class Throttle:
    """Admits requests by bucket; one instance a process."""

    def __init__(self) -> None:
        self.purses: dict[str, Purse] = {}
        self.lock = threading.Lock()

    def admit(self, bucket: str, limit: int) -> Allowance:
        """Spend one permit, fetching more when the purse is empty."""
        moment = int(now().timestamp())
        minute, seconds = moment // SECONDS, SECONDS - moment % SECONDS
        with self.lock:
            purse = self.purse(bucket, minute)
            admitted = purse.permits > 0 or (not purse.empty and self.fill(purse, bucket, limit))
            if admitted:
                purse.permits -= 1
            remaining = 0 if purse.empty else max(0, limit - purse.counted) + purse.permits
        return Allowance(admitted, limit, remaining, seconds)

    def purse(self, bucket: str, minute: int) -> Purse:
        """The purse of this minute; older ones are thrown away."""
        purse = self.purses.get(bucket)
        if purse is None or purse.minute != minute:
            if len(self.purses) >= REMEMBERED:
                self.purses.clear()
            purse = self.purses[bucket] = Purse(minute)
        return purse

    @staticmethod
    def fill(purse: Purse, bucket: str, limit: int) -> bool:
        """Take a batch from the row, or the last few; remembers when nothing is left this minute."""
        batch = max(1, min(LARGEST_BATCH, limit // BATCHES))
        for size in dict.fromkeys((batch, 1)):
            if take(bucket, purse.minute, size, limit):
                purse.permits += size
                purse.counted = Window.objects.values_list("count", flat=True).get(bucket=bucket)
                return True
        purse.empty = True
        return False


def take(bucket: str, minute: int, size: int, limit: int) -> bool:
    """Count ``size`` requests in the bucket's minute unless that exceeds the limit: one conditional UPDATE."""
    fits = ~Q(minute=minute) | Q(count__lte=limit - size)
    count = Case(When(minute=minute, then=F("count") + size), default=Value(size))
    for _ in range(2):
        if Window.objects.filter(fits, bucket=bucket).update(count=count, minute=minute):
            return True
        if Window.objects.filter(bucket=bucket).exists():
            return False
        try:
            with transaction.atomic():
                Window.objects.create(bucket=bucket, minute=minute, count=0)
        except IntegrityError:
            continue
    return False


THROTTLE = Throttle()
