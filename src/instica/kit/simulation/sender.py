"""Webhooks on their way: an outbox, what goes wrong with them, and a background thread that brings them out."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx2

from instica.kit.simulation.clock import Clock
from instica.kit.simulation.faults import Fault

NEAR = {"localhost", "127.0.0.1", "::1"}
KEPT = 5_000
PAUSE = 0.05
IDLE_SECONDS = 30.0
PATIENCE = 10.0
Reach = Callable[[str, dict[str, str], bytes], int]


@dataclass(frozen=True, slots=True)
class Mishap:
    """What a ``webhook:…`` fault does to a delivery."""

    dropped: bool = False
    forged: bool = False
    copies: int = 1
    late: float = 0.0

    @classmethod
    def of(cls, fault: Fault | None) -> Mishap:
        """That of a fault; none without one."""
        how, _, seconds = (fault.detail if fault else "").partition(":")
        late = float(seconds) if how == "late" else 0.0
        return cls(dropped=how == "drop", forged=how == "forged", copies=2 if how == "twice" else 1, late=late)


@dataclass(slots=True)
class Delivery:
    """One request to an address. ``due``: epoch seconds by the simulator's clock; ``status`` 0: no answer yet."""

    topic: str
    url: str
    headers: dict[str, str]
    body: bytes
    due: float
    about: str = ""
    tried: int = 0
    status: int = 0

    @property
    def arrived(self) -> bool:
        """Whether the other side took it."""
        return 200 <= self.status < 300


def over_sockets(url: str, headers: dict[str, str], body: bytes) -> int:
    """The status an address answers with, 0 for none."""
    try:
        with httpx2.Client(timeout=PATIENCE, trust_env=False) as client:
            return client.post(url, content=body, headers=headers).status_code
    except (httpx2.HTTPError, OSError):
        return 0


@dataclass
class Sender:
    """Everything that was sent or waits to be. Only addresses on this machine are called; the rest stays in the outbox.

    ``retries`` are the pauses between tries in seconds; ``judge`` hears of every try. The thread ends when nothing
    waits any more.
    """

    clock: Clock
    name: str
    retries: Sequence[float]
    judge: Callable[[Delivery], None] = lambda delivery: None
    reach: Reach = over_sockets
    outbox: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))
    waiting: list[Delivery] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None

    def clear(self) -> None:
        """Nothing was sent, nothing waits."""
        with self.lock:
            self.outbox.clear()
            self.waiting = []

    def post(self, delivery: Delivery, mishap: Mishap) -> None:
        """Put a delivery on its way, unless it gets lost, as often and as late as the mishap has it."""
        if mishap.dropped:
            return
        late = replace(delivery, due=delivery.due + mishap.late)
        for _ in range(mishap.copies):
            self._enqueue(replace(late))

    def _enqueue(self, delivery: Delivery) -> None:
        with self.lock:
            self.outbox.append(delivery)
            if urlsplit(delivery.url).hostname not in NEAR:
                return
            self.waiting.append(delivery)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._work, name=self.name, daemon=True)
                self.thread.start()

    def _work(self) -> None:
        """Deliver what is due until nothing waits, or nothing becomes due for a while."""
        last = time.monotonic()
        while self._goes_on(last):
            for delivery in self._due():
                self._deliver(delivery)
                last = time.monotonic()
            time.sleep(PAUSE)

    def _goes_on(self, last: float) -> bool:
        with self.lock:
            if self.waiting and time.monotonic() - last < IDLE_SECONDS:
                return True
            self.thread = None
            return False

    def _due(self) -> list[Delivery]:
        with self.lock:
            now = self.clock.now().timestamp()
            due = [each for each in self.waiting if each.due <= now]
            self.waiting = [each for each in self.waiting if each.due > now]
        return due

    def _deliver(self, delivery: Delivery) -> None:
        delivery.tried += 1
        delivery.status = self.reach(delivery.url, delivery.headers, delivery.body)
        self.judge(delivery)
        if not delivery.arrived and delivery.tried <= len(self.retries):
            delivery.due += self.retries[delivery.tried - 1]
            with self.lock:
                self.waiting.append(delivery)
