"""Brings what a batch of found offers must be compared with, in a handful of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from instica.catalog.bulk import Reading, key, many, unkeyed, unmoment
from instica.connections.models import Connection
from instica.imports.conflicts import Standing
from instica.imports.found import Found
from instica.imports.match import Books, Known, Strangers
from instica.inventory.models import Item
from instica.listings.models import Listing, Offer, Seen
from instica.people.models import Organization

MOST_STRANGERS = 100_000
IN_SHOP = (Seen.LIVE, Seen.HIDDEN)
KNOWN = ("uid", "shown", "condition_item", "sku", "barcode", "product__release", "product__artist__name")

NEWEST = Reading(
    "SELECT created FROM inventory_item WHERE organization_id = %s AND hidden_at IS NULL"
    " ORDER BY created DESC, uid LIMIT 1"
)
PAGES = Reading(
    "SELECT value, listing_id FROM listings_ref WHERE connection_id = %s AND kind = 'listing' AND value AMONG %s"
)
ITEMS = {
    on: Reading(
        "SELECT i.uid, COALESCE(i.name, p.title), i.condition_item, i.sku, i.barcode, p.release, a.name"  # noqa: S608
        " FROM inventory_item i JOIN catalog_product p ON p.uid = i.product_id"
        " LEFT JOIN catalog_artist a ON a.uid = p.artist_id"
        f" WHERE i.organization_id = %s AND i.{on} AMONG %s AND NOT i.{on} = '' AND i.hidden_at IS NULL"
    )
    for on in ("sku", "barcode")
}


@dataclass(slots=True)
class Batch:
    """What is known about a batch. ``pages`` are the listings by their id there, ``standings`` the offers."""

    books: Books
    pages: dict[str, uuid.UUID] = field(default_factory=dict)
    standings: dict[tuple[str, str], Standing] = field(default_factory=dict)


class Library:
    """Looks things up for one run over one shop; keeps in mind the items that are not in it yet."""

    def __init__(self, organization: Organization, connection: Connection, *, strangers: bool = True) -> None:
        self.organization = organization
        self.connection = connection
        self.look_at_strangers = strangers
        self.strangers = Strangers()
        self.known_until: dt.datetime | None = None

    def batch(self, found: Sequence[Found]) -> Batch:
        """Everything to compare these with."""
        if self.look_at_strangers:
            self._more_strangers()
        books = Books(
            by_sku=self._items("sku", {one.sku for one in found if one.sku}),
            by_barcode=self._items("barcode", {str(one.offer.get("barcode", "")) for one in found} - {""}),
            strangers=self.strangers,
        )
        batch = Batch(books)
        self._standings(batch, {one.remote_id for one in found})
        return batch

    def made_until(self, at: dt.datetime) -> None:
        """Every item made up to then is known, by whoever held the tally: the newest were made here, in this shop."""
        if self.known_until is None or at > self.known_until:
            self.known_until = at

    def _items(self, on: str, values: set[str]) -> dict[str, list[Known]]:
        if not values:
            return {}
        rows = sorted(ITEMS[on](key(self.organization.uid), many(values)))
        here = self._here([unkeyed(row[0]) for row in rows])
        found: dict[str, list[Known]] = defaultdict(list)
        for row in rows:
            uid, (title, grade, sku, barcode, release, artist) = unkeyed(row[0]), row[1:]
            known = Known(uid, title, grade, sku, barcode, release, here.get(uid, ""), artist or "")
            found[row[KNOWN.index(on)]].append(known)
        return found

    def _here(self, items: list[uuid.UUID]) -> dict[uuid.UUID, str]:
        if not items:
            return {}
        offers = Offer.objects.filter(item__in=items, listing__connection=self.connection, listing__seen__in=IN_SHOP)
        return dict(offers.values_list("item", "listing__remote_id"))

    def _strangers(self, items: QuerySet[Item]) -> QuerySet[Item]:
        here = Offer.objects.filter(item=OuterRef("pk"), listing__connection=self.connection)
        return items.filter(~Exists(here))

    def _more_strangers(self) -> None:
        """Items made since the last look; at first all of them."""
        newest = next((unmoment(created) for (created,) in NEWEST(key(self.organization.uid))), None)
        if newest is None or newest == self.known_until:
            return
        mine = Item.objects.filter(organization=self.organization)
        items = self._strangers(mine.filter(created__lte=newest))
        if self.known_until:
            items = items.filter(created__gt=self.known_until)
        named = items.annotate(shown=Coalesce("name", "product__title")).order_by("created", "uid")
        for row in named.values_list(*KNOWN)[: MOST_STRANGERS - len(self.strangers.items)].iterator(2000):
            uid, title, grade, sku, barcode, release, artist = row
            self.strangers.add(Known(uid, title, grade, sku, barcode, release, "", artist or ""))
        self.known_until = newest

    def _standings(self, batch: Batch, ids: set[str]) -> None:
        batch.pages = {value: unkeyed(page) for value, page in PAGES(key(self.connection.uid), many(ids))}
        if not batch.pages:
            return
        by_listing = {listing: value for value, listing in batch.pages.items()}
        offers = Offer.objects.filter(listing__in=by_listing).select_related("listing", "item", "item__product")
        for offer in offers:
            batch.standings[by_listing[offer.listing_id], offer.remote_id] = standing(offer)


def standing(offer: Offer) -> Standing:
    """An offer we know, as the comparison wants it."""
    page: Listing = offer.listing
    return Standing(
        listing=page.uid,
        offer=offer.uid,
        print=page.agreed,
        there={
            "currency": offer.currency,
            "price": offer.price,
            "quantity": offer.seen_quantity,
            "sku": offer.sku,
            "options": offer.options,
        },
        page=page.content,
        item=offer.item_id,
        ours=ours(offer.item) if offer.item else {},
    )


def ours(item: Item) -> dict[str, Any]:
    """An item's side of the comparison."""
    return {
        "title": item.name or item.product.title,
        "price": item.price,
        "currency": item.currency,
        "condition_item": item.condition_item,
        "condition_container": item.condition_container,
        "description": item.description,
        "location": item.location,
        "sku": item.sku,
        "quantity": item.quantity,
        "product": item.product_id,
    }
