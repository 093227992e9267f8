"""Who does which kind of task."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from instica.core.verdicts import Verdict
from instica.work.urgency import Urgency

ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Task:
    """What a handler is given."""

    uid: uuid.UUID
    kind: str
    key: str
    lane: str
    payload: Mapping[str, Any]
    attempts: int
    urgency: Urgency


Function = TypeVar("Function", bound=Callable[[Any], Verdict])
GaveUp = Callable[[Task, str], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """A function, how many tasks it takes at once (0: one, not in a list), and what follows its giving up."""

    kind: str
    function: Callable[[Any], Verdict]
    batch: int
    attempts: int
    gave_up: GaveUp | None

    def __call__(self, tasks: list[Task]) -> Verdict:
        return self.function(tasks if self.batch else tasks[0])


_handlers: dict[str, list[Handler]] = {}


def handles(
    kind: str, *, batch: int = 0, attempts: int = ATTEMPTS, gave_up: GaveUp | None = None
) -> Callable[[Function], Function]:
    """Make the function the handler of ``kind``; with ``batch`` it takes a list of up to so many tasks.

    After ``attempts`` failures the task is dead and ``gave_up(task, why)`` runs in the transaction that says so.
    """

    def register(function: Function) -> Function:
        _handlers.setdefault(kind, []).append(Handler(kind, function, batch, attempts, gave_up))
        return function

    return register


def handler(kind: str) -> Handler:
    """The handler of a known kind."""
    return _handlers[kind][0]


def kinds() -> list[str]:
    """Every kind this process can do."""
    return list(_handlers)


def claimants(kind: str) -> list[str]:
    """Where the handlers of ``kind`` stand; the system check wants exactly one."""
    return [f"{each.function.__module__}.{each.function.__qualname__}" for each in _handlers.get(kind, [])]
