"""What the Inventory API keeps: items by SKU and offers by id. Seeded ones are derived until somebody writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from instica.marketplaces.ebay.simulator.seed import FIRST_OFFER, PLACE, Seeds
from instica.marketplaces.ebay.simulator.store import FIRST_ITEM, STEP, Listing, Shelf
from instica.marketplaces.ebay.simulator.words import ACTIVE, CONDITION_ENUMS, INVENTORY, SITES

Body = dict[str, Any]


@dataclass(slots=True)
class Item:
    """An inventory item as it was sent."""

    sku: str
    body: Body
    locale: str = "en_US"
    groups: list[str] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        """What there is to ship."""
        stock: Body = (self.body.get("availability") or {}).get("shipToLocationAvailability") or {}
        return int(stock.get("quantity") or 0)

    @property
    def product(self) -> Body:
        """Title, texts, pictures."""
        product: Body = self.body.get("product") or {}
        return product


@dataclass(slots=True)
class Offer:
    """An offer as it was sent; ``place`` is its present or last listing, -1 when it never had one."""

    id: str
    sku: str
    body: Body
    published: bool = False
    place: int = -1


@dataclass(slots=True)
class Group:
    """An inventory item group: one page of many SKUs."""

    key: str
    body: Body


class Stock:
    """Items, offers and groups of one seller."""

    def __init__(self, shelf: Shelf, seeds: Seeds) -> None:
        self.shelf = shelf
        self.seeds = seeds
        self.items: dict[str, Item] = {}
        self.gone: set[str] = set()
        self.offers: dict[str, Offer] = {}
        self.dropped: set[str] = set()
        self.by_sku: dict[str, list[str]] = {}
        self.groups: dict[str, Group] = {}
        self.issued = 0
        self._seeded: list[int] | None = None
        self._swept: tuple[tuple[int, ...], list[str]] = ((), [])

    def item(self, sku: str) -> Item | None:
        """The item of a SKU."""
        if sku in self.items or sku in self.gone:
            return self.items.get(sku)
        listing = self._seeded_listing(sku)
        return Item(sku, item_body(listing)) if listing else None

    def keep(self, item: Item) -> None:
        """Store an item."""
        self.items[item.sku] = item
        self.gone.discard(item.sku)

    def drop(self, sku: str) -> None:
        """Delete an item."""
        self.items.pop(sku, None)
        self.gone.add(sku)

    def skus(self, start: int, stop: int) -> tuple[list[str], int]:
        """The SKUs from ``start`` to ``stop``, and how many there are in all."""
        if self._seeded is None:
            self._seeded = [index for index in range(self.seeds.count) if self.seeds.model(index) == INVENTORY]
        mark = (self.shelf.version, len(self.gone), len(self.items))
        if self._swept[0] != mark:
            seeded = [self.seeds.sku(index) for index in self._seeded if self._is_inventory(index)]
            known = set(seeded)
            skus = [sku for sku in seeded if sku not in self.gone]
            self._swept = (mark, skus + [sku for sku in self.items if sku not in known])
        return self._swept[1][start:stop], len(self._swept[1])

    def _is_inventory(self, index: int) -> bool:
        changed = self.shelf.changed.get(index)
        return changed is None or changed.model == INVENTORY

    def _seeded_listing(self, sku: str) -> Listing | None:
        index = self.seeds.place_of(sku)
        listing = self.shelf.at(index) if index is not None else None
        return listing if listing and listing.model == INVENTORY and listing.sku == sku else None

    def offer(self, offer_id: str) -> Offer | None:
        """The offer of an id."""
        if offer_id in self.offers or offer_id in self.dropped:
            return self.offers.get(offer_id)
        number = int(offer_id) - FIRST_OFFER if offer_id.isascii() and offer_id.isdigit() and len(offer_id) < 15 else -1
        index, rest = divmod(number, 3)
        if rest or not 0 <= index < self.seeds.count:
            return None
        listing = self.shelf.at(index)
        if listing.model != INVENTORY or listing.offer != offer_id:
            return None
        return Offer(offer_id, listing.sku, offer_body(listing), listing.status == ACTIVE, index)

    def offers_of(self, sku: str) -> list[Offer]:
        """All offers of a SKU."""
        found = [self.offers[each] for each in self.by_sku.get(sku, ()) if each in self.offers]
        listing = None if found or sku in self.gone else self._seeded_listing(sku)
        seeded = self.offer(listing.offer) if listing else None
        return [seeded] if seeded and seeded.id not in self.offers else found

    def keep_offer(self, offer: Offer) -> Offer:
        """Store an offer."""
        self.offers[offer.id] = offer
        ids = self.by_sku.setdefault(offer.sku, [])
        if offer.id not in ids:
            ids.append(offer.id)
        return offer

    def new_offer(self, sku: str, body: Body) -> Offer:
        """An offer with the next id."""
        self.issued += 1
        return self.keep_offer(Offer(str(FIRST_OFFER + (self.seeds.count + self.issued) * 3), sku, body))

    def drop_offer(self, offer: Offer) -> None:
        """Delete an offer."""
        self.offers.pop(offer.id, None)
        self.dropped.add(offer.id)

    def owner(self, listing: Listing) -> Offer | None:
        """The offer behind a listing."""
        return self.offer(listing.offer) if listing.offer else None


def item_body(listing: Listing) -> Body:
    """The inventory item a seeded listing was made from."""
    body: Body = {
        "availability": {"shipToLocationAvailability": {"quantity": listing.quantity}},
        "condition": CONDITION_ENUMS[listing.condition],
        "product": {
            "title": listing.title,
            "description": listing.description,
            "aspects": {name: list(values) for name, values in listing.specifics},
            "imageUrls": list(listing.pictures),
        },
    }
    if listing.note:
        body["conditionDescription"] = listing.note
    return body


def offer_body(listing: Listing) -> Body:
    """The offer a seeded listing was made from."""
    price = {"value": f"{(listing.cents or 0) / 100:.2f}", "currency": listing.currency}
    fulfilment, payment, returns = listing.policies
    return {
        "sku": listing.sku,
        "marketplaceId": SITES[listing.site].id,
        "format": "FIXED_PRICE",
        "availableQuantity": listing.quantity,
        "categoryId": listing.category,
        "listingDuration": "GTC",
        "merchantLocationKey": PLACE,
        "includeCatalogProductDetails": False,
        "pricingSummary": {"price": price},
        "listingPolicies": {
            "fulfillmentPolicyId": fulfilment,
            "paymentPolicyId": payment,
            "returnPolicyId": returns,
        },
    }


def place_of_listing(listing_id: int) -> int:
    """The place on the shelf of an item id."""
    return (listing_id - FIRST_ITEM) // STEP
