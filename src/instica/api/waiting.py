"""Waits for what the background does, a little: so that a call can answer what came of it (D20)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.conf import settings

LONGEST_SECONDS = 25.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
_seats = threading.BoundedSemaphore(max(1, settings.REQUEST_THREADS // 4))


def until(done: Callable[[], bool]) -> bool:
    """Whether it came true within the time a call may take; at most a quarter of the threads wait at once."""
    if done():
        return True
    if not _seats.acquire(blocking=False):
        return False
    try:
        return _waited(done)
    finally:
        _seats.release()


def _waited(done: Callable[[], bool]) -> bool:
    end, pause = time.monotonic() + getattr(settings, "LONGEST_WAIT_SECONDS", LONGEST_SECONDS), FIRST_PAUSE
    while time.monotonic() < end:
        time.sleep(min(pause, max(0.0, end - time.monotonic())))
        if done():
            return True
        pause = min(LONGEST_PAUSE, pause * 1.5)
    return False
