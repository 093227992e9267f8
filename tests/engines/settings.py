"""Django settings with nothing but the task engine and a tiny app that leaves traces."""

from __future__ import annotations

import os

from instica.project.settings import database

SECRET_KEY = "engines"
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES = {"default": database(os.environ.get("INSTICA_ENGINES_DATABASE_URL", ""))}
if sqlite := os.environ.get("INSTICA_ENGINES_SQLITE"):
    DATABASES["default"]["NAME"] = sqlite
INSTALLED_APPS = ["instica.work", "tests.engines.app"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WORK_LEASE_SECONDS = float(os.environ.get("INSTICA_ENGINES_LEASE", "30"))
WORK_CLOCK = os.environ.get("INSTICA_ENGINES_CLOCK", "database")
WORK_ENGINE = os.environ.get("INSTICA_ENGINES_ENGINE", "threads")
WORK_REDIS_URL = os.environ.get("INSTICA_ENGINES_REDIS_URL", "")
WORK_REDIS_PREFIX = os.environ.get("INSTICA_ENGINES_REDIS_PREFIX", "instica-engines:")
