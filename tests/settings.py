"""Django settings of the tests: a throwaway data folder, a fast hasher, the database named by the environment."""

from __future__ import annotations

import os
import sys
import tempfile

# Every pytest process has a folder of its own: workers would inherit the first one's, and keys that others rotate.
if "pytest" in sys.modules or "INSTICA_DATA_DIR" not in os.environ:
    os.environ["INSTICA_DATA_DIR"] = tempfile.mkdtemp(prefix="instica-test-")
os.environ["INSTICA_DATABASE_URL"] = os.environ.get("INSTICA_TEST_DATABASE_URL", "")

from instica.project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WORK_CLOCK = "process"
if not os.environ["INSTICA_DATABASE_URL"]:
    # A file, so that threads wait for one another as they do in an installation.
    DATABASES["default"]["TEST"] = {"NAME": DATA / "test.sqlite3"}  # noqa: F405
