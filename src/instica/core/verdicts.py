"""What a task handler answers: the runner acts on these and knows nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """Finished: the task is deleted."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try this task again at ``at``; an attempt is counted unless ``free``. ``None``: after the usual back-off."""

    at: dt.datetime | None = None
    why: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class Sleep:
    """The whole lane rests until ``until``; no attempt is counted."""

    until: dt.datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Dead:
    """It cannot succeed: kept for a person to see."""

    why: str


Verdict = Done | Again | Sleep | Dead
