"""What happens in a shop, as events for the app's webhooks."""

from __future__ import annotations

from typing import Any

from instica.marketplaces.etsy.simulator.ledger import Receipt
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.store import Listing

BASE = "https://openapi.etsy.com/v3/application"


def tell_order(site: Site, shop: Shop, receipt: Receipt, topic: str) -> None:
    """An order was paid, canceled, shipped or delivered."""
    _tell(site, shop, topic, f"{BASE}/shops/{shop.owner.shop_id}/receipts/{receipt.id}")


def tell_listing(site: Site, shop: Shop, row: Listing, topic: str) -> None:
    """A listing was created, updated or deleted, or its stock ran out."""
    part = "/inventory" if topic.startswith("inventory.") else ""
    _tell(site, shop, topic, f"{BASE}/listings/{row.id}{part}")


def _tell(site: Site, shop: Shop, topic: str, url: str) -> None:
    name: Any = shop.owner.shop_id if site.switches["shop_id"] == "number" else str(shop.owner.shop_id)
    content = {"event_type": topic, "resource_url": url, "shop_id": name}
    site.portal.send(topic, content, versioned=site.switches["signature"] == "versioned")
