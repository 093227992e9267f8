"""Why an imported row cannot be taken back: sold, moved, edited, offered elsewhere, or changed by a newer import."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Max

from instica.catalog.models import Product
from instica.imports.models import Job, Row
from instica.inventory.models import Item, Move
from instica.listings.models import Listing, Offer
from instica.orders.models import Line, Settled

SOLD = (Settled.MOVED, Settled.GIVEN_BACK)


@dataclass(slots=True)
class Touched:
    """What is known about the items behind a batch of rows."""

    items: dict[uuid.UUID, Item] = field(default_factory=dict)
    sold: dict[uuid.UUID, dt.datetime] = field(default_factory=dict)
    sold_here: set[tuple[uuid.UUID, str]] = field(default_factory=set)
    moves: dict[uuid.UUID, list[Move]] = field(default_factory=lambda: defaultdict(list))
    offers: dict[uuid.UUID, list[Offer]] = field(default_factory=lambda: defaultdict(list))
    listings: dict[str, Listing] = field(default_factory=dict)
    newer: dict[uuid.UUID, str] = field(default_factory=dict)
    edited_products: set[uuid.UUID] = field(default_factory=set)

    def why(self, row: Row) -> str:
        """The reason, empty when it can be taken back."""
        item = self.items.get(row.item) if row.item else None
        if item is None:
            return "its item is gone"
        reasons = (
            (self._sold(row, item), "it was sold since"),
            (item.uid in self.newer, f"a newer import changed it ({self.newer.get(item.uid)})"),
            (self._moved(row, item), "its stock was changed since"),
            (self._edited(row, item), "it was edited since"),
            (self._elsewhere(row, item), "it is offered elsewhere too"),
        )
        return next((reason for holds, reason in reasons if holds), "")

    def _sold(self, row: Row, item: Item) -> bool:
        """Whether a sale was taken in since this row was, or waited for the offer it brought."""
        last, before = self.sold.get(item.uid), row.before or {}
        if last is None:
            return False
        brought = "linked" in before and before.get("offer", {}).get("item_id") != str(item.uid)
        since = row.created_item or row.processed is None or last > row.processed
        return since or (brought and (item.uid, row.remote_id) in self.sold_here)

    def _moved(self, row: Row, item: Item) -> bool:
        """Whether moves of others count since this row did; what was undone does not."""
        sums: dict[str, int] = defaultdict(int)
        for move in self.moves[item.uid]:
            if row.created_item or row.processed is None or move.at > row.processed:
                sums[move.reference.partition("/")[0]] += move.delta
        return any(delta for reason, delta in sums.items() if reason != row.uid.hex)

    def _edited(self, row: Row, item: Item) -> bool:
        after = (row.before or {}).get("after", {})
        if item.version != after.get("version", 1):
            return True
        page = self.listings.get(row.remote_id)
        if page is not None and "listing" in after and page.seen_version != after["listing"]:
            return True
        return row.created_item and item.product_id in self.edited_products

    def _elsewhere(self, row: Row, item: Item) -> bool:
        """Offers on other pages than this row's, made after it."""
        if not row.created_item:
            return False
        return any(offer.listing.remote_id != row.remote_id for offer in self.offers[item.uid])


def touched(job: Job, rows: Sequence[Row]) -> Touched:
    """Look at everything behind these rows at once."""
    uids = {row.item for row in rows if row.item}
    known = Touched()
    known.items = {item.uid: item for item in Item.every.filter(pk__in=uids).select_related("product")}
    sold = Line.objects.filter(item__in=uids, settled__in=SOLD)
    known.sold = dict(sold.values_list("item").annotate(Max("order__created")))
    here = sold.filter(connection=job.connection_id, offer__isnull=False)
    known.sold_here = set(here.values_list("item", "offer__listing__remote_id"))
    for move in Move.objects.filter(item__in=uids):
        known.moves[move.item_id].append(move)
    for offer in Offer.objects.filter(item__in=uids).select_related("listing"):
        if offer.item_id:
            known.offers[offer.item_id].append(offer)
    pages = Listing.objects.filter(connection_id=job.connection_id, remote_id__in={row.remote_id for row in rows})
    known.listings = {page.remote_id: page for page in pages}
    newer = Row.objects.filter(
        job__organization_id=job.organization_id,
        job__created__gt=job.created,
        status="imported",
        item__in=uids,
    ).select_related("job")
    known.newer = {row.item: row.job.public_id for row in newer if row.item}
    products = {item.product_id for item in known.items.values()}
    known.edited_products = set(
        Product.objects.filter(pk__in=products, created__gte=job.created, version__gt=1).values_list("pk", flat=True)
    )
    return known
