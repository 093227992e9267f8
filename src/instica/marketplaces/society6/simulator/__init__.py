"""A small Society6, from what is known of its pages, sharing nothing with the mapping or the extension."""

from __future__ import annotations

from instica.marketplaces.society6.simulator.app import Society6Simulator

__all__ = ["Society6Simulator"]
