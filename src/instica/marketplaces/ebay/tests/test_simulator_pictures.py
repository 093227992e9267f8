"""Pictures can be looked at where the simulator is, and are eBay's own in everything it keeps."""

from __future__ import annotations

import httpx2

from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.ebay.simulator import EbaySimulator
from instica.marketplaces.ebay.tests.visiting import INVENTORY, LANGUAGE, ORIGIN, OWNER

KEY = "/images/g/CONFORM000000001/s-l1600.jpg"


def shop() -> tuple[EbaySimulator, httpx2.Client]:
    """A small shop and its owner."""
    simulator = EbaySimulator(ORIGIN, listings=5)
    headers = {"Authorization": f"Bearer {OWNER}", **LANGUAGE}
    return simulator, httpx2.Client(transport=Mounted(simulator), base_url=ORIGIN, headers=headers)


def test_a_picture_is_told_and_shown_here_and_kept_as_ebays() -> None:
    simulator, client = shop()
    product = {"title": "A print", "description": "A print", "imageUrls": [f"{ORIGIN}{KEY}"]}
    stock = {"shipToLocationAvailability": {"quantity": 1}}
    item = {"product": product, "condition": "NEW", "availability": stock}
    assert client.put(f"{INVENTORY}/inventory_item/P-1", json=item).status_code in (200, 201, 204)
    told = client.get(f"{INVENTORY}/inventory_item/P-1").json()
    assert told["product"]["imageUrls"] == [f"{ORIGIN}{KEY}"]
    kept = simulator.site.stock.item("P-1")
    assert kept
    assert kept.product["imageUrls"] == [f"https://i.ebayimg.com{KEY}"]


def test_the_same_name_is_the_same_picture() -> None:
    _, client = shop()
    first, again = client.get(KEY), client.get(KEY)
    other = client.get("/images/g/OTHER/s-l1600.jpg")
    assert (first.headers["content-type"], first.content[:3], first.content) == (
        *("image/jpeg", b"\xff\xd8\xff"),
        again.content,
    )
    assert other.content != first.content
