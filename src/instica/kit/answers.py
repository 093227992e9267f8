"""Reads what a marketplace answered: data, or the one word in ``kit.errors`` for what went wrong."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import httpx2

from instica.core.secrets import Secret
from instica.kit.errors import Complaint, Gone, Refused, RemoteFailure, TryLater, Unsure
from instica.kit.ports import Budget
from instica.kit.redaction import redact

Effect = Literal["read", "set", "once"]
LONGEST_WAIT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came. ``data`` is the decoded JSON where data was expected; a spooled body shows its head."""

    status: int
    headers: httpx2.Headers
    body: bytes
    data: Any = None

    @property
    def is_page(self) -> bool:
        """A web page where data should be: an outage, a challenge, a proxy."""
        start = self.body[:64].lstrip()[:5].lower()
        return "html" in self.headers.get("content-type", "") or (start[:1] == b"<" and start != b"<?xml")


def is_refused_grant(answer: Answer) -> bool:
    """Status 401, from the marketplace itself."""
    return answer.status == 401 and not answer.is_page


def is_throttled(answer: Answer) -> bool:
    """Status 429."""
    return answer.status == 429


def retry_after(answer: Answer) -> dt.timedelta | None:
    """``Retry-After`` in seconds, within reason."""
    text = answer.headers.get("retry-after", "").strip()
    return (
        min(dt.timedelta(seconds=int(text)), LONGEST_WAIT)
        if text.isascii() and text.isdigit() and len(text) < 9
        else None
    )


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a marketplace counts calls, says how many are left, and words a refusal.

    ``rejected`` and ``throttled`` tell a dead grant and a used-up limit where the status does not say so; ``wait`` is
    how long a used-up limit takes, where they say that. ``patience`` is for how many seconds a call waits for its turn
    within a run: where calls are counted by the second that is cheaper than to begin the run anew.
    """

    limit: str
    costs: Mapping[str, float]
    learn: Callable[[Answer, Budget], None]
    complaints: Callable[[Answer], Sequence[Complaint]]
    rejected: Callable[[Answer], bool] = is_refused_grant
    throttled: Callable[[Answer], bool] = is_throttled
    patience: float = 0.0
    wait: Callable[[Answer], dt.timedelta | None] = retry_after


def check(name: str, dialect: Dialect, answer: Answer, call: str, effect: Effect, secrets: Iterable[Secret]) -> None:
    """Raise what the status means; return when it is a success."""
    if answer.is_page or answer.status >= 500 or 300 <= answer.status < 400:
        kind = "a web page" if answer.is_page else "no result"
        raise lost(name, call, effect, f"status {answer.status} with {kind}", retry_after(answer))
    if answer.status < 300:
        return
    complaints = [replace(each, message=redact(each.message, secrets)) for each in dialect.complaints(answer)]
    if answer.status in (404, 410):
        raise Gone(complaints[0].message if complaints else f"{name} has nothing there")
    raise Refused(complaints or [Complaint(f"{name} refused with status {answer.status}")], answer.status)


def data(name: str, answer: Answer, call: str, effect: Effect) -> Any:
    """The JSON of a success."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise lost(name, call, effect, "an answer that is not JSON") from None


def lost(name: str, call: str, effect: Effect, why: str, after: dt.timedelta | None = None) -> RemoteFailure:
    """No usable answer: try later; or, where the change may have been made and must not be made twice, unsure."""
    sentence = f"{name} did not answer {call}: {why}"
    return Unsure(sentence) if effect == "once" else TryLater(sentence, after)
