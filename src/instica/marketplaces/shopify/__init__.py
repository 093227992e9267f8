"""Shopify: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Marketplace

MARKETPLACE = Marketplace(
    slug="shopify",
    name="Shopify",
    url="https://shopify.com",
    connection="oauth",
    port=8104,
    folder=Path(__file__).parent,
)
