"""Finds every app's task handlers at start and connects the doorbell of the chosen engine."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules


class WorkConfig(AppConfig):
    """The app of durable tasks."""

    name = "instica.work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import ``tasks.py`` of every installed app, so that its handlers are known."""
        from instica.work import checks  # noqa: F401  # registers itself

        autodiscover_modules("tasks")
        from instica.work import bell

        if getattr(settings, "WORK_ENGINE", "threads") == "celery":
            from instica.work.engines.celery import ring

            bell.listen(ring)
        else:
            from instica.work.engines import far

            bell.listen(far.ring)
