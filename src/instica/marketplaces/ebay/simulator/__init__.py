"""A small eBay, written from its documents: REST, Trading, consent, notifications, and the control interface."""

from __future__ import annotations

from instica.marketplaces.ebay.simulator.app import EbaySimulator

__all__ = ["EbaySimulator"]
