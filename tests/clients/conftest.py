"""A served Discogs, and a person who consents in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from instica.sandbox import Sandbox, start


@dataclass(frozen=True)
class Served:
    """The simulator on a port, and what a person or a buyer does there."""

    url: str

    def control(self, call: str, **body: object) -> dict[str, object]:
        """One control call."""
        answer = httpx2.post(f"{self.url}/_sandbox/{call}", json=body)
        assert answer.is_success, answer.text
        found: dict[str, object] = answer.json()
        return found

    def consent(self, authorize_url: str, *, decision: str = "allow") -> dict[str, str]:
        """Open the consent page of that URL, decide, and read what the callback was given."""
        parts = urlsplit(authorize_url)
        token = parse_qs(parts.query)["oauth_token"][0]
        shown = httpx2.get(f"{self.url}{parts.path}?{parts.query}")
        assert shown.status_code == 200
        assert "Greenstreet Records" in shown.text
        gone = httpx2.post(f"{self.url}/oauth/authorize", data={"oauth_token": token, "decision": decision})
        assert gone.status_code == 302
        return {name: values[0] for name, values in parse_qs(urlsplit(gone.headers["location"]).query).items()}


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all clients."""
    running = start(0, only=["discogs"])
    yield running
    running.stop()


@pytest.fixture
def discogs(sandbox: Sandbox) -> Served:
    """A fresh shop of 60 records without oddities."""
    served = Served(sandbox.urls["discogs"])
    served.control("reset", seed=3, listings=60, odd=False)
    return served
