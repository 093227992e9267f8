"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Sync."""

    name = "instica.sync"
    label = "sync"
