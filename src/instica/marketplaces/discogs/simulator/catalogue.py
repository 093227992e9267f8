"""The database of releases: genuine records, and further pressings of them derived when asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

FIRST_RELEASE = 20_000_000
FIRST_MASTER = 5_000_000
SMALLEST = 2
MASK = (1 << 64) - 1
COUNTRIES = ("US", "UK", "Germany", "France", "Japan", "Netherlands", "Canada", "Italy", "Europe")


@dataclass(frozen=True, slots=True)
class Release:
    """One pressing. ``format`` is as Discogs prints it: ``2xLP, Album, Gat``."""

    id: int
    master_id: int
    artist: str
    title: str
    label: str
    catno: str
    format: str
    year: int
    country: str
    barcode: str
    genre: str
    blocked: bool = False

    @property
    def description(self) -> str:
        """``Artist - Title (LP, Album)``."""
        return f"{self.artist} - {self.title} ({self.format})"

    @property
    def weight(self) -> int:
        """What Discogs would estimate it weighs, in grams."""
        head = self.format.split(",")[0]
        number, _, kind = head.rpartition("x")
        return {"LP": 230, '12"': 230, '7"': 60, "CD": 100, "Cass": 85}.get(kind, 230) * int(
            number if number.isdecimal() else 1
        )


def mix(*parts: int) -> int:
    """64 well-stirred bits out of small numbers, the same everywhere."""
    bits = 0x9E3779B97F4A7C15
    for part in parts:
        bits = (bits ^ part) * 0xBF58476D1CE4E5B9 & MASK
        bits ^= bits >> 29
    bits = bits * 0x94D049BB133111EB & MASK
    return bits ^ bits >> 32


@cache
def records() -> tuple[dict[str, str], ...]:
    """The rows of ``records.csv``."""
    with (Path(__file__).parent / "records.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


class Catalogue:
    """At least ``size`` releases; number ``n`` is pressing ``n // records`` of record ``n % records``."""

    def __init__(self, size: int) -> None:
        shelf = len(records())
        self.size = max(-(-size // shelf), SMALLEST) * shelf
        self.changed: dict[int, Release] = {}
        self.added = 0

    def get(self, release_id: int) -> Release | None:
        """The release of that id."""
        if known := self.changed.get(release_id):
            return known
        number = release_id - FIRST_RELEASE
        return pressing(number) if 0 <= number < self.size else None

    def put(self, release: Release) -> None:
        """Change a release, or add one."""
        self.changed[release.id] = release

    def add(self, **facts: Any) -> Release:
        """A release of its own, outside the seeded ones."""
        self.added += 1
        release = replace(pressing(0), id=FIRST_RELEASE * 2 + self.added, master_id=0, barcode="")
        release = replace(release, **facts)
        self.put(release)
        return release

    def every(self) -> Iterator[Release]:
        """All releases, by id."""
        for number in range(self.size):
            yield self.changed.get(FIRST_RELEASE + number) or pressing(number)
        yield from (release for key, release in sorted(self.changed.items()) if key >= FIRST_RELEASE + self.size)

    def versions(self, master_id: int) -> list[Release]:
        """The pressings of one master."""
        first = master_id - FIRST_MASTER
        if not 0 <= first < len(records()):
            return []
        numbers = range(first, self.size, len(records()))
        return [self.changed.get(FIRST_RELEASE + number) or pressing(number) for number in numbers]


def pressing(number: int) -> Release:
    """Release number ``number``: the record itself, or a later pressing of it."""
    again, which = divmod(number, len(records()))
    row = records()[which]
    year, bits = int(row["year"]), mix(which, again)
    form, catno, country = row["format"], row["catno"], row["country"]
    if again:
        year = min(2025, year + 1 + bits % 45)
        form, catno, country = f"{form}, RE", f"{catno}-{again}", COUNTRIES[(bits >> 8) % len(COUNTRIES)]
    return Release(
        id=FIRST_RELEASE + number,
        master_id=FIRST_MASTER + which,
        artist=row["artist"],
        title=row["title"],
        label=row["label"],
        catno=catno,
        format=form,
        year=year,
        country=country,
        barcode=row["barcode"] if row["barcode"] and again < 2 else _barcode(which, again, year),
        genre=row["genre"],
    )


def _barcode(which: int, again: int, year: int) -> str:
    """A code from the range kept for use inside a shop, never a real product's; two pressings may share one."""
    if year < 1984:
        return ""
    shared = 1 if again in {1, 2} and which % 5 == 0 else again
    digits = f"2{mix(which, shared, 7) % 10**11:011d}"
    total = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
    return f"{digits}{-total % 10}"
