"""A small TeePublic, from what is known of its pages, sharing nothing with the mapping or the extension."""

from __future__ import annotations

from instica.marketplaces.teepublic.simulator.app import TeePublicSimulator

__all__ = ["TeePublicSimulator"]
