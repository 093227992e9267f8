"""The requests a simulator has seen since its reset."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import Any

from instica.kit.simulation.http import Request

KEPT = 20_000
BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and how it was answered; status 0 is no answer at all."""

    call: str
    method: str
    path: str
    query: str
    status: int
    time: str
    body: bytes
    answer: bytes


class Journal:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.total = 0

    def clear(self) -> None:
        """Start over."""
        with self.lock:
            self.entries.clear()
            self.total = 0

    def add(self, call: str, request: Request, status: int, time: str, answer: bytes) -> None:
        """Note one request."""
        asked = (request.method, request.path, request.query_string)
        entry = Entry(call, *asked, status, time, request.body[:BODY], answer[:BODY])
        with self.lock:
            self.entries.append(entry)
            self.total += 1

    def as_json(self, *, bodies: bool) -> dict[str, Any]:
        """What ``/_sandbox/requests`` answers."""
        with self.lock:
            entries, total = list(self.entries), self.total
        return {"total": total, "requests": [_shown(entry, bodies) for entry in entries]}


def _shown(entry: Entry, bodies: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "call": entry.call,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "time": entry.time,
    }
    if bodies:
        shown["body"] = entry.body.decode("utf-8", "replace")
        shown["answer"] = entry.answer.decode("utf-8", "replace")
    return shown
