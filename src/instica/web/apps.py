"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages."""

    name = "instica.web"
    label = "web"

    def ready(self) -> None:
        """The secrets of second factors are rotated with all others."""
        from instica.connections import rotation
        from instica.web import second_factor

        rotation.OTHERS.append(second_factor.reencrypt)
