"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products."""

    name = "instica.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Teach the fields our lookup."""
        from instica.catalog import among

        among.register()
