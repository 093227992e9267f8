"""A small Redbubble, from what is known of its pages, sharing nothing with the mapping or the extension."""

from __future__ import annotations

from instica.marketplaces.redbubble.simulator.app import RedbubbleSimulator

__all__ = ["RedbubbleSimulator"]
