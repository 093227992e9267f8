"""Bars and their scale, worked out for an SVG that stretches; what is written stands beside it as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000.0, 200.0
GAP = 0.28
STEPS = (1, 2, 5, 10)
LABELS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``tone`` names its colour, ``title`` is said when one points at it."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Column:
    """What stands at one place: values with their tones, the first behind the others."""

    label: str
    title: str
    values: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars, the greatest value of the scale and half of it, and the labels below from left to right."""

    bars: list[Bar]
    top: int
    half: int
    labels: list[str]


def plot(columns: Sequence[Column], unit: int = 1) -> Plot:
    """Bars side by side, on a scale that ends at a round number of ``unit``."""
    top = ceiling(max((value for column in columns for value, _ in column.values), default=0), unit)
    place = WIDTH / max(1, len(columns))
    bars = [bar for index, column in enumerate(columns) for bar in _bars(column, index * place, place, top)]
    return Plot(bars, top, top // 2, _labels([column.label for column in columns]))


def ceiling(value: int, unit: int) -> int:
    """The first of 1, 2, 5, 10, 20, 50 … units that is not less; even, so that half of it is whole."""
    size = 2 * unit
    while True:
        for step in STEPS:
            if value <= size * step:
                return size * step
        size *= 10


def _bars(column: Column, left: float, place: float, top: int) -> list[Bar]:
    width = place * (1 - GAP)
    found = []
    for value, tone in column.values:
        height = round(HEIGHT * max(0, value) / top, 2)
        found.append(
            Bar(
                round(left + place * GAP / 2, 2), round(HEIGHT - height, 2), round(width, 2), height, tone, column.title
            )
        )
    return found


def _labels(every: Sequence[str]) -> list[str]:
    """The first, the last and some between."""
    if len(every) <= LABELS:
        return list(every)
    last = len(every) - 1
    return [every[round(last * index / (LABELS - 1))] for index in range(LABELS)]
