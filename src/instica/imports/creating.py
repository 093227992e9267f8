"""Makes what is new in a batch: products, items, their first stock, and the listings they are sold on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from instica.catalog import services as catalog
from instica.catalog.bulk import Reading, document, fresh, key, many, moment
from instica.catalog.rows import PRODUCTS, product
from instica.imports import found as stored
from instica.imports import linking
from instica.imports.conflicts import Standing
from instica.imports.found import Found
from instica.imports.linking import Place
from instica.imports.models import Job
from instica.inventory import services as inventory
from instica.inventory import wording
from instica.inventory.models import Cause, Status
from instica.inventory.rows import IMAGES, ITEMS, MOVES, item
from instica.listings.models import Offer, Seen, Wanted
from instica.listings.rows import LISTINGS, OFFERS, REFS, listing

MOST_IMAGES = 20
LISTED, READY, IMPORT = Status.LISTED.value, Status.READY.value, Cause.IMPORT.value
LIVE, WANTED, DRAFT = Seen.LIVE.value, Wanted.LIVE.value, Wanted.DRAFT.value
OF_RELEASES = Reading(
    "SELECT uid, release FROM catalog_product WHERE organization_id = %s AND release AMONG %s AND NOT release = ''"
    " AND hidden_at IS NULL"
)


class New(NamedTuple):
    """A row that becomes an item. ``page`` is its listing when we know that already, ``standing`` its offer."""

    row: uuid.UUID
    key: Any
    found: Found
    page: uuid.UUID | None
    standing: Standing | None
    sku: str


@dataclass(slots=True)
class Shelf:
    """A product under construction, with the counts its new items give it."""

    uid: Any
    found: Found
    new: bool
    total: int = 0
    listed: int = 0
    available: int = 0
    low: int | None = None


@dataclass(slots=True)
class Made:
    """What had to be made on the way, by the row that first needed it: for undo."""

    by_row: dict[uuid.UUID, list[str]] = field(default_factory=dict)
    before: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    products: int = 0


class Creation:
    """Writes one batch of new items with a fixed number of statements. The caller holds the tally."""

    def __init__(self, job: Job, number: int, at: dt.datetime) -> None:
        self.job = job
        self.number = number
        self.organization = key(job.organization_id)
        self.connection = key(job.connection_id)
        self.now, self.at = at, moment(at)
        self.baseline = moment(job.walked or job.created)
        self.made = Made()
        self.shelves: dict[str, Shelf] = {}
        self.pages: dict[str, Any] = {}
        self.rows: dict[str, list[tuple[Any, ...]]] = {
            name: [] for name in ("items", "images", "moves", "listings", "offers", "refs")
        }

    def write(self, new: Sequence[New]) -> Made:
        """Make them all; what was made beside the rows' own things is told."""
        if not new:
            return self.made
        self._find_products(new)
        artists = catalog.artists(self.job.organization, {str(one.found.page.get("artist", ""))[:300] for one in new})
        labels = catalog.labels(self.job.organization, {str(one.found.page.get("label", ""))[:300] for one in new})
        self._remember(new, artists, labels)
        for one in new:
            self._item(one)
            self._page(one)
        fresh = [shelf for shelf in self.shelves.values() if shelf.new]
        PRODUCTS.insert([self._product(shelf, artists, labels) for shelf in fresh])
        for table, rows in (
            *((ITEMS, self.rows["items"]), (IMAGES, self.rows["images"]), (MOVES, self.rows["moves"])),
            *((LISTINGS, self.rows["listings"]), (OFFERS, self.rows["offers"]), (REFS, self.rows["refs"])),
        ):
            table.insert(rows)
        self._adopt(new, self.now)
        inventory.count_products(uuid.UUID(str(shelf.uid)) for shelf in self.shelves.values() if not shelf.new)
        self.made.products = len(fresh)
        return self.made

    def _find_products(self, new: Sequence[New]) -> None:
        """The products we have: of the same release, or of the same page's other offers."""
        releases = {str(one.found.page["release"]): one.found for one in new if one.found.page.get("release")}
        if releases:
            known = OF_RELEASES(self.organization, many(releases))
            for uid, release in sorted(known, reverse=True):
                self.shelves[release] = Shelf(uid, releases[release], new=False)
        for one in new:
            if one.page and not one.found.page.get("release"):
                self._sibling(one.found, one.page)

    def _sibling(self, found: Found, page: uuid.UUID) -> None:
        offers = Offer.objects.filter(listing=page, item__isnull=False)
        uid = offers.values_list("item__product", flat=True).first()
        if uid:
            self.shelves[f"page:{found.remote_id}"] = Shelf(key(uid), found, new=False)

    def _remember(self, new: Sequence[New], artists: catalog.Named, labels: catalog.Named) -> None:
        """Which row first needed a new artist or label."""
        open_names = {("artist", name) for name in artists.made} | {("label", name) for name in labels.made}
        for one in new if open_names else ():
            for kind, named in (("artist", artists), ("label", labels)):
                name = str(one.found.page.get(kind, ""))[:300]
                if (kind, name) in open_names:
                    open_names.discard((kind, name))
                    self.made.by_row.setdefault(one.row, []).append(f"{kind}:{named.uids[name]}")

    def _shelf(self, one: New) -> Shelf:
        name = one.found.page.get("release") or f"page:{one.found.remote_id}"
        shelf = self.shelves.get(name)
        if shelf is None:
            shelf = self.shelves[name] = Shelf(one.key, one.found, new=True)
        return shelf

    def _item(self, one: New) -> None:
        found, page, uid = one.found, one.found.page, one.key
        shelf, quantity, grade = self._shelf(one), one.found.quantity, page.get("condition_item", "")
        stocked = quantity is None or quantity > 0
        listed = found.seen == LIVE and stocked
        shelf.total += 1
        shelf.listed += listed
        shelf.available += stocked
        if found.price is not None and (shelf.low is None or found.price < shelf.low):
            shelf.low = found.price
        images, description, product_title = page.get("images"), page.get("description", ""), shelf.found.title
        self.rows["items"].append(
            item(
                uid=uid,
                organization=self.organization,
                product=shelf.uid,
                title=wording.title(None, product_title, grade),
                condition_item=grade,
                condition_container=page.get("condition_container", ""),
                status=LISTED if listed else READY,
                quantity=quantity,
                currency=found.currency,
                price=found.price,
                sku=one.sku,
                description=description,
                barcode=str(found.offer.get("barcode", ""))[:40],
                location=page.get("location", "")[:200],
                image=images[0][:1000] if images else "",
                search=wording.search(
                    description, one.sku, product_title, page.get("artist"), page.get("catalog_number")
                ),
                at=self.at,
            )
        )
        if images:
            self._images(uid, images)
        self._stock(one, quantity)

    def _images(self, item: Any, urls: Sequence[str]) -> None:
        for position, url in enumerate(urls[:MOST_IMAGES]):
            row = (item if position == 0 else fresh(), self.organization, item, url[:1000], "", "", position, "")
            self.rows["images"].append(row)

    def _stock(self, one: New, quantity: int | None) -> None:
        """The move that brings the first pieces in."""
        if quantity:
            reference = f"{one.key if isinstance(one.key, str) else one.key.hex}/{self.number}"
            move = (fresh(), self.organization, one.key, quantity, IMPORT, reference, "", "", self.at)
            self.rows["moves"].append(move)

    def _page(self, one: New) -> None:
        """The listing and the offer, unless we have them."""
        if one.standing:
            return
        found, uid = one.found, one.key
        page = key(one.page) if one.page else self.pages.get(found.remote_id)
        if page is None:
            page = self.pages[found.remote_id] = uid
            self.rows["listings"].append(self._listing(found, uid))
            self.rows["refs"].append((uid, self.connection, "listing", found.remote_id, uid, None))
        self.rows["offers"].append(self._offer(found, uid, page, uid))
        if found.part:
            self.rows["refs"].append((fresh(), self.connection, "offer", found.part[:120], page, uid))

    def _listing(self, found: Found, uid: Any) -> tuple[Any, ...]:
        page = found.page
        return listing(
            uid=uid,
            organization=self.organization,
            connection=self.connection,
            remote_id=found.remote_id,
            url=page.get("url", "")[:500],
            title=found.title,
            content=found.content,
            wanted=WANTED if found.seen == LIVE else DRAFT,
            seen=found.seen,
            seen_at=self.baseline,
            status_there=page.get("status", "")[:60],
            agreed=found.print,
            listed_at=moment(stored.moment(page.get("listed_at"))),
            at=self.at,
        )

    def _offer(self, found: Found, uid: Any, page: Any, item: Any) -> tuple[Any, ...]:
        quantity, options = found.quantity, found.offer.get("options")
        return (
            *(uid, self.organization, page, item, found.part[:120], found.sku, document(options) if options else "{}"),
            *(found.currency, found.price, quantity, quantity, self.baseline),
        )

    def _product(self, shelf: Shelf, artists: catalog.Named, labels: catalog.Named) -> tuple[Any, ...]:
        found, page = shelf.found, shelf.found.page
        artist, label = str(page.get("artist", ""))[:300], str(page.get("label", ""))[:300]
        images = page.get("images", ())
        number = page.get("catalog_number", "")[:200]
        return product(
            uid=shelf.uid,
            organization=self.organization,
            title=found.title,
            artist=key(artists.uids.get(artist)),
            label=key(labels.uids.get(label)),
            catalog_number=number,
            release=page.get("release", "")[:60],
            barcode=str(found.offer.get("barcode", ""))[:40],
            media=page.get("format", "")[:200],
            year=page.get("year"),
            image=images[0][:1000] if images else "",
            search=wording.search(found.title, number, artist, label, *page.get("tags", ())),
            counts=(shelf.total, shelf.listed, shelf.available),
            price_low=shelf.low,
            at=self.at,
            digital="digital" in page,
            tags=document(page.get("tags", [])),
        )

    def _adopt(self, new: Sequence[New], at: dt.datetime) -> None:
        """Offers that stood without an item get theirs."""
        for one in new:
            if one.standing:
                place = Place(one.row, one.found, one.page, one.standing)
                self.made.before[one.row] = linking.adopt(job=self.job, place=place, item=one.row, at=at)
