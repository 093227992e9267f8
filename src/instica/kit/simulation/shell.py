"""The WSGI shell around a simulated marketplace: control calls, faults, the journal, one lock."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from instica.core import clock
from instica.kit.simulation.clock import Clock
from instica.kit.simulation.control import CONTROL, PREFIX, Control, Rows
from instica.kit.simulation.faults import ConnectionCut, Fault, Faults
from instica.kit.simulation.http import Refusal, Request, Response, read
from instica.kit.simulation.journal import Journal
from instica.kit.simulation.switches import Switch, Switches

StartResponse = Callable[..., Any]


class Simulation(ABC):
    """A marketplace on one origin. ``origin`` ``""`` means: whatever the caller addressed.

    Thread-safe: ``answer`` and the control calls run under one lock; a body that is an iterator is produced
    after the lock is let go and must hold what it needs.

    The faults ``drop`` and ``lost`` raise ``ConnectionCut`` out of the WSGI call. The sandbox's server then closes
    the socket without a byte; ``kit.simulation.mounted.Mounted`` turns it into the client's own transport error.
    """

    control: Control = CONTROL
    known_switches: Sequence[Switch] = ()

    def __init__(self, origin: str = "") -> None:
        self.fixed_origin = origin.rstrip("/")
        self.lock = threading.RLock()
        self.clock = Clock()
        self.faults = Faults()
        self.journal = Journal()
        self.switches = Switches(self.known_switches)

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Serve one WSGI request."""
        request = read(environ)
        if self.fixed_origin:
            request.origin = self.fixed_origin
        controlled = request.path.startswith(f"{PREFIX}/")
        response = self.control.answer(self, request) if controlled else self._visit(request)
        if isinstance(response.body, bytes):
            response.headers.append(("Content-Length", str(len(response.body))))
        start_response(response.line, response.headers)
        if request.method == "HEAD":
            return [b""]
        return [response.body] if isinstance(response.body, bytes) else response.body

    def _visit(self, request: Request) -> Response:
        fault = self.faults.take(self.call(request))
        try:
            response = self._with(fault, request)
        except ConnectionCut:
            self._note(request, 0, b"")
            raise
        self._note(request, response.status, response.body if isinstance(response.body, bytes) else b"")
        return response

    def _with(self, fault: Fault | None, request: Request) -> Response:
        kind, detail = (fault.kind, fault.detail) if fault else ("", "")
        if kind == "drop":
            raise ConnectionCut("dropped before it was read")
        if kind == "status":
            return self.failing(request, int(detail))
        if kind == "html":
            return self.page(request, int(detail))
        if kind == "slow":
            time.sleep(float(detail))
        with self.lock:
            if kind == "revoke":
                self.revoke(request)
            response = self._answer(request)
        if kind == "lost":
            raise ConnectionCut("done, and the answer lost")
        return response

    def _answer(self, request: Request) -> Response:
        try:
            return self.answer(request)
        except Refusal as refusal:
            return refusal.response

    def _note(self, request: Request, status: int, answer: bytes) -> None:
        self.journal.add(self.call(request), request, status, clock.iso(self.clock.now()) or "", answer)

    def call(self, request: Request) -> str:
        """What a request is called by faults and in the journal; a door that carries many calls names them here."""
        return f"{request.method} {request.path}"

    def start_over(self) -> None:
        """What every reset does: faults, journal, switches and clock as new."""
        self.faults.clear()
        self.journal.clear()
        self.switches.restore()
        self.clock.restore()

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """The marketplace's own answer. May raise ``Refusal``."""

    @abstractmethod
    def failing(self, request: Request, status: int) -> Response:
        """How this marketplace words a bare failure."""

    @abstractmethod
    def page(self, request: Request, status: int) -> Response:
        """A web page where data was expected."""

    @abstractmethod
    def revoke(self, request: Request) -> None:
        """The credential this request carries is revoked."""

    @abstractmethod
    def reset(self, seed: int = 1, listings: int = 150, limits: bool = False) -> Mapping[str, Any]:
        """A fresh shop, the same for the same seed."""

    @abstractmethod
    def listings(self) -> Rows:
        """``listing_id title price currency quantity status sku`` of each listing."""

    @abstractmethod
    def orders(self) -> Rows:
        """``order_id status lines`` of each order."""

    @abstractmethod
    def buy(self, listing_id: Any, quantity: int = 1, **more: Any) -> Mapping[str, Any]:
        """``order_id`` of a new order. Raises a 409 ``Refusal`` when it is gone."""

    @abstractmethod
    def cancel(self, order_id: str, reason: str = "", **more: Any) -> Mapping[str, Any]:
        """Cancel an order on the site."""

    @abstractmethod
    def edit(self, listing_id: Any, **changes: Any) -> Mapping[str, Any]:
        """Edit a listing on the site."""

    @abstractmethod
    def end(self, listing_id: Any) -> Mapping[str, Any]:
        """Take a listing down on the site."""
