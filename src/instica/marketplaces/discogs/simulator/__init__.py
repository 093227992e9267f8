"""A small Discogs, from its documents, sharing nothing with the connector it tests."""

from __future__ import annotations

from instica.marketplaces.discogs.simulator.app import DiscogsSimulator

__all__ = ["DiscogsSimulator"]
