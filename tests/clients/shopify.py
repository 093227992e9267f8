"""A served Shopify, and a merchant who installs an app in a browser."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlsplit

import httpx2

from instica.sandbox import start

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Served:
    """The simulator on a port, and what a merchant or a buyer does there."""

    url: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def control(self, call: str, **body: object) -> dict[str, object]:
        """One control call."""
        answer = httpx2.post(f"{self.url}/_sandbox/{call}", json=body)
        assert answer.is_success, answer.text
        found: dict[str, object] = answer.json()
        return found

    def listings(self) -> list[dict[str, object]]:
        """What the sandbox holds."""
        found: list[dict[str, object]] = httpx2.get(f"{self.url}/_sandbox/listings").json()["listings"]
        return found

    def consent(self, authorize_url: str) -> dict[str, str]:
        """Open the consent page of that address, install, and read what the callback was given."""
        parts = urlsplit(authorize_url)
        shown = httpx2.get(f"{self.url}{parts.path}?{parts.query}")
        assert "Greenstreet Prints" in shown.text
        form = {**dict(HIDDEN.findall(shown.text)), "decision": "allow"}
        gone = httpx2.post(f"{self.url}/admin/oauth/authorize", data=form)
        assert gone.status_code == 302
        return dict(parse_qsl(urlsplit(gone.headers["location"]).query))


@contextmanager
def served() -> Iterator[Served]:
    """A sandbox with Shopify alone."""
    running = start(0, only=["shopify"])
    try:
        yield Served(running.urls["shopify"])
    finally:
        running.stop()


class Plain(urllib.request.HTTPSHandler):
    """Speaks http where a client insists on https: the sandbox on this machine has no certificate."""

    def https_open(self, req: urllib.request.Request) -> object:
        """Open it without encryption."""
        return self.do_open(HTTPConnection, req)  # type: ignore[arg-type]
