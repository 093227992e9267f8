"""The doorbell: tells the engine of this process that a lane has work. A lost ring costs a poll, never a task."""

from __future__ import annotations

from collections.abc import Callable

Bell = Callable[[str], None]
_bells: list[Bell] = []


def listen(bell: Bell) -> None:
    """Call ``bell(lane)`` after every commit that enqueued something in this process."""
    if bell not in _bells:
        _bells.append(bell)


def leave(bell: Bell) -> None:
    """Call it no longer."""
    if bell in _bells:
        _bells.remove(bell)


def ring(lane: str) -> None:
    """Tell everyone who listens."""
    for bell in tuple(_bells):
        bell(lane)
