"""The words for a remote failure; each is chosen once, where the response is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a marketplace objected to, in its own words."""

    message: str
    field: str = ""
    code: str = ""


class RemoteFailure(Exception):
    """Base of all that can go wrong between us and a marketplace."""


class TryLater(RemoteFailure):
    """Their fault and passing: 5xx, a page instead of data, a cut connection on a read. Back off with jitter."""

    def __init__(self, why: str, after: dt.timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


class Throttled(RemoteFailure):
    """A limit is used up until ``until``: the lane sleeps and no attempt is counted."""

    def __init__(self, limit: str, until: dt.datetime) -> None:
        super().__init__(f"The limit {limit} is used up until {until:%H:%M:%S} UTC")
        self.limit = limit
        self.until = until


class SignInAgain(RemoteFailure):
    """The grant is gone or too narrow: the connection pauses and its owner is told."""


class Refused(RemoteFailure):
    """They understood and said no; it will not succeed unchanged."""

    def __init__(self, complaints: Sequence[Complaint], status: int = 0) -> None:
        super().__init__("; ".join(complaint.message for complaint in complaints) or "Refused without a reason")
        self.complaints = tuple(complaints)
        self.status = status


class Gone(RemoteFailure):
    """The object is not there (any more): look again before concluding anything."""


class Unsure(RemoteFailure):
    """A change was sent and no answer came: it may or may not have happened."""


class NotGenuine(RemoteFailure):
    """A webhook or callback whose sender cannot be proven."""


class Denied(RemoteFailure):
    """The person said no on the marketplace's consent page."""
