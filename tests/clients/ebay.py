"""A served eBay, and a person who consents in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2

from instica.sandbox import start

RU_NAME = "Instica-Instica-SBX-1a2b3c4d5-6e7f8a9b"
FIRST = 256_104_310_017


@dataclass(frozen=True)
class Served:
    """The simulator on a port, and what a person or a buyer does there."""

    url: str

    @property
    def place(self) -> str:
        """Host and port."""
        return self.url.removeprefix("http://")

    def control(self, call: str, **body: object) -> Any:
        """One control call."""
        answer = httpx2.post(f"{self.url}/_sandbox/{call}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def told(self, call: str) -> Any:
        """What the control interface tells."""
        return httpx2.get(f"{self.url}/_sandbox/{call}").json()

    def consent(self, authorize_url: str) -> str:
        """Open the consent page of that URL, agree, and read the code that comes back."""
        parts = urlsplit(authorize_url)
        shown = httpx2.get(f"{self.url}{parts.path}?{parts.query}")
        assert "Greenstreet Records" in shown.text
        form = dict(parse_qsl(parts.query)) | {"decision": "allow"}
        gone = httpx2.post(f"{self.url}{parts.path}", data=form)
        assert gone.status_code == 302
        return parse_qs(urlsplit(gone.headers["location"]).query)["code"][0]


@contextmanager
def served() -> Iterator[Served]:
    """A fresh shop of 60 listings without oddities, on a port."""
    running = start(0, only=["ebay"])
    try:
        found = Served(running.urls["ebay"])
        found.control("reset", seed=3, listings=60, odd=False)
        yield found
    finally:
        running.stop()
