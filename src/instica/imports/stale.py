"""How long what was read of a shop may be relied on."""

from __future__ import annotations

import datetime as dt

from instica.core.clock import now
from instica.imports.models import Job

GOOD_FOR = dt.timedelta(days=1)


def horizon() -> dt.datetime:
    """What was read before this moment must be read again before it is applied."""
    return now() - GOOD_FOR


def is_old(job: Job) -> bool:
    """Whether what was read of the shop must be read again."""
    return job.discovered is not None and job.discovered < horizon()
