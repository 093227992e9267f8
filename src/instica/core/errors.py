"""What a verb raises when it will not do what was asked: the doors translate these and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: what, and where (a JSON pointer such as ``#/price``)."""

    detail: str
    pointer: str = "#"


class Problem(Exception):
    """Refused. ``detail`` says what failed and what to do; ``code`` is for machines and never changes."""

    status = 400
    title = "Bad request"

    def __init__(self, detail: str, *, code: str = "", faults: Sequence[Fault] = (), **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.faults = tuple(faults)
        self.extra = extra


class Invalid(Problem):
    """What was sent cannot be accepted as it is (400)."""


class PaymentRequired(Problem):
    """The organization's plan does not allow it (402)."""

    status = 402
    title = "Payment required"


class Forbidden(Problem):
    """The role or the token's scopes are too low (403)."""

    status = 403
    title = "Forbidden"


class NotFound(Problem):
    """No such object in this organization (404)."""

    status = 404
    title = "Not found"


class Conflict(Problem):
    """The object is not in a state that allows it (409)."""

    status = 409
    title = "Conflict"


class Stale(Problem):
    """It changed since the caller last looked (412)."""

    status = 412
    title = "Precondition failed"


class Unprocessable(Problem):
    """Understood, and refused by a marketplace or by an earlier use of the same key (422)."""

    status = 422
    title = "Unprocessable"
