"""The shop a reset fills: prints that look real, and rows that are odd on purpose."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from instica.marketplaces.shopify.simulator import store
from instica.marketplaces.shopify.simulator.store import Catalogue, Level, Picture, Product, Variant, variant_id

MAIN, BACK_ROOM = 76_120_400_301, 76_120_400_302
CLOSED = 76_120_400_303
MASK = (1 << 64) - 1
LAST_CREATED = int(dt.datetime(2026, 9, 30, 18, 0, tzinfo=dt.UTC).timestamp())
APART = 4 * 3600
SMALLEST_ODD = 20
MANY_PICTURES = 60
FRAMES = ("Black", "Oak", "White")
FRAMED, PER_FRAME = 3_500, 600
TEXTS = (
    "Printed on 230 g cotton paper with pigment inks that do not fade.",
    "Trimmed by hand, shipped in a stiff tube. Leave a white border for the frame.",
    "From an edition made in our own workshop; small differences are part of it.",
    "Colours are checked against the original plate. Ships within two days.",
)
SCRIPT = '<p>Signed by hand.</p><script>alert("x")</script><img src="x" onerror="alert(1)"><p>Edition of 40.</p>'


@dataclass(frozen=True, slots=True)
class Odd:
    """A product that is odd on purpose, and what is odd about it."""

    product_id: int
    what: str
    twin: int = 0

    def as_json(self) -> dict[str, object]:
        """As the control interface tells it."""
        shown: dict[str, object] = {"listing_id": self.product_id, "odd": self.what}
        return {**shown, "twin": self.twin} if self.twin else shown


def mix(*parts: int) -> int:
    """64 well-stirred bits out of small numbers, the same everywhere."""
    bits = 0x9E3779B97F4A7C15
    for part in parts:
        bits = (bits ^ part) * 0xBF58476D1CE4E5B9 & MASK
        bits ^= bits >> 29
    bits = bits * 0x94D049BB133111EB & MASK
    return bits ^ bits >> 32


@cache
def prints() -> tuple[dict[str, str], ...]:
    """The rows of ``prints.csv``."""
    with (Path(__file__).parent / "prints.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def slug(title: str) -> str:
    """A handle out of a title."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "product"


@dataclass(frozen=True, slots=True)
class Seeds:
    """Derives product ``index`` of a shop of ``count``; the same for the same seed."""

    seed: int
    count: int

    def product(self, index: int) -> Product:
        """One seeded product: the shop's prints, then the same prints framed, which are sold nowhere else."""
        bits = mix(self.seed, index)
        again, place = divmod(index, len(prints()))
        row = prints()[place]
        title = row["title"] + (f", framed, edition {again}" if again else "")
        created = LAST_CREATED - (self.count - 1 - index) * APART - (bits >> 20) % APART
        choosing = again > 0 and index % 4 == 3
        return Product(
            index=index,
            id=store.product_id(index),
            title=title,
            handle=f"{slug(title)}-{index + 1}",
            status="ACTIVE",
            variants=self._variants(index, bits, _cents(row, index, framed=again > 0), choosing, created),
            options=(("Frame", FRAMES),) if choosing else store.NO_OPTIONS,
            html=f"<p>{TEXTS[bits >> 24 & 3]}</p>",
            vendor="Greenstreet Prints",
            kind="Framed print" if again else "Art print",
            tags=tuple(sorted({row["tag"], "wall art", row["size"]}, key=str.lower)),
            pictures=_pictures(index, title, 1 + (bits >> 30) % 3),
            created=created,
            updated=created + 3600,
            published=created + 60,
            next_variant=len(FRAMES) if choosing else 1,
        )

    def _variants(self, index: int, bits: int, cents: int, choosing: bool, created: int) -> tuple[Variant, ...]:
        names = FRAMES if choosing else (store.DEFAULT_VALUE,)
        known = sku_of(index)
        return tuple(
            Variant(
                id=variant_id(index, number),
                options=(name,),
                cents=cents + number * PER_FRAME,
                sku=f"{known}-{name[0]}" if known and choosing else known,
                tracked=True,
                grams=180 + 90 * number,
                cost_cents=cents // 3,
                levels=_levels(1 if index == 0 else 1 + (bits >> 33 + 4 * number) % 12, bits, created),
                updated=created + 3600,
            )
            for number, name in enumerate(names)
        )


def sku_of(index: int) -> str:
    """The prints that other shops sell too all have one; of those sold here alone a third has none."""
    if index < len(prints()):
        return f"GSP-{index + 1:04d}"
    return "" if index % 3 == 2 else f"GSF-{index + 1:05d}"


def _cents(row: dict[str, str], index: int, *, framed: bool) -> int:
    """What it costs; now and then a little more than elsewhere."""
    return round(float(row["price"]) * 100) + (FRAMED if framed else 0) + (200 if index % 7 == 3 else 0)


def _levels(pieces: int, bits: int, at: int) -> tuple[tuple[int, Level], ...]:
    """Most lies on the main shelf; now and then some of it in the back room."""
    back = pieces // 3 if bits >> 50 & 7 == 0 else 0
    main = ((MAIN, Level(pieces - back, updated=at)),)
    return (*main, (BACK_ROOM, Level(back, updated=at))) if back else main


def _pictures(index: int, title: str, count: int) -> tuple[Picture, ...]:
    first = store.FIRST_MEDIA + index * 64
    return tuple(
        Picture(first + number, f"/s/files/1/0812/4400/files/print-{index + 1}-{number + 1}.jpg", title)
        for number in range(count)
    )


def make_odd(catalogue: Catalogue, *, huge: bool) -> list[Odd]:
    """Spoil a few rows; what was done is told."""
    if catalogue.count < SMALLEST_ODD:
        return []
    at = [_sure(catalogue, catalogue.count * part // 20) for part in range(20)]
    odd = [_changed(catalogue, at[number], what) for number, what in enumerate(PLAIN, start=4)]
    twin, other = at[2], at[3]
    sku = "GSP-TWIN"
    for product in (twin, other):
        catalogue.put_variant(product, replace(product.variants[0], sku=sku))
    odd.append(Odd(other.id, "duplicate_sku", twin=twin.id))
    odd.append(_many(catalogue, at[18], 100, "hundred_variants"))
    if huge:
        odd.append(_many(catalogue, at[19], 2_048, "most_variants"))
    return odd


def _sure(catalogue: Catalogue, index: int) -> Product:
    product = catalogue.at(index)
    if product is None:
        raise LookupError(index)
    return product


PLAIN = (
    "zero_price",
    "draft",
    "archived",
    "unlisted",
    "unpublished",
    "sold_out",
    "script",
    "untracked",
    "continue",
    "gift_card",
    "bundle",
    "no_picture",
    "many_pictures",
    "shared_barcode",
)


def _changed(catalogue: Catalogue, product: Product, what: str) -> Odd:
    first = product.variants[0]
    empty = tuple((place, replace(level, available=0)) for place, level in first.levels)
    statuses = {"draft": "DRAFT", "archived": "ARCHIVED", "unlisted": "UNLISTED"}
    if what in statuses:
        catalogue.change(product, status=statuses[what])
    elif what == "unpublished":
        catalogue.change(product, published=None)
    elif what == "script":
        catalogue.change(product, html=SCRIPT)
    elif what == "gift_card":
        catalogue.change(product, gift_card=True)
    elif what == "no_picture":
        catalogue.change(product, pictures=())
    elif what == "many_pictures":
        catalogue.change(product, pictures=_pictures(product.index, product.title, MANY_PICTURES))
    elif what == "sold_out":
        emptied = tuple(replace(each, levels=empty) for each in product.variants)
        catalogue.change(product, variants=emptied)
    else:
        catalogue.put_variant(product, _odd_variant(first, what))
    return Odd(product.id, what)


def _odd_variant(variant: Variant, what: str) -> Variant:
    if what == "zero_price":
        return replace(variant, cents=0)
    if what == "untracked":
        return replace(variant, tracked=False)
    if what == "continue":
        return replace(variant, policy="CONTINUE")
    if what == "bundle":
        return replace(variant, bundle=True)
    return replace(variant, barcode="5099902154725")


def _many(catalogue: Catalogue, product: Product, count: int, what: str) -> Odd:
    """A product with so many sizes and papers that one page of variants does not hold them."""
    papers = tuple(f"Paper {number + 1}" for number in range(count // 4))
    sizes = ("A4", "A3", "A2", "A1")
    variants = tuple(
        replace(
            product.variants[0],
            id=variant_id(product.index, number),
            options=(sizes[number % 4], papers[number // 4]),
            sku=f"GSP-{product.index + 1:04d}-{number + 1}",
            levels=((MAIN, Level(1 + number % 5, updated=product.created)),),
        )
        for number in range(count)
    )
    options = (("Size", sizes), ("Paper", papers))
    catalogue.change(product, options=options, variants=variants, next_variant=count)
    return Odd(product.id, what)
