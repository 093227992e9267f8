"""Django settings of the tests: a throwaway data folder, a fast hasher, the database named by the environment."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("INSTICA_DATA_DIR", tempfile.mkdtemp(prefix="instica-test-"))
os.environ["INSTICA_DATABASE_URL"] = os.environ.get("INSTICA_TEST_DATABASE_URL", "")

from instica.project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WORK_CLOCK = "process"
if not os.environ["INSTICA_DATABASE_URL"]:
    # A file, so that threads wait for one another as they do in an installation.
    DATABASES["default"]["TEST"] = {"NAME": DATA / "test.sqlite3"}  # noqa: F405
