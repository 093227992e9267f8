"""Whose turn it is to write: first come, first served, among the threads of this process."""

from __future__ import annotations

import threading
from collections import deque
from functools import cache

PATIENCE_SECONDS = 20.0
LOOK_SECONDS = 1.0


class Turns:
    """A lock that is handed to whoever waits longest, so that a busy writer starves nobody."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: threading.Thread | None = None
        self._waiting: deque[tuple[threading.Thread, threading.Event]] = deque()

    def take(self, patience: float = PATIENCE_SECONDS) -> bool:
        """Wait for our turn; false when it did not come in time."""
        called = threading.Event()
        with self._guard:
            if self._holder is None:
                self._holder = threading.current_thread()
                return True
            place = (threading.current_thread(), called)
            self._waiting.append(place)
        while patience > 0:
            if called.wait(min(LOOK_SECONDS, patience)):
                return True
            patience -= LOOK_SECONDS
            self._release_the_dead()
        return not self._gave_up(place)

    def give(self) -> None:
        """Hand it on."""
        with self._guard:
            self._next()

    def _next(self) -> None:
        self._holder = None
        if self._waiting:
            self._holder, called = self._waiting.popleft()
            called.set()

    def _release_the_dead(self) -> None:
        """A thread that ended in its turn took its connection with it."""
        with self._guard:
            if self._holder and not self._holder.is_alive():
                self._next()

    def _gave_up(self, place: tuple[threading.Thread, threading.Event]) -> bool:
        """Leave the queue; false when we were called in that very moment."""
        with self._guard:
            if place not in self._waiting:
                return False
            self._waiting.remove(place)
            return True


@cache
def turns_of(database: str) -> Turns:
    """The turns of one database file."""
    return Turns()
