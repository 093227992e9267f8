"""Ends a worker at any statement or call, or lets it sleep past its lease; and keeps what should never be logged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from django.db import connection

from instica.kit import wire
from tests.chaos.clock import ANSWER


class Killed(BaseException):
    """The process is gone: nothing of ours catches it."""


@dataclass
class Trouble:
    """``statements`` or ``calls`` until the worker ends; ``asleep`` calls until one answer finds it asleep."""

    statements: int = 0
    calls: int = 0
    asleep: int = 0
    nap: Callable[[], None] = lambda: None
    pause: Callable[[float], None] = lambda seconds: None
    napping: bool = False
    working: bool = False
    crashes: list[str] = field(default_factory=list)

    def disarm(self) -> None:
        """Nothing happens any more."""
        self.statements = self.calls = self.asleep = 0

    def execute(self, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Around every statement."""
        if self.statements:
            self.statements -= 1
            if not self.statements:
                raise Killed
        return run(sql, params, many, context)

    def called(self) -> None:
        """A call is about to be sent; its answer takes a moment."""
        self.pause(ANSWER)
        if self.working and self.calls > 1:
            self.calls -= 1

    def answered(self) -> None:
        """Its answer is here, and nobody knows it yet."""
        if not self.working:
            return
        if self.calls == 1:
            self.calls = 0
            raise Killed
        if self.asleep:
            self.asleep -= 1
            if not self.asleep and not self.napping:
                self.napping = True
                try:
                    self.nap()
                finally:
                    self.napping = False

    @contextmanager
    def around(self) -> Iterator[None]:
        """While a worker works."""
        self.working = True
        try:
            with connection.execute_wrapper(self.execute):
                yield
        finally:
            self.working = False


class Line(httpx2.BaseTransport):
    """What carries calls into a simulator, with trouble on both ends."""

    def __init__(self, inner: httpx2.BaseTransport, trouble: Trouble) -> None:
        self.inner, self.trouble = inner, trouble

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One call."""
        self.trouble.called()
        response = self.inner.handle_request(request)
        self.trouble.answered()
        return response


def wired(trouble: Trouble) -> None:
    """Put trouble on every line there is; the mounts end with the test."""
    for address, inner in wire.MOUNTED.items():
        wire.MOUNTED[address] = Line(inner, trouble)


class Ear(logging.Handler):
    """Hears what a worker says when a handler fails in a way nobody foresaw."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(logging.ERROR)
        self.trouble = trouble

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, with where it came from."""
        said = record.msg.get("exc_info") if isinstance(record.msg, dict) else record.exc_info
        self.trouble.crashes.append(f"{record.getMessage()[:300]} {said}"[:600])
