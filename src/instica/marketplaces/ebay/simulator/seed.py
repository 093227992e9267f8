"""The shop a reset fills: records as a shop would sell them, and a few rows that are odd on purpose."""

from __future__ import annotations

import csv
import datetime as dt
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from instica.marketplaces.ebay.simulator.store import FIRST_ITEM, STEP, Listing, Specifics
from instica.marketplaces.ebay.simulator.words import GRADES, INVENTORY, TRADING

LAST_STARTED = int(dt.datetime(2026, 9, 30, 18, 0, tzinfo=dt.UTC).timestamp())
DAY = 24 * 3600
MONTH = 30 * DAY
THREE_YEARS = 3 * 365 * DAY
FIRST_OFFER = 8_209_815_010
PICTURE = "https://i.ebayimg.com/images/g/{}/s-l1600.jpg"
POLICIES = ("6196932000", "6196944000", "6196947000")
PLACE = "greenstreet-pdx"
COPIED = (1, 2, 3, 3, 3, 4, 4, 5, 1, 3, 2, 4, 6, 3, 4, 3)
WORTH = (2.0, 1.5, 1.2, 1.0, 0.7, 0.5, 0.35, 0.25, 0.15)
NOTES = (
    "Cleaned on a vacuum machine, plays beautifully.",
    "Light hairlines only, no skips.",
    "Visually graded under a strong lamp.",
    "Corner wear to the sleeve, spine fully readable.",
    "Inner sleeve included. Ships in a stiff mailer.",
    "A few light scuffs that do not sound.",
    "Small seam split on the bottom edge.",
    "Played on one side only; the other looks unplayed.",
)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the shop's own stock book. ``sku`` is set where the same copy is on sale elsewhere too."""

    sku: str
    artist: str
    title: str
    label: str
    catno: str
    type: str
    year: str
    country: str
    genre: str
    grade: str
    sleeve: str
    cents: int


@cache
def records() -> tuple[Record, ...]:
    """The stock book."""
    with (Path(__file__).parent / "records.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_record(row) for row in csv.DictReader(file))


def _record(row: dict[str, str]) -> Record:
    cents = int(row.pop("cents") or 0)
    return Record(**row, cents=cents)


def mix(*numbers: int) -> int:
    """64 well-stirred bits, the same for the same numbers."""
    value = 0x9E3779B97F4A7C15
    for number in numbers:
        value = ((value ^ number) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        value = ((value ^ value >> 27) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 31
    return value


class Seeds:
    """Derives listing ``index`` of a shop of ``count``; the same for the same seed."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed = seed
        self.count = count
        self.apart = max(1, min(6 * 3600, THREE_YEARS // max(count, 1)))
        self.shelf = list(range(len(records())))
        random.Random(seed).shuffle(self.shelf)  # noqa: S311 - a shuffle that anyone may predict
        self.shared = {records()[place].sku: index for index, place in enumerate(self.shelf) if records()[place].sku}

    def record(self, index: int) -> Record:
        """What is sold there."""
        return records()[self.shelf[index % len(self.shelf)]]

    def model(self, index: int) -> str:
        """Who made the listing: the Inventory API, or everything else."""
        if index < len(self.shelf) and self.record(index).sku:
            return INVENTORY if index % 4 else TRADING
        return INVENTORY if mix(self.seed, index) >> 44 & 7 < 3 else TRADING

    def sku(self, index: int) -> str:
        """The custom label; what was listed by hand has none now and then."""
        if index < len(self.shelf) and (sku := self.record(index).sku):
            return sku
        bare = self.model(index) == TRADING and not mix(self.seed, index) >> 29 & 7
        return "" if bare else f"GSE-{index + 1:06d}"

    def place_of(self, sku: str) -> int | None:
        """The place of a seeded SKU."""
        if sku in self.shared and self.shared[sku] < self.count:
            return self.shared[sku]
        digits = sku.removeprefix("GSE-")
        index = int(digits) - 1 if len(digits) == 6 and digits.isascii() and digits.isdigit() else -1
        return index if 0 <= index < self.count and self.sku(index) == sku else None

    def listing(self, index: int) -> Listing:
        """One seeded listing."""
        bits, record, again = mix(self.seed, index), self.record(index), index >= len(self.shelf)
        grade = GRADES.index(record.grade) if record.grade and not again else COPIED[bits & 15]
        sleeve = (
            GRADES.index(record.sleeve) if record.sleeve in GRADES and not again else min(8, grade + (bits >> 4) % 2)
        )
        started = LAST_STARTED - (self.count - 1 - index) * self.apart - (bits >> 20) % self.apart
        model = self.model(index)
        return Listing(
            index=index,
            id=FIRST_ITEM + index * STEP,
            title=title_of(record),
            sku=self.sku(index),
            cents=record.cents
            if record.cents and not again
            else _cents(mix(self.shelf[index % len(self.shelf)]), bits, grade),
            started=started,
            ends=started + MONTH,
            model=model,
            note=NOTES[bits >> 24 & 7],
            description=_described(record, NOTES[bits >> 24 & 7]),
            specifics=specifics(record, grade, sleeve),
            pictures=tuple(PICTURE.format(f"{mix(self.seed, index, side):016X}") for side in range(2 + bits % 2)),
            offer=str(FIRST_OFFER + index * 3) if model == INVENTORY else "",
            policies=POLICIES,
            modified=started,
        )


def title_of(record: Record) -> str:
    """Artist and album; what is sold here alone also says label and number, as far as 80 characters reach."""
    plain = f"{record.artist} - {record.title}"
    full = f"{plain} {record.type} {record.label} {record.catno}"
    return (plain if record.sku or len(full) > 80 else full)[:80]


def specifics(record: Record, grade: int, sleeve: int) -> Specifics:
    """The item specifics a careful seller fills in."""
    single = record.type == "Single"
    told = {
        "Artist": record.artist,
        "Release Title": record.title,
        "Record Label": record.label,
        "Catalog Number": record.catno,
        "Format": "Record",
        "Type": record.type,
        "Record Size": '12"',
        "Speed": "45 RPM" if single else "33 RPM",
        "Release Year": record.year,
        "Genre": record.genre,
        "Record Grading": GRADES[grade],
        "Sleeve Grading": GRADES[sleeve],
        "Country of Origin": record.country,
    }
    return tuple((name, (value[:65],)) for name, value in told.items() if value)


def _described(record: Record, note: str) -> str:
    facts = f"<li>{record.label}, {record.catno}</li><li>{record.country}, {record.year}</li>"
    return f"<p><b>{record.artist}</b>: {record.title}</p><ul>{facts}</ul><p>{note}</p>"


def _cents(worth: int, bits: int, grade: int) -> int:
    base = 1100 + worth % 4800 + (7000 if worth >> 16 & 15 == 0 else 0)
    whole = int(base * WORTH[grade] * (0.9 + (bits >> 12 & 15) / 75)) // 100
    return max(3, whole) * 100 + (99 if bits >> 33 & 1 else 50 if bits >> 34 & 1 else 0)
