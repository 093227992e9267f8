"""What the browser extension last saw of a shop: kept, and told in plain words with what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from instica.connections.credentials import manifest_of
from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import intake
from instica.imports.models import Job, Look, Sight, Stage
from instica.work.lanes import commit

BEING_READ = "The browser extension is reading this shop"
WORDS = {
    Look.READING: f"{BEING_READ}{{so_far}}. Keep that browser open.",
    Look.PAUSED: "Reading is paused in the browser extension{so_far}. Press Go on there.",
    Look.SIGNED_OUT: "You are signed out of {name} in that browser{so_far}. Sign in there, then go on reading.",
    Look.CHALLENGE: "{name} asks in that browser whether you are human{so_far}. Answer it there, then go on reading.",
    Look.PAGE_CHANGED: "{name}'s page is not as the extension knows it{where}. Nothing was taken for gone; a newer"
    " extension may read it.",
    Look.ASLEEP: "That browser, or its tab, is asleep{so_far}. Open it; reading goes on from where it stands.",
    Look.OFFLINE: "That browser cannot reach {name}{so_far}. Reading goes on when it is back online.",
    Look.FINISHED: "The browser extension read this shop to the end{so_far}.",
}
WAITING = "Waiting for the browser extension: open your {name} shop in the paired browser and press Read there."
QUIET = "No page of this shop came for a day. Open your {name} shop in the paired browser and press Read; nothing that"
QUIET += " came is lost."
CALM = frozenset({Look.READING, Look.FINISHED})


@dataclass(frozen=True, slots=True)
class Seen:
    """What the extension reports, as it was checked at the door."""

    state: str
    pack: str = ""
    field: str = ""
    detail: str = ""
    account: str = ""
    seen: int | None = None
    expected: int | None = None


def note(*, connection: Connection, seen: Seen, browser: str = "") -> Sight:
    """Keep it, and say it on the import that is being read."""
    values = {name: getattr(seen, name) for name in Seen.__slots__}
    with commit():
        sight, _ = Sight.objects.update_or_create(
            connection=connection, defaults={**values, "browser": browser[:80], "at": now()}
        )
        reading = Job.objects.filter(connection=connection, stage=Stage.FETCHING).order_by("-created", "-uid").first()
        if reading is not None:
            _say(intake.locked(reading.uid), told(sight, connection))
    return sight


def _say(job: Job, words: str) -> None:
    if job.stage == Stage.FETCHING:
        job.waiting = words
        job.save(update_fields=["waiting"])


def told(sight: Sight, connection: Connection) -> str:
    """In plain words, with what to do."""
    words = WORDS[Look(sight.state)]
    where = f" (pack {sight.pack}, field {sight.field or 'unknown'})" if sight.pack else ""
    said = words.format(name=name_of(connection), so_far=so_far(sight.seen, sight.expected), where=where)
    return f"{said} {sight.detail}".strip() if sight.detail and sight.state not in CALM else said


def so_far(seen: int | None, expected: int | None) -> str:
    """How many of how many."""
    if seen is None:
        return ""
    return f": {seen} of {expected}" if expected is not None else f": {seen} so far"


def waiting(connection: Connection) -> str:
    """What a job says before its first page."""
    return WAITING.format(name=name_of(connection))


def quiet(connection: Connection) -> str:
    """What it says when no page came for long."""
    return QUIET.format(name=name_of(connection))


def name_of(connection: Connection) -> str:
    """The marketplace's name."""
    return manifest_of(connection.marketplace).name


def of(connections: Iterable[Connection]) -> dict[object, Sight]:
    """The last sight of each, by the connection's key."""
    return {sight.pk: sight for sight in Sight.objects.filter(connection__in=[each.pk for each in connections])}
