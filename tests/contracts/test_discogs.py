"""The simulated Discogs against two community descriptions of the real one.

Neither is authoritative. What they get wrong is named here, beside what live traffic shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema
import pytest
import yaml

from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.discogs.simulator import DiscogsSimulator
from instica.marketplaces.discogs.simulator.app import API, TOKENS
from tests.contracts.specs import folder

FOLDER = folder("discogs")
OPENAPI = yaml.safe_load((FOLDER / "rock-n-code.discogs.openapi-3.1.yaml").read_text(encoding="utf-8"))
POSTMAN = json.loads((FOLDER / "discogs.postman_collection-v2.1.noscripts.json").read_text(encoding="utf-8"))
NOT_OURS = ("collection", "wants", "lists", "rating", "artists", "labels", "submissions", "contributions")
VALUES = {
    "{{username}}": "greenstreet_records",
    "{release_id}": "20000000",
    "{master_id}": "5000000",
    "{listing_id}": "4312040117",
    "{order_id}": "7203114-1",
    "{price}": "10.00",
    "{currency}": "USD",
    "{id}": "1",
}

# Its search result allows only an empty type, and its master inherits the status that only releases have.
OPENAPI["components"]["schemas"]["SearchResult"]["properties"]["type"].pop("enum")
RELEASE = OPENAPI["components"]["schemas"]["Release"]
MASTER = OPENAPI["components"]["schemas"]["Master"]
MASTER["allOf"][0] = {**RELEASE, "required": [name for name in RELEASE["required"] if name != "status"]}


def client() -> httpx2.Client:
    """The owner of a small shop."""
    headers = {"User-Agent": "InsticaTests/1.0", "Authorization": "Discogs token=sandbox-token"}
    simulator = DiscogsSimulator("http://discogs.test", listings=30)
    return httpx2.Client(transport=Mounted(simulator), base_url="http://discogs.test", headers=headers)


def described(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Method and path of every request of the collection that a shop needs."""
    for item in node["item"]:
        if "item" in item:
            yield from described(item)
        elif not set(NOT_OURS) & set(item["request"]["url"]["path"]):
            path = "/".join(VALUES.get(part, part) for part in item["request"]["url"]["path"])
            yield item["request"]["method"], f"/{path}"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/oauth/identity", "UserIdentity"),
        ("/users/greenstreet_records", "UserProfile"),
        ("/users/northside_vinyl", "UserProfile"),
        ("/releases/20000000", "Release"),
        ("/releases/20000001", "Release"),
        ("/masters/5000000", "Master"),
    ],
)
def test_an_answer_fits_its_description(path: str, name: str) -> None:
    """Whole."""
    answer = client().get(path)
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), {"$ref": f"#/components/schemas/{name}", "components": OPENAPI["components"]})


@pytest.mark.parametrize("path", ["/database/search", "/masters/{master_id}/versions"])
def test_a_page_fits_its_description(path: str) -> None:
    """The envelope and every row."""
    schema = OPENAPI["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = client().get(path.replace("{master_id}", "5000000"), params={"type": "release", "per_page": 100})
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), {**schema, "components": OPENAPI["components"]})


@pytest.mark.parametrize(("method", "path"), sorted(set(described(POSTMAN))))
def test_every_call_a_shop_needs_is_there(method: str, path: str) -> None:
    """The profile's edit is left out: no shop needs it."""
    if (method, path) == ("POST", "/users/greenstreet_records"):
        assert client().post(path).status_code == 405
        return
    known = TOKENS if path in {"/oauth/request_token", "/oauth/access_token"} else API
    handler, _ = known.find(method, path)
    assert handler.__doc__
