"""Shops connected to simulated marketplaces that are mounted in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

import httpx2
import pytest

from instica import marketplaces
from instica.connections.models import Connection
from instica.kit import wire
from instica.kit.simulation.mounted import Mounted
from instica.kit.simulation.shell import Simulation
from instica.people.models import User
from tests import builders
from tests.contracts.recorder import Application, listening


class Shops:
    """``shops("discogs")`` is a connection of ``person``; ``shops.simulators["discogs"]`` is what it talks to."""

    def __init__(self, person: User, patch: pytest.MonkeyPatch, stack: ExitStack) -> None:
        self.person = person
        self.patch = patch
        self.stack = stack
        self.simulators: dict[str, Simulation] = {}

    def __call__(self, slug: str, *, listings: int = 150, seed: int = 1) -> Connection:
        """Connect the person's shop there, with so many listings."""
        self.open(slug, listings=listings, seed=seed)
        facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
        return Connection.objects.create(
            organization=builders.house(self.person),
            marketplace=slug,
            secrets=facts.SECRETS,
            connected_by=self.person,
            **facts.ACCOUNT,
        )

    def open(self, slug: str, *, listings: int = 150, seed: int = 1) -> Any:
        """The simulated marketplace, mounted, with nothing of ours connected to it."""
        if slug not in self.simulators:
            origin = f"https://{slug}.sandbox"
            simulator = marketplaces.every()[slug].load("simulator")(origin, seed=seed, listings=listings)
            self.stack.enter_context(mounted(origin, listening(slug, simulator)))
            for name, value in (("ORIGIN", origin), ("CLIENT_ID", "sandbox"), ("CLIENT_SECRET", "sandbox-secret")):
                self.patch.setenv(f"INSTICA_{slug.upper()}_{name}", value)
            self.simulators[slug] = simulator
        return self.simulators[slug]

    def control(self, slug: str, verb: str, body: object = None) -> Any:
        """Call ``/_sandbox/<verb>`` of a simulator: a GET without a body, else a POST. Raises on a refusal."""
        data = b"" if body is None else json.dumps(body).encode()
        answered: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": f"/_sandbox/{verb}",
            "QUERY_STRING": "",
            "SERVER_NAME": "sandbox",
            "SERVER_PORT": "8100",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(data)),
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(data),
        }
        text = b"".join(self.simulators[slug](environ, lambda status, headers: answered.append(status)))
        if not answered[0].startswith("2"):
            raise AssertionError(f"/_sandbox/{verb}: {answered[0]} {text!r}")
        return json.loads(text or b"null")


@contextmanager
def mounted(origin: str, simulator: Application) -> Iterator[None]:
    """Let our own client reach the simulator without a socket, cut connections included."""
    address = wire.address_of(httpx2.URL(origin))
    wire.MOUNTED[address] = Mounted(simulator)
    try:
        yield
    finally:
        del wire.MOUNTED[address]
