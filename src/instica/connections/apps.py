"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """Connected shops."""

    name = "instica.connections"
    label = "connections"

    def ready(self) -> None:
        """Say whose work a shop's lane is."""
        from instica.connections import sharing  # noqa: F401  # registers itself
