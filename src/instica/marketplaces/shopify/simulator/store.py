"""What the shop holds: products with variants and stock. Seeded ones are derived when looked at, changed ones kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

FIRST_PRODUCT = 8_312_400_110_000
PRODUCT_STEP = 32
FIRST_VARIANT = 44_120_050_000_000
ITEM_OFFSET = 2_050_000_000_000
MOST_VARIANTS = 4_096
FIRST_MEDIA = 33_510_700_000_000
FIRST_OPTION = 10_620_000_000_000
DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"
Options = tuple[tuple[str, tuple[str, ...]], ...]
NO_OPTIONS: Options = ((DEFAULT_OPTION, (DEFAULT_VALUE,)),)


@dataclass(frozen=True, slots=True)
class Level:
    """An item's stock at one location. ``available`` may be negative; ``active`` false keeps the old figures."""

    available: int
    committed: int = 0
    active: bool = True
    updated: int = 0

    @property
    def on_hand(self) -> int:
        """Everything that lies there."""
        return self.available + self.committed


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing for sale. ``cents`` are hundredths of the shop's currency, whatever its digits."""

    id: int
    options: tuple[str, ...]
    cents: int
    sku: str = ""
    barcode: str = ""
    compare_cents: int | None = None
    policy: str = "DENY"
    tracked: bool = False
    ships: bool = True
    grams: int = 0
    cost_cents: int | None = None
    bundle: bool = False
    levels: tuple[tuple[int, Level], ...] = ()
    updated: int = 0

    @property
    def item_id(self) -> int:
        """Its inventory item."""
        return self.id + ITEM_OFFSET

    def level(self, location: int) -> Level | None:
        """Its stock at a location."""
        return dict(self.levels).get(location)

    def with_level(self, location: int, level: Level) -> Variant:
        """A copy with that stock there."""
        return replace(self, levels=tuple({**dict(self.levels), location: level}.items()))


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture. ``ready_at`` is when Shopify will have processed it, in seconds since the epoch."""

    id: int
    source: str
    alt: str = ""
    width: int = 1600
    height: int = 2000
    ready_at: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """One product page. ``published`` is when it went onto the online store, ``None`` when it is not on it."""

    index: int
    id: int
    title: str
    handle: str
    status: str
    variants: tuple[Variant, ...]
    options: Options = NO_OPTIONS
    html: str = ""
    vendor: str = ""
    kind: str = ""
    tags: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    created: int = 0
    updated: int = 0
    published: int | None = None
    gift_card: bool = False
    next_variant: int = 0

    @property
    def is_simple(self) -> bool:
        """Whether it has only the variant every product has."""
        return [name for name, _ in self.options] == [DEFAULT_OPTION] and len(self.variants) == 1


@dataclass(slots=True)
class Catalogue:
    """All products the shop ever had; ``changed`` holds ``None`` for the deleted."""

    make: Callable[[int], Product] = field(repr=False)
    count: int = 0
    changed: dict[int, Product | None] = field(default_factory=dict)
    handles: dict[str, int] = field(default_factory=dict)
    seeded: int = 0
    by_seed: Callable[[str], int | None] = field(default=lambda handle: None, repr=False)

    def at(self, index: int) -> Product | None:
        """The product at a place, unless it is deleted."""
        if index in self.changed:
            return self.changed[index]
        return self.make(index) if 0 <= index < self.seeded else None

    def get(self, product_id: int) -> Product | None:
        """The product of that id."""
        index, rest = divmod(product_id - FIRST_PRODUCT, PRODUCT_STEP)
        return None if rest else self.at(index)

    def of_variant(self, variant_id: int) -> tuple[Product, Variant] | None:
        """A variant with its product."""
        product = self.at((variant_id - FIRST_VARIANT) // MOST_VARIANTS)
        found = [each for each in product.variants if each.id == variant_id] if product else []
        return (product, found[0]) if product and found else None

    def of_item(self, item_id: int) -> tuple[Product, Variant] | None:
        """The variant an inventory item belongs to."""
        return self.of_variant(item_id - ITEM_OFFSET)

    def of_handle(self, handle: str) -> Product | None:
        """The product of that handle."""
        index = self.handles.get(handle)
        index = self.by_seed(handle) if index is None else index
        product = None if index is None else self.at(index)
        return product if product and product.handle == handle else None

    def put(self, product: Product) -> Product:
        """Keep a changed or new product."""
        self.changed[product.index] = product
        self.handles[product.handle] = product.index
        self.count = max(self.count, product.index + 1)
        return product

    def change(self, product: Product, **changes: Any) -> Product:
        """Keep a changed copy."""
        return self.put(replace(product, **changes))

    def put_variant(self, product: Product, variant: Variant, **changes: Any) -> Product:
        """Keep a product with one of its variants changed."""
        variants = tuple(variant if each.id == variant.id else each for each in product.variants)
        return self.change(product, variants=variants, **changes)

    def drop(self, product: Product) -> None:
        """Delete it."""
        self.changed[product.index] = None

    def every(self) -> Iterator[Product]:
        """All products, by id, as they are while they are asked for."""
        for index in range(self.count):
            if product := self.at(index):
                yield product

    def backwards(self) -> Iterator[Product]:
        """The same from the newest on."""
        for index in range(self.count - 1, -1, -1):
            if product := self.at(index):
                yield product


def product_id(index: int) -> int:
    """The id of the product at a place."""
    return FIRST_PRODUCT + index * PRODUCT_STEP


def variant_id(index: int, number: int) -> int:
    """The id of its variant number ``number``."""
    return FIRST_VARIANT + index * MOST_VARIANTS + number
