"""Fills in what a page read whole says beyond its brief row: only what a job made, and only where it is empty.

No version rises and nothing counts as edited: an undo takes it back with the rest, and no plan goes stale.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from instica.catalog import services as catalog
from instica.catalog.bulk import document, key
from instica.catalog.models import Product
from instica.imports import found as reading
from instica.imports.creating import MOST_IMAGES
from instica.imports.models import Job, Row, RowStatus
from instica.imports.rows import ROWS, of
from instica.inventory import grades, wording
from instica.inventory.models import Image, Item
from instica.kit.types import RemoteListing
from instica.listings import pages
from instica.listings.models import Listing
from instica.orders import locks

GRADES = ("condition_item", "condition_container")
PRODUCT = "artist label catalog_number format year barcode image search".split()
ITEM = "condition_item condition_container grade description location image title search".split()
Page = Mapping[str, Any]


def fill(job: Job, remote_id: str, whole: RemoteListing) -> int:
    """Fill in one page; how many pictures that adds. Needs the job's lock and the organization's tally."""
    one = next((found for found, _ in reading.read(whole)), None)
    brief = Row.objects.filter(job=job, remote_id=remote_id, data__page__brief=True).order_by("position")
    rows = list(brief)
    if one is None or not rows:
        return 0
    page = one.page
    _rows(rows, page)
    _listing(job, remote_id, page)
    made = {row.uid: row for row in rows if row.created_item and row.status == RowStatus.IMPORTED}
    items = locks.items(made)
    _product(job, made, page, str(one.offer.get("barcode", ""))[:40])
    return sum(_item(items[uid], page) for uid in sorted(items))


def _rows(rows: Sequence[Row], page: Page) -> None:
    """What was found, as if the list had told it all: for whoever decides or looks."""
    ROWS.update("data", [(reading.packed(reading.completed(of(row), page)), key(row.uid)) for row in rows])


def _listing(job: Job, remote_id: str, page: Page) -> None:
    """What both sides agree on is the whole page from now on, so that the next brief row is no change."""
    listing = Listing.objects.select_for_update(of=("self",)).filter(connection=job.connection_id, remote_id=remote_id)
    kept = listing.filter(content__brief=True).first()
    if kept:
        content = reading.whole_page(kept.content, page)
        Listing.objects.filter(pk=kept.pk).update(content=content, agreed=pages.mark(document(content)))


def _product(job: Job, made: Mapping[uuid.UUID, Row], page: Page, barcode: str) -> None:
    """A product that bears the uid of one of these rows was made by it; nobody has edited it."""
    product = Product.objects.select_for_update(of=("self",)).filter(pk__in=made, version=1).first()
    if product is None:
        return
    row = made[product.pk]
    for kind, find in (("artist", catalog.artists), ("label", catalog.labels)):
        name = str(page.get(kind, ""))[:300]
        if name and getattr(product, f"{kind}_id") is None:
            uid = find(job.organization, {name}).uids[name]
            setattr(product, f"{kind}_id", uid)
            _remember(job, row, kind, uid)
    product.catalog_number = product.catalog_number or str(page.get("catalog_number", ""))[:200]
    product.format = product.format or str(page.get("format", ""))[:200]
    product.year = product.year or page.get("year")
    product.barcode = product.barcode or barcode
    product.image = product.image or first(page)
    artist = product.artist.name if product.artist else ""
    label = product.label.name if product.label else ""
    product.search = wording.search(product.title, product.catalog_number, artist, label)
    product.save(update_fields=PRODUCT)


def _remember(job: Job, row: Row, kind: str, uid: uuid.UUID) -> None:
    """That this row needed an artist or label made since the job began (uids rise): for undo, whoever goes last."""
    if uid > job.uid:
        before = row.before or {}
        row.before = {**before, "made": [*before.get("made", ()), f"{kind}:{uid}"]}
        row.save(update_fields=["before"])


def _item(item: Item, page: Page) -> int:
    """An item this job made; how many pictures that adds."""
    for name in (*GRADES, "description", "location"):
        setattr(item, name, getattr(item, name) or page.get(name, ""))
    item.location, item.image = item.location[:200], item.image or first(page)
    item.grade = grades.rank(item.condition_item)
    product = Product.objects.select_related("artist").get(pk=item.product_id)
    artist = product.artist.name if product.artist else ""
    item.title = wording.title(item.name, product.title, item.condition_item)
    item.search = wording.search(item.name, item.description, item.sku, product.title, artist, product.catalog_number)
    item.save(update_fields=ITEM)
    return _pictures(item, page.get("images", ())) if item.version == 1 else 0


def _pictures(item: Item, urls: Sequence[str]) -> int:
    """The pictures beyond those it has. Of the first there is one already: a list may show it under another address."""
    images = list(item.images.order_by("position"))
    known, start = {image.url for image in images}, 1 if images else 0
    more = [url[:1000] for url in urls[start:MOST_IMAGES] if url[:1000] not in known]
    after = images[-1].position + 1 if images else 0
    Image.objects.bulk_create(
        Image(organization_id=item.organization_id, item=item, url=url, position=after + place)
        for place, url in enumerate(more)
    )
    return len(more)


def first(page: Page) -> str:
    """The first picture, empty where there is none."""
    return next((str(url)[:1000] for url in page.get("images", ())), "")
