"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders."""

    name = "instica.orders"
    label = "orders"
