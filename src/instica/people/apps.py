"""Registers the package with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People and what they may do."""

    name = "instica.people"
    label = "people"
