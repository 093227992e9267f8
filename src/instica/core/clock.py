"""The only place that asks what time it is."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def iso(moment: dt.datetime | None) -> str | None:
    """RFC 3339 in UTC to the second with ``Z``, as the API writes every datetime."""
    if moment is None:
        return None
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def read(text: object, zone: dt.tzinfo | None = None) -> dt.datetime | None:
    """What somebody else wrote as a time, in UTC; ``None`` for anything else, or without a zone where none is given."""
    try:
        found = dt.datetime.fromisoformat(text) if isinstance(text, str) else None
        if found and not found.tzinfo:
            found = found.replace(tzinfo=zone) if zone else None
        return found.astimezone(dt.UTC) if found else None
    except (ValueError, OverflowError):
        return None
