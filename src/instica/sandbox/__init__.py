"""All simulated marketplaces in one process, one loopback port each, with a control page."""

from __future__ import annotations

from instica.sandbox.host import PortTaken, Sandbox, serve, start

__all__ = ["PortTaken", "Sandbox", "serve", "start"]
