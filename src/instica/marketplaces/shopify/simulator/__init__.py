"""A small Shopify, written from its documents, to run the connector and other people's clients against."""

from __future__ import annotations

from instica.marketplaces.shopify.simulator.app import ShopifySimulator

__all__ = ["ShopifySimulator"]
