"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The bell and mail."""

    name = "instica.notices"
    label = "notices"

    def ready(self) -> None:
        """Say whose work an endpoint's lane is."""
        from instica.notices import sharing  # noqa: F401  # registers itself
