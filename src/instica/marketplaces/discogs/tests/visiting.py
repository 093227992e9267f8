"""A simulator mounted in-process, and the people who call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.discogs.simulator import DiscogsSimulator

ORIGIN = "http://discogs.test"
OWNER = {"Authorization": "Discogs token=sandbox-token"}
STRANGER = {"Authorization": "Discogs token=stranger-token"}
APP = {"Authorization": "Discogs key=sandbox, secret=sandbox-secret"}
NOBODY: dict[str, str] = {}
FIRST = 4_312_040_117
RELEASE = 20_000_300


@dataclass(frozen=True)
class Visit:
    """Calls as ``who``; the owner unless said otherwise."""

    simulator: DiscogsSimulator
    client: httpx2.Client

    def call(self, method: str, path: str, who: dict[str, str] = OWNER, **more: Any) -> httpx2.Response:
        """One call."""
        headers = {"User-Agent": "InsticaTests/1.0", **who, **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, who: dict[str, str] = OWNER, **more: Any) -> httpx2.Response:
        """Read."""
        return self.call("GET", path, who, **more)

    def post(self, path: str, who: dict[str, str] = OWNER, **more: Any) -> httpx2.Response:
        """Write."""
        return self.call("POST", path, who, **more)

    def control(self, name: str, body: Any = None) -> Any:
        """One control call that must succeed."""
        answer = self.client.post(f"/_sandbox/{name}", json={} if body is None else body)
        assert answer.is_success, answer.text
        return answer.json()

    def told(self, name: str) -> Any:
        """What the control interface tells."""
        return self.client.get(f"/_sandbox/{name}").json()

    def new(self, **fields: Any) -> int:
        """A listing, made through the API."""
        body = {"release_id": RELEASE, "condition": "Mint (M)", "price": 20.0, "status": "For Sale", **fields}
        answer = self.post("/marketplace/listings", json=body)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["listing_id"])

    def listing(self, listing_id: int) -> dict[str, Any]:
        """A listing as its owner sees it."""
        found: dict[str, Any] = self.get(f"/marketplace/listings/{listing_id}").json()
        return found


def visit(listings: int = 30, **more: Any) -> Visit:
    """A fresh shop."""
    simulator = DiscogsSimulator(ORIGIN, listings=0)
    simulator.reset(listings=listings, **more)
    return Visit(simulator, httpx2.Client(transport=Mounted(simulator), base_url=ORIGIN))


def said(answer: httpx2.Response) -> tuple[int, str]:
    """Status and message."""
    return answer.status_code, answer.json()["message"]
