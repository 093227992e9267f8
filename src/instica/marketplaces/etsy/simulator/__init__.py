"""A small Etsy, from its documents, sharing nothing with the connector it tests."""

from __future__ import annotations

from instica.marketplaces.etsy.simulator.app import EtsySimulator

__all__ = ["EtsySimulator"]
