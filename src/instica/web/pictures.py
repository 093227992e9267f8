"""Numbers as pictures: the parts of a stacked bar, and durations in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bar: where it begins and how wide it is, in percent."""

    tone: str
    label: str
    count: int
    start: float
    width: float


def parts(counts: Iterable[tuple[str, str, int]], total: int) -> list[Part]:
    """The pieces of a bar of ``total``; nothing is drawn for a count of 0, nothing beyond the end."""
    drawn, start = [], 0.0
    for tone, label, count in counts:
        width = min(100.0 * count / total, 100.0 - start) if total else 0.0
        drawn.append(Part(tone, label, count, round(start, 3), round(width, 3)))
        start += width
    return drawn


def told(pieces: Iterable[Part]) -> str:
    """The same for those who do not see it."""
    return ", ".join(f"{piece.count} {piece.label.lower()}" for piece in pieces if piece.count)


def duration(seconds: float | None) -> str:
    """How long, as a person says it."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds"
    if seconds < MINUTE:
        return f"about {int(seconds // 10 * 10)} seconds"
    if seconds < HOUR:
        minutes = round(seconds / MINUTE)
        return f"about {minutes} minute{'s' if minutes > 1 else ''}"
    hours = round(seconds / HOUR, 1)
    return f"about {hours:g} hour{'s' if hours > 1 else ''}"
