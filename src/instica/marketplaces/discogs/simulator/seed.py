"""The shop a reset fills: grades, prices and notes that look real, and a few rows that are odd on purpose."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from random import Random

from instica.marketplaces.discogs.simulator.catalogue import FIRST_RELEASE, Catalogue, mix, records
from instica.marketplaces.discogs.simulator.store import CODES, STEP, Inventory, Listing
from instica.marketplaces.discogs.simulator.words import DRAFT, FOR_SALE, MEDIA

FIRST_LISTING = 4_312_040_117
LAST_POSTED = int(dt.datetime(2026, 9, 30, 18, 0, tzinfo=dt.UTC).timestamp())
SIX_HOURS = 6 * 3600
THREE_YEARS = 3 * 365 * 24 * 3600
SMALLEST_ODD = 20
GRADES = (0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 1, 2, 5)
WORTH = (1.7, 1.35, 1.0, 0.68, 0.45, 0.3, 0.2, 0.12)
ENDINGS = (0, 0, 50, 99, 99, 99, 95, 0)
NOTES = (
    "",
    "Plays through clean.",
    "Light hairlines from the inner sleeve, inaudible.",
    'A few surface marks, one soft tick on side B; otherwise "quiet".',
    "Corner dings, small split on the bottom seam.",
    "Visually graded under a lamp. Sleeve has light ring wear.",
    "Original inner sleeve included.",
    "Name in ink on the back cover, vinyl glossy.",
    "Cut-out notch in the top corner.",
    "Play graded: strong VG+, some crackle in the run-in.",
    "Shrink still on, hype sticker, opened along the edge.",
    "Lyric sheet and poster included.",
    "Price sticker residue on the front, could be cleaned.",
    "Deep groove labels. Flat, centred, no warp.",
    "Ex radio-station copy: stamp on the label, sleeve clean.",
    "Second owner; stored upright, smoke-free.",
)
CRATES = ("A", "B", "C", "D", "E", "F", "G", "H")


@dataclass(frozen=True, slots=True)
class Odd:
    """A listing that is odd on purpose: ``what`` of ``zero_price no_price missing_title duplicate_sku``."""

    listing_id: int
    what: str
    twin: int = 0

    def as_json(self) -> dict[str, object]:
        """As the control interface tells it."""
        shown: dict[str, object] = {"listing_id": self.listing_id, "odd": self.what}
        return {**shown, "twin": self.twin} if self.twin else shown


class Seeds:
    """Derives listing ``index`` of a shop of ``count``; the same for the same seed."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed = seed
        self.count = count
        self.apart = max(1, min(SIX_HOURS, THREE_YEARS // max(count, 1)))
        self.shelf = list(range(len(records())))
        Random(seed).shuffle(self.shelf)  # noqa: S311 - a shuffle that anyone may predict

    def listing(self, index: int) -> Listing:
        """One seeded listing."""
        bits = mix(self.seed, index)
        grade = GRADES[bits & 15]
        sleeve = min(7, max(0, grade + (bits >> 4) % 3 - 1))
        again, place = divmod(index, len(self.shelf))
        record = self.shelf[place]
        return Listing(
            index=index,
            id=FIRST_LISTING + index * STEP,
            release_id=FIRST_RELEASE + again * len(self.shelf) + record,
            status=_status(bits),
            condition=MEDIA[grade],
            sleeve_condition=MEDIA[sleeve] if bits >> 6 & 31 else "Generic",
            cents=_cents(mix(record), bits >> 12, grade),
            posted=LAST_POSTED - (self.count - 1 - index) * self.apart - (bits >> 20) % self.apart,
            comments=NOTES[bits >> 24 & 15],
            allow_offers=bool(bits >> 28 & 1),
            external_id=f"GSR-{index + 1:05d}" if bits >> 29 & 15 else "",
            location=f"Crate {CRATES[record % 8]}{1 + (bits >> 33) % 12}",
        )

    def statuses(self) -> bytes:
        """The status of every seeded listing, without making them."""
        return bytes(CODES[_status(mix(self.seed, index))] for index in range(self.count))

    def inventory(self) -> Inventory:
        """The shop, filled."""
        return Inventory(FIRST_LISTING, self.listing, self.statuses())


def _status(bits: int) -> str:
    return FOR_SALE if (bits >> 40) % 15 else DRAFT


def _cents(worth: int, bits: int, grade: int) -> int:
    """A price a shop would write: dearer records stay dear, a better grade costs more."""
    base = 900 + worth % 4200 + (6000 if worth >> 16 & 15 == 0 else 0)
    whole = int(base * WORTH[grade] * (0.9 + (bits & 15) / 75)) // 100
    return max(2, whole) * 100 + ENDINGS[bits >> 4 & 7]


def make_odd(inventory: Inventory, catalogue: Catalogue) -> list[Odd]:
    """Spoil three rows and give four a number that another one has; what was done is told."""
    count = len(inventory.statuses)
    if count < SMALLEST_ODD:
        return []
    at = [inventory.at(count * tenth // 10) for tenth in range(10)]
    inventory.change(at[1], cents=0, status=FOR_SALE)
    inventory.change(at[4], cents=None, status=FOR_SALE)
    inventory.change(at[7], status=FOR_SALE)
    if release := catalogue.get(at[7].release_id):
        catalogue.put(replace(release, title=""))
    odd = [Odd(at[1].id, "zero_price"), Odd(at[4].id, "no_price"), Odd(at[7].id, "missing_title")]
    for first, second in ((at[2], at[8]), (at[3], at[9])):
        sku = first.external_id or f"GSR-{first.index + 1:05d}"
        inventory.change(first, external_id=sku, status=FOR_SALE)
        inventory.change(second, external_id=sku, status=FOR_SALE)
        odd.append(Odd(second.id, "duplicate_sku", twin=first.id))
    return odd
