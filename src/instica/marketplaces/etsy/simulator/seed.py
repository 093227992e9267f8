"""The shop a reset fills: a print seller's stock, and a few rows that are odd on purpose."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

from instica.marketplaces.etsy.simulator.store import (
    CODES,
    STEP,
    Inventory,
    Listing,
    Offering,
    Picture,
    Product,
    Stock,
    Value,
)
from instica.marketplaces.etsy.simulator.words import ACTIVE, DRAFT, EXPIRED, INACTIVE, SOLD_OUT

FIRST_LISTING = 1_840_552_117
FIRST_SECTION = 40_110_201
LAST_CREATED = int(dt.datetime(2026, 9, 30, 18, 0, tzinfo=dt.UTC).timestamp())
FOUR_MONTHS = 120 * 86_400
SIX_HOURS, THREE_YEARS = 6 * 3600, 3 * 365 * 86_400
SMALLEST_ODD = 20
SHIPPING, RETURNS, READY, TO_ORDER = 188_204_511_203, 1_102_334_872, 1_402_336_022_581, 1_402_336_022_608
TAXONOMY = 2078
SIZES, FRAMES = ("A5", "A4", "A3", "A2", "50x70 cm"), ("Unframed", "Oak", "Black", "White")
EVEN = (ACTIVE, SOLD_OUT, INACTIVE, DRAFT, EXPIRED)
EVEN_FROM = 20_000
SPREAD = (ACTIVE,) * 70 + (SOLD_OUT,) * 12 + (INACTIVE,) * 6 + (DRAFT,) * 6 + (EXPIRED,) * 6
SIZE, FRAME = 513, 514
NOTES = (
    "Giclée print on 200 gsm matte paper, made with pigment inks that do not fade.",
    "Printed in our studio on recycled cotton paper. Frame not included.",
    "Sent rolled in a sturdy tube. Colours may differ slightly from your screen.",
    'Signed on the back by the artist; "first edition" of fifty.',
)


@dataclass(frozen=True, slots=True)
class Odd:
    """A listing that is odd on purpose, and how."""

    listing_id: int
    what: str
    twin: int = 0

    def as_json(self) -> dict[str, object]:
        """As the control interface tells it."""
        shown: dict[str, object] = {"listing_id": self.listing_id, "odd": self.what}
        return {**shown, "twin": self.twin} if self.twin else shown


@cache
def records() -> tuple[dict[str, str], ...]:
    """The prints of the shop."""
    with (Path(__file__).parent / "records.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def sections() -> tuple[str, ...]:
    """The shelves of the shop, in their order."""
    return tuple(dict.fromkeys(record["section"] for record in records()))


def mix(*numbers: int) -> int:
    """64 bits that look random and are the same for the same numbers."""
    text = ",".join(map(str, numbers)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


class Seeds:
    """Derives listing ``index`` of a shop of ``count``; the same for the same seed."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed = seed
        self.count = count
        self.apart = max(1, min(SIX_HOURS, THREE_YEARS // max(count, 1)))

    def listing(self, index: int) -> Listing:
        """One seeded listing."""
        bits = mix(self.seed, index)
        again, place = divmod(index, len(records()))
        record = records()[place]
        number, state = FIRST_LISTING + index * STEP, self.state(index)
        created = LAST_CREATED - (self.count - 1 - index) * self.apart
        quantity = 0 if state == SOLD_OUT else 1 + bits % 12
        return Listing(
            index=index,
            id=number,
            state=state,
            title=record["title"] + (f", edition {again + 1}" if again else ""),
            description=NOTES[bits >> 8 & 3],
            stock=single(number, sku_of(index), quantity, round(float(record["price"]) * 100)),
            created=created,
            updated=created,
            ending=created + FOUR_MONTHS,
            section=FIRST_SECTION + sections().index(record["section"]) * 3 if bits >> 10 & 15 else None,
            pictures=tuple(Picture(number * 10 + each) for each in range(1 + (bits >> 14) % 3)),
            tags=(record["tag"], "wall art", record["size"]),
            materials=("paper", "ink"),
            more=plain(),
        )

    def state(self, index: int) -> str:
        """The state of one seeded listing; large shops are spread evenly, since no state shows more than 12 100."""
        if self.count >= EVEN_FROM:
            return EVEN[mix(self.seed, index, 1) % len(EVEN)]
        return SPREAD[mix(self.seed, index, 1) % len(SPREAD)]

    def inventory(self) -> Inventory:
        """The shop, filled."""
        states = bytes(CODES[self.state(index)] for index in range(self.count))
        return Inventory(FIRST_LISTING, self.listing, states)


def sku_of(index: int) -> str:
    """A third of the prints has no SKU here."""
    return "" if index % 3 == 2 else f"GSP-{index + 1:04d}"


def plain() -> tuple[tuple[str, object], ...]:
    """The fields every seeded listing shares."""
    fields = {"who_made": "i_did", "when_made": "made_to_order", "is_supply": False, "taxonomy_id": TAXONOMY}
    profiles = {"shipping_profile_id": SHIPPING, "return_policy_id": RETURNS, "should_auto_renew": False}
    return tuple({**fields, **profiles}.items())


def single(number: int, sku: str, quantity: int, cents: int | None) -> Stock:
    """The inventory of a listing without variations."""
    return Stock((Product(number * 100, sku, Offering(number * 100 + 1, quantity, cents, readiness=READY)),))


def varied(number: int, sku: str, sizes: tuple[str, ...], frames: tuple[str, ...], cents: int) -> Stock:
    """One product for every size and frame; the price depends on the size, the stock on both."""
    made = []
    for place, (size, frame) in enumerate((size, frame) for size in sizes for frame in frames):
        at = sizes.index(size)
        values = (
            Value(SIZE, "Size", number * 1000 + at + 1, size),
            Value(FRAME, "Frame", number * 1000 + 500 + frames.index(frame), frame),
        )
        offering = Offering(number * 1000 + place * 2 + 1, 1 + place % 4, cents + at * 350, readiness=READY)
        made.append(Product(number * 1000 + place * 2, f"{sku}-{place + 1:03d}" if sku else "", offering, values))
    return Stock(tuple(made), ((SIZE,), (SIZE, FRAME), (SIZE, FRAME), ()))


def make_odd(inventory: Inventory) -> list[Odd]:
    """Spoil a few rows; what was done is told."""
    count = len(inventory.states)
    if count < SMALLEST_ODD:
        return []
    at = [inventory.at(count * part // 20) for part in range(20)]
    odd = [Odd(at[1].id, "zero_price"), Odd(at[2].id, "no_price"), Odd(at[3].id, "missing_title")]
    inventory.change(at[1], state=DRAFT, stock=single(at[1].id, "GSP-ZERO", 1, 0))
    inventory.change(at[2], state=DRAFT, stock=single(at[2].id, "GSP-NONE", 1, None))
    inventory.change(at[3], state=DRAFT, title="")
    for first, second in ((at[4], at[14]), (at[5], at[15])):
        for each in (first, second):
            stock = single(each.id, f"GSP-{first.index + 1:04d}", 2, each.stock.cents)
            inventory.change(each, state=ACTIVE, stock=stock)
        odd.append(Odd(second.id, "duplicate_sku", twin=first.id))
    sized = varied(at[6].id, "GSP-VAR", SIZES, FRAMES, 1800)
    hundred = varied(at[7].id, "GSP-BIG", tuple(f"{side}x{side} cm" for side in range(10, 35)), FRAMES, 1500)
    html = '<p onclick="steal()">Printed &amp; signed.</p><script>alert("x")</script> 30 < 40'
    inventory.change(at[6], state=ACTIVE, stock=sized)
    inventory.change(at[7], state=ACTIVE, stock=hundred)
    inventory.change(at[8], state=ACTIVE, description=html, stock=restocked(at[8], 40))
    inventory.change(at[9], state=ACTIVE, title="Dad\"s & Mum's <Print>", stock=restocked(at[9], 3))
    found = ("variations", "hundred_variations", "html", "escaped_title")
    return [*odd, *(Odd(each.id, what) for each, what in zip(at[6:10], found, strict=True))]


def restocked(listing: Listing, quantity: int) -> Stock:
    """The same with that many of its only product."""
    product = listing.stock.products[0]
    return replace(listing.stock, products=(replace(product, offering=replace(product.offering, quantity=quantity)),))
