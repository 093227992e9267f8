"""A simulator mounted in-process, and the people who call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import httpx2
from defusedxml.ElementTree import fromstring

from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.ebay.simulator import EbaySimulator

ORIGIN = "http://ebay.test"
OWNER, STRANGER = "sandbox-token", "stranger-token"
FIRST = 256_104_310_017
LANGUAGE = {"Content-Language": "en-US"}
INVENTORY, FULFILLMENT = "/sell/inventory/v1", "/sell/fulfillment/v1"
NAMESPACE = "{urn:ebay:apis:eBLBaseComponents}"
POLICIES = {"fulfillmentPolicyId": "6196932000", "paymentPolicyId": "6196944000", "returnPolicyId": "6196947000"}


@dataclass(frozen=True)
class Visit:
    """Calls as the owner unless said otherwise."""

    simulator: EbaySimulator
    client: httpx2.Client

    def call(self, method: str, path: str, token: str = OWNER, **more: Any) -> httpx2.Response:
        """One REST call."""
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, token: str = OWNER, **more: Any) -> httpx2.Response:
        """Read."""
        return self.call("GET", path, token, **more)

    def put(self, path: str, body: Any, **more: Any) -> httpx2.Response:
        """Replace."""
        return self.call("PUT", path, json=body, headers=LANGUAGE, **more)

    def post(self, path: str, body: Any, **more: Any) -> httpx2.Response:
        """Do."""
        return self.call("POST", path, json=body, headers=LANGUAGE, **more)

    def trading(self, name: str, inside: str = "", token: str = OWNER) -> Element:
        """One Trading call; the root of the answer, without its namespace."""
        body = f'<{name}Request xmlns="{NAMESPACE[1:-1]}">{inside}</{name}Request>'
        headers = {"X-EBAY-API-CALL-NAME": name, "X-EBAY-API-IAF-TOKEN": token, "Content-Type": "text/xml"}
        answer = self.client.post("/ws/api.dll", content=body.encode(), headers=headers)
        assert answer.status_code == 200
        root: Element = fromstring(answer.content)
        for node in root.iter():
            node.tag = node.tag.removeprefix(NAMESPACE)
        return root

    def control(self, name: str, body: Any = None) -> Any:
        """One control call that must succeed."""
        answer = self.client.post(f"/_sandbox/{name}", json={} if body is None else body)
        assert answer.is_success, answer.text
        return answer.json()

    def told(self, name: str) -> Any:
        """What the control interface tells."""
        return self.client.get(f"/_sandbox/{name}").json()

    def item(self, sku: str, **product: Any) -> httpx2.Response:
        """An inventory item, made or replaced."""
        told = {"title": "Can - Future Days", "description": "Plays well.", "aspects": {"Artist": ["Can"]}}
        told |= {"imageUrls": ["https://i.ebayimg.com/images/g/X/s-l1600.jpg"], **product}
        stock = {"shipToLocationAvailability": {"quantity": 2}}
        body = {"availability": stock, "condition": "USED_EXCELLENT", "product": told}
        return self.put(f"{INVENTORY}/inventory_item/{sku}", body)

    def offer(self, sku: str, **more: Any) -> httpx2.Response:
        """An offer for it."""
        body = {
            "sku": sku,
            "marketplaceId": "EBAY_US",
            "format": "FIXED_PRICE",
            "availableQuantity": 2,
            "categoryId": "176985",
            "listingPolicies": POLICIES,
            "merchantLocationKey": "greenstreet-pdx",
            "pricingSummary": {"price": {"value": "20.00", "currency": "USD"}},
            **more,
        }
        return self.post(f"{INVENTORY}/offer", body)

    def publish(self, offer_id: str) -> httpx2.Response:
        """Put it on sale."""
        return self.post(f"{INVENTORY}/offer/{offer_id}/publish", {})

    def listing(self, listing_id: Any) -> dict[str, Any]:
        """A row of the control interface."""
        rows = self.told("listings")["listings"]
        return next(row for row in rows if str(row["listing_id"]) == str(listing_id))


def visit(listings: int = 30, **more: Any) -> Visit:
    """A fresh shop."""
    simulator = EbaySimulator(ORIGIN, listings=0)
    simulator.reset(listings=listings, **more)
    return Visit(simulator, httpx2.Client(transport=Mounted(simulator), base_url=ORIGIN))


def first_error(answer: httpx2.Response) -> tuple[int, int]:
    """Status and number of the first error."""
    return answer.status_code, answer.json()["errors"][0]["errorId"]


def failure(root: Element) -> tuple[str | None, str | None]:
    """Ack and the first error of a Trading answer."""
    return root.findtext("Ack"), root.findtext("Errors/ErrorCode")
