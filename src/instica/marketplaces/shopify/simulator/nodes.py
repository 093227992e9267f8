"""What GraphQL hands around: rows of the store together with what they belong to, found again by their global ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from instica.marketplaces.shopify.simulator.hooks import Subscription
from instica.marketplaces.shopify.simulator.ledger import BulkJob, Line, Order, Parcel
from instica.marketplaces.shopify.simulator.site import Location, Shop, Site, number_in
from instica.marketplaces.shopify.simulator.store import Level, Picture, Product, Variant

FULFIL_OFFSET = 1_310_000_000_000


@dataclass(frozen=True, slots=True)
class Sold:
    """A variant of a product."""

    product: Product
    variant: Variant


@dataclass(frozen=True, slots=True)
class Item:
    """The inventory item behind a variant."""

    product: Product
    variant: Variant


@dataclass(frozen=True, slots=True)
class Shelf:
    """An item's stock at a location."""

    item: Item
    location: int
    level: Level


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a product, as it stands now."""

    picture: Picture
    status: str
    origin: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A sales channel's list of products."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line with its order."""

    order: Order
    line: Line


@dataclass(frozen=True, slots=True)
class Work:
    """A fulfilment order: what one location ships of an order."""

    order: Order
    location: int

    @property
    def id(self) -> int:
        """Made of the order's and the place's."""
        return self.order.id + FULFIL_OFFSET + self.location % 64

    @property
    def lines(self) -> list[Line]:
        """What is to be shipped from there."""
        return [line for line in self.order.lines if line.location == self.location and line.quantity]

    @property
    def status(self) -> str:
        """How far it is."""
        if self.order.cancelled and not any(line.fulfilled for line in self.lines):
            return "CANCELLED"
        if all(line.fulfilled >= line.current for line in self.lines):
            return "CLOSED"
        if self.order.held:
            return "ON_HOLD"
        return "IN_PROGRESS" if any(line.fulfilled for line in self.lines) else "OPEN"


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A line of a fulfilment order."""

    work: Work
    line: Line


@dataclass(frozen=True, slots=True)
class Sent:
    """A parcel with its order."""

    order: Order
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Job:
    """Something that takes a while."""

    id: str
    done_at: float


@dataclass(frozen=True, slots=True)
class Category:
    """Where a product stands in the taxonomy."""

    id: str
    name: str
    full: str


def _category(place: str, full: str) -> Category:
    return Category(f"gid://shopify/TaxonomyCategory/{place}", full.rpartition(" > ")[2], full)


PRINTS = _category("hg-3-4-2", "Home & Garden > Decor > Artwork > Prints")
# A few places of Shopify's taxonomy; but for that of the prints their ids are this simulator's own.
TAXONOMY = (
    PRINTS,
    _category("hg-3-4-2-1", "Home & Garden > Decor > Artwork > Prints > Posters"),
    _category("me-3-4", "Media > Music & Sound Recordings > Vinyl Records"),
    _category("lb-13", "Luggage & Bags > Shopping Totes"),
    _category("aa-1-13-8", "Apparel & Accessories > Clothing > Clothing Tops > T-Shirts"),
)


def works(order: Order, now: float) -> list[Work]:
    """The fulfilment orders of an order; none until it was routed."""
    if now < order.routed:
        return []
    return [Work(order, place) for place in dict.fromkeys(line.location for line in order.lines)]


def shelves(item: Item, *, inactive: bool) -> list[Shelf]:
    """Where an item lies."""
    rows = [Shelf(item, place, level) for place, level in item.variant.levels]
    return [row for row in rows if inactive or row.level.active]


def sold(product: Product) -> list[Sold]:
    """All variants, by position."""
    return [Sold(product, variant) for variant in product.variants]


def find(site: Site, text: str, origin: str = "") -> Any:
    """The object behind a global id; ``None`` when there is none."""
    kind = text.removeprefix("gid://shopify/").partition("/")[0]
    number = number_in(text, kind)
    if number is None:
        return None
    simple = {
        "Shop": {site.shop.id: site.shop},
        "Location": site.locations,
        "Order": site.orders,
        "BulkOperation": site.bulk,
    }
    if kind in simple:
        return simple[kind].get(number)  # type: ignore[attr-defined]
    if kind == "Product":
        return site.catalogue.get(number)
    if kind == "ProductVariant":
        found = site.catalogue.of_variant(number)
        return Sold(*found) if found else None
    if kind == "InventoryItem":
        found = site.catalogue.of_item(number)
        return Item(*found) if found else None
    return _rare(site, kind, number, text)


def _rare(site: Site, kind: str, number: int, text: str) -> Any:
    if kind == "InventoryLevel":
        item_number = text.partition("?inventory_item_id=")[2]
        found = site.catalogue.of_item(int(item_number)) if item_number.isdigit() else None
        rows = shelves(Item(*found), inactive=True) if found else []
        return next((row for row in rows if row.location == number), None)
    if kind == "FulfillmentOrder":
        return next((work for work in every_work(site) if work.id == number), None)
    if kind == "Fulfillment":
        parcels = (Sent(order, parcel) for order in site.orders.values() for parcel in order.parcels)
        return next((sent for sent in parcels if sent.parcel.id == number), None)
    if kind == "WebhookSubscription":
        return site.hooks.subscriptions.get(number)
    if kind == "Publication":
        return next((each for each in publications() if each.id == number), None)
    return None


def every_work(site: Site) -> Iterator[Work]:
    """All fulfilment orders of the shop."""
    for order in site.orders.values():
        yield from works(order, site.now)


def publications() -> tuple[Publication, ...]:
    """The shop's sales channels."""
    return Publication(104_220_310_001, "Online Store"), Publication(104_220_310_002, "Point of Sale")


def of_handle(site: Site, identifier: dict[str, Any]) -> Product | None:
    """The product an identifier means."""
    if identifier.get("id"):
        number = number_in(identifier["id"], "Product")
        return site.catalogue.get(number) if number else None
    return site.catalogue.of_handle(str(identifier.get("handle") or ""))


KINDS: dict[type, str] = {
    Product: "Product",
    Sold: "ProductVariant",
    Item: "InventoryItem",
    Shelf: "InventoryLevel",
    Shown: "MediaImage",
    Publication: "Publication",
    OrderLine: "LineItem",
    Order: "Order",
    Work: "FulfillmentOrder",
    WorkLine: "FulfillmentOrderLineItem",
    Sent: "Fulfillment",
    Location: "Location",
    Shop: "Shop",
    BulkJob: "BulkOperation",
    Subscription: "WebhookSubscription",
    Job: "Job",
}


def kind_of(value: Any) -> str:
    """The name of the type behind a value; what is a plain dictionary says it itself."""
    return str(value["__typename"]) if isinstance(value, dict) else KINDS[type(value)]
