"""The REST API as a check of the demo calls it, and how a check says what it saw."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import typer

from instica import marketplaces

PATIENCE = 120.0


class NotSeen(AssertionError):
    """A step did not show what it should."""


def saw(text: str) -> None:
    """A line for a step that held."""
    typer.echo(f"✓ {text}")


def must(holds: bool, otherwise: str) -> None:
    """Stop the check when something does not hold."""
    if not holds:
        raise NotSeen(otherwise)


class Api:
    """The REST API as the demo's token sees it."""

    def __init__(self, hub: str, token: str) -> None:
        self.client = httpx2.Client(base_url=f"{hub}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def get(self, path: str) -> Any:
        """The JSON behind a path."""
        return self.read(self.client.get(path))

    def post(self, path: str, body: object = None) -> Any:
        """The JSON answer to a POST."""
        return self.read(self.client.post(path, json={} if body is None else body))

    def read(self, response: httpx2.Response) -> Any:
        """The body of a success; anything else ends the check with its text."""
        must(
            response.is_success,
            f"{response.request.method} {response.url} answered {response.status_code}: {response.text}",
        )
        return response.json()


def name_of(slug: str) -> str:
    """The marketplace as a person calls it."""
    return marketplaces.every()[slug].name


def wait(read: Any, until: Any) -> Any:
    """Read until it is as wanted. Raises ``NotSeen`` when that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = read()
        if until(seen):
            return seen
        must(time.monotonic() < deadline, f"Waited in vain; last seen: {seen}")
        time.sleep(0.2)
