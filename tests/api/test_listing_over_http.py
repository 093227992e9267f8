"""Listing and delisting over real HTTP while workers work: the calls wait and answer what came of it (S7)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from pytest_django.live_server_helper import LiveServer

from instica.connections.models import Connection
from instica.people.models import User
from instica.work.engines.threads import Engine
from tests import builders
from tests.api.calling import api_for
from tests.features.listing import FIELDS, item_for, may_list, on_sale
from tests.shops import Shops

QUICK = ("ebay", "etsy", "shopify")


@pytest.fixture
def http(transactional_db: None, live_server: LiveServer, person: User) -> Iterator[httpx2.Client]:
    """Ada's key over real HTTP, and two workers beside it."""
    may_list(builders.house(person))
    engine = Engine(2, poll_seconds=0.1)
    engine.start()
    headers = {"Authorization": f"Bearer {api_for(person).token}"}
    with httpx2.Client(base_url=f"{live_server.url}/api/v1/", headers=headers, timeout=40) as client:
        yield client
    assert engine.stop()


def test_s7(http: httpx2.Client, shop: Shops) -> None:
    """S7.1 and S7.2 on each, then S7.3 and S7.4 on all at once; Discogs allows few calls a minute, so it is last."""
    found: dict[str, Connection] = {slug: shop(slug, listings=20) for slug in (*QUICK, "discogs")}
    uids = {}
    for slug, connection in found.items():
        uids[slug] = item_for(connection, sku=f"NEW-{slug}").public_id
        path = f"inventory/{uids[slug]}/platforms/{slug}"
        body = {"price": "34.99"} | ({"fields": FIELDS[slug]} if slug in FIELDS else {})
        listed = http.post(f"{path}/list/", json=body)
        assert listed.status_code == 200, (slug, listed.text)
        assert list(listed.json()) == ["status", "listing_url", "listing_id"]
        (number,) = on_sale(shop, slug, f"NEW-{slug}")
        assert (listed.json()["status"], listed.json()["listing_id"]) == ("success", number)
        assert listed.json()["listing_url"].startswith("https://")
    many = {"uids": list(uids.values()), "platforms": list(found)}
    gone = http.post("inventory/bulk/delist/", json=many)
    assert gone.status_code in (200, 202), gone.text
    answer = gone.json()
    assert list(answer) == ["uid", "status", "succeeded", "failed", "pending", "results"]
    assert (answer["failed"], answer["succeeded"] + answer["pending"]) == (0, 16)
    for slug in QUICK:
        assert on_sale(shop, slug, f"NEW-{slug}") == []
    one = http.post(f"inventory/{uids['ebay']}/platforms/ebay/delist/")
    assert (one.status_code, one.json()["status"]) == (200, "success")
    refused = http.post("inventory/bulk/list/", json={"uids": [uids["shopify"]], "platforms": ["shopify", "society6"]})
    assert refused.status_code == 200, refused.text
    assert [(row["status"], row["error_code"]) for row in refused.json()["results"]] == [
        ("success", None),
        ("failed", "manual_platform"),
    ]
    assert refused.json()["status"] == "partial"
