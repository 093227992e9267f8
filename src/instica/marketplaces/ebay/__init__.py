"""eBay: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Marketplace

MARKETPLACE = Marketplace(
    slug="ebay",
    name="eBay",
    url="https://ebay.com",
    connection="oauth",
    port=8102,
    folder=Path(__file__).parent,
)
