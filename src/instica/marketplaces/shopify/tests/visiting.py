"""A simulator mounted in-process, and an app that calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.shopify.simulator import ShopifySimulator
from instica.marketplaces.shopify.simulator.site import FIXED_TOKEN

ORIGIN = "http://shopify.test"
GRAPHQL = "/admin/api/2026-10/graphql.json"
TITLE = [{"name": "Title", "values": [{"name": "Default Title"}]}]
DEFAULT = [{"optionName": "Title", "name": "Default Title"}]
MAIN = "gid://shopify/Location/76120400301"
SET = """mutation Set($id: ProductSetIdentifiers, $input: ProductSetInput!) {
    productSet(identifier: $id, input: $input) {
    product { id title handle status vendor tags publishedAt options { name values }
      variants(first: 50) { nodes { id title sku price inventoryQuantity inventoryItem { id tracked } } } }
    userErrors { field message code } } }"""


@dataclass(frozen=True)
class Visit:
    """Calls with the sandbox's own token unless said otherwise."""

    simulator: ShopifySimulator
    client: httpx2.Client

    def post(self, query: str, token: str = FIXED_TOKEN, path: str = GRAPHQL, **variables: Any) -> httpx2.Response:
        """One GraphQL call."""
        body = {"query": query, "variables": variables}
        return self.client.post(path, json=body, headers={"X-Shopify-Access-Token": token})

    def ask(self, query: str, **variables: Any) -> Any:
        """The whole answer of a call."""
        return self.post(query, **variables).json()

    def data(self, query: str, **variables: Any) -> Any:
        """The data of a call that must succeed."""
        said = self.ask(query, **variables)
        assert "errors" not in said, said
        return said["data"]

    def code(self, query: str, **variables: Any) -> tuple[str, str]:
        """Code and message of the first error at the top."""
        error = self.ask(query, **variables)["errors"][0]
        return error["extensions"]["code"], error["message"]

    def control(self, name: str, body: Any = None) -> Any:
        """One control call that must succeed."""
        answer = self.client.post(f"/_sandbox/{name}", json={} if body is None else body)
        assert answer.is_success, answer.text
        return answer.json()

    def told(self, name: str) -> Any:
        """What the control interface tells."""
        return self.client.get(f"/_sandbox/{name}").json()

    def set(self, identifier: dict[str, str] | None = None, **fields: Any) -> Any:
        """``productSet``; its payload."""
        return self.data(SET, id=identifier, input=fields)["productSet"]

    def new(self, title: str = "Kestrel", price: str = "20.00", **more: Any) -> Any:
        """A product with one variant, made through the API."""
        piece = {"optionValues": DEFAULT, "price": price, **more}
        return self.set(title=title, productOptions=TITLE, variants=[piece])["product"]


def visit(listings: int = 30, **more: Any) -> Visit:
    """A fresh shop."""
    simulator = ShopifySimulator(ORIGIN, listings=0)
    simulator.reset(listings=listings, **more)
    return Visit(simulator, httpx2.Client(transport=Mounted(simulator), base_url=ORIGIN))
