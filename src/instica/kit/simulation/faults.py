"""What goes wrong on purpose: which calls, how often, how."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


class ConnectionCut(ConnectionResetError):
    """The caller gets no answer: a served simulator closes the socket, a mounted one lets this out."""


@dataclass(slots=True)
class Fault:
    """``kind`` of ``status html slow drop lost revoke webhook`` with its ``detail`` (``429``, ``3``, ``late:30``)."""

    match: str
    times: int
    kind: str
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it was given, with the times that are left."""
        return {"match": self.match, "times": self.times, "do": f"{self.kind}:{self.detail}".rstrip(":")}


ANSWERS = {"status", "html"}
PLAIN = {"drop", "lost", "revoke"}
WEBHOOKS = {"twice", "forged", "drop"}


class Faults:
    """The faults in force, oldest first; the first that matches a call is used up by one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Fault] = []

    def clear(self) -> None:
        """Everything works again."""
        with self.lock:
            self.waiting = []

    def add(self, wanted: Sequence[Any]) -> None:
        """Put more faults in force, all or none. Raises ``ValueError`` saying what is wrong with one."""
        faults = [parse(each) for each in wanted]
        with self.lock:
            self.waiting.extend(faults)

    def take(self, call: str, *, webhook: bool = False) -> Fault | None:
        """The fault for ``GET /users/me``, counted down; ``None`` when the call may work."""
        with self.lock:
            for fault in self.waiting:
                if fault.times and (fault.kind == "webhook") == webhook and fnmatchcase(call, fault.match):
                    fault.times -= 1
                    return fault
        return None

    def as_json(self) -> list[dict[str, Any]]:
        """What is still in force."""
        with self.lock:
            return [fault.as_json() for fault in self.waiting if fault.times]


def parse(given: Any) -> Fault:
    """One fault as the control interface takes it: ``{"match", "times", "do"}``."""
    if not isinstance(given, dict) or not isinstance(given.get("do"), str):
        raise ValueError('a fault is {"match": "GET /path/*", "times": 1, "do": "status:500"}')
    kind, _, detail = given["do"].partition(":")
    times = given.get("times", 1)
    if not isinstance(times, int) or isinstance(times, bool) or times < 1:
        raise ValueError(f"times must be a whole number from 1, not {times!r}")
    if not _known(kind, detail):
        raise ValueError(f"unknown fault {given['do']!r}")
    return Fault(match=str(given.get("match", "*")), times=times, kind=kind, detail=detail)


def _known(kind: str, detail: str) -> bool:
    if kind in ANSWERS:
        return _is_number(detail) and len(detail) == 3 and "." not in detail
    if kind == "slow":
        return _is_number(detail)
    if kind in PLAIN:
        return not detail
    sort, late, wait = detail.partition(":")
    return kind == "webhook" and (_is_number(wait) if sort == "late" else not late and sort in WEBHOOKS)


def _is_number(text: str) -> bool:
    """Whole or with one dot, in plain digits."""
    return text.isascii() and text.replace(".", "", 1).isdigit()
