"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """Listings."""

    name = "instica.listings"
    label = "listings"
