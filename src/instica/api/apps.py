"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API."""

    name = "instica.api"
    label = "api"

    def ready(self) -> None:
        """Make the tasks and the document's extensions known."""
        from instica.api import schema, tasks  # noqa: F401
