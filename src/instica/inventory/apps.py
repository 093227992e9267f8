"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Items and stock."""

    name = "instica.inventory"
    label = "inventory"
