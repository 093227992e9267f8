"""Serves every simulator on a loopback port of its own, and the control page beside them."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from instica import marketplaces
from instica.kit.contract import Marketplace
from instica.kit.simulation import Simulation
from instica.sandbox.panel import Panel, line, table
from instica.sandbox.server import Server

BASE_PORT = 8100
Running = list[tuple[Marketplace, str, Simulation]]


class PortTaken(OSError):
    """Somebody else listens on ``port``."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken. Free it, or choose other ports with --base-port.")
        self.port = port


@dataclass(slots=True)
class Sandbox:
    """A running sandbox: ``urls`` by slug, ``panel`` for people, ``simulations`` for tests; ``stop`` ends it."""

    panel: str = ""
    running: Running = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)

    @property
    def urls(self) -> Mapping[str, str]:
        """Where each marketplace lives."""
        return {manifest.slug: url for manifest, url, _ in self.running}

    @property
    def simulations(self) -> Mapping[str, Simulation]:
        """The simulators themselves."""
        return {manifest.slug: simulation for manifest, _, simulation in self.running}

    def stop(self) -> None:
        """End all of it."""
        for server in self.servers:
            server.stop()


def start(base_port: int = BASE_PORT, only: Collection[str] | None = None) -> Sandbox:
    """Start every marketplace that has a simulator, or those in ``only``; port 0 takes any free ones.

    Raises ``PortTaken``, with nothing left running.
    """
    sandbox = Sandbox()
    try:
        for manifest in marketplaces.every().values():
            if manifest.simulator and (only is None or manifest.slug in only):
                _serve(sandbox, manifest, base_port)
        server = _bound(base_port, Panel(sandbox.running))
        sandbox.servers.append(server)
        sandbox.panel = server.url
    except PortTaken:
        for server in sandbox.servers:
            server.server_close()
        raise
    for server in sandbox.servers:
        server.start()
    return sandbox


def _serve(sandbox: Sandbox, manifest: Marketplace, base_port: int) -> None:
    port = base_port + manifest.port - BASE_PORT if base_port else 0
    server = _bound(port, None)
    simulation: Simulation = manifest.load("simulator")(origin=server.url)
    server.application = simulation
    sandbox.servers.append(server)
    sandbox.running.append((manifest, server.url, simulation))


def _bound(port: int, application: Any) -> Server:
    try:
        return Server(port, application)
    except OSError as error:
        raise PortTaken(port) from error


def serve(base_port: int = BASE_PORT, as_json: bool = False, only: Collection[str] | None = None) -> None:
    """Start, say where, and serve until interrupted."""
    sandbox = start(base_port, only)
    say = line if as_json else table
    sys.stdout.write(f"{say(sandbox.running, sandbox.panel)}\n")
    sys.stdout.flush()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    sandbox.stop()
