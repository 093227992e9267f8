"""A simulator mounted in-process, and the people who call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.etsy.simulator import EtsySimulator

ORIGIN = "http://etsy.test"
KEY = {"x-api-key": "sandbox:sandbox-secret"}
OWNER = {**KEY, "Authorization": "Bearer 48210077.sandbox-token"}
STRANGER = {**KEY, "Authorization": "Bearer 51200412.stranger-token"}
NOBODY: dict[str, str] = {}
APP, SHOP = "/v3/application", "/v3/application/shops/21540033"
FIRST = 1_840_552_117
NEW = {
    "quantity": 2,
    "title": "Heron",
    "description": "Hand pulled.",
    "price": 19.5,
    "who_made": "i_did",
    "when_made": "made_to_order",
    "taxonomy_id": 2078,
    "shipping_profile_id": 188204511203,
    "return_policy_id": 1102334872,
    "readiness_state_id": 1402336022581,
}
PNG = b"\x89PNG\r\n\x1a\nx"


@dataclass(frozen=True)
class Visit:
    """Calls as ``who``; the owner unless said otherwise."""

    simulator: EtsySimulator
    client: httpx2.Client

    def call(self, method: str, path: str, who: dict[str, str] = OWNER, **more: Any) -> httpx2.Response:
        """One call; a path without a host part is one of the API."""
        where = path if path.startswith("/v3") else f"{APP}{path}"
        return self.client.request(method, where, headers={**who, **more.pop("headers", {})}, **more)

    def get(self, path: str, who: dict[str, str] = OWNER, **more: Any) -> httpx2.Response:
        """Read."""
        return self.call("GET", path, who, **more)

    def control(self, name: str, body: Any = None) -> Any:
        """One control call that must succeed."""
        answer = self.client.post(f"/_sandbox/{name}", json={} if body is None else body)
        assert answer.is_success, answer.text
        return answer.json()

    def told(self, name: str) -> Any:
        """What the control interface tells."""
        return self.client.get(f"/_sandbox/{name}").json()

    def new(self, **fields: Any) -> int:
        """A draft, made through the API."""
        answer = self.call("POST", f"{SHOP}/listings", data={**NEW, **fields})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["listing_id"])

    def pictured(self, **fields: Any) -> int:
        """A draft with a picture."""
        number = self.new(**fields)
        answer = self.call("POST", f"{SHOP}/listings/{number}/images", files={"image": ("a.png", PNG, "image/png")})
        assert answer.status_code == 201, answer.text
        return number

    def patch(self, number: int, **fields: Any) -> httpx2.Response:
        """Change a listing."""
        return self.call("PATCH", f"{SHOP}/listings/{number}", data=fields)

    def listing(self, number: int) -> dict[str, Any]:
        """A listing as its owner sees it."""
        found: dict[str, Any] = self.get(f"/listings/{number}").json()
        return found

    def fees(self) -> list[str]:
        """What was charged, in order."""
        return [fee["what"] for fee in self.told("shop")["fees"]]


def visit(listings: int = 30, **more: Any) -> Visit:
    """A fresh shop."""
    simulator = EtsySimulator(ORIGIN, listings=0)
    simulator.reset(listings=listings, **more)
    return Visit(simulator, httpx2.Client(transport=Mounted(simulator), base_url=ORIGIN))


def said(answer: httpx2.Response) -> tuple[int, str]:
    """Status and error."""
    return answer.status_code, answer.json()["error"]
