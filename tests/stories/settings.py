"""Django settings of worker processes that are killed: leases end soon."""

from __future__ import annotations

from tests.settings import *  # noqa: F403

WORK_LEASE_SECONDS = 1.0
