"""Designs made ready for the forms that their sellers fill by hand, and the listings that come of it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from PIL import Image as Picture

from instica.catalog.models import Kind
from instica.connections import queries as connections
from instica.connections.credentials import manifest_of, variable
from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now
from instica.core.errors import Conflict, Fault, Invalid, NotFound
from instica.imports.models import Prepared
from instica.inventory.models import Image, Item
from instica.inventory.services import tally
from instica.kit import browser, manual
from instica.listings import services as listings
from instica.listings.models import Listing, Offer, Ref, Seen, Wanted
from instica.orders import locks
from instica.people.models import Organization

ANY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
NO_PICTURE = "There is no copy of its picture here yet; choose the file yourself."
SMALL = "The picture kept here is {width} by {height} pixels; {name} asks for {wide} by {high}. Choose your own file."


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a seller made there by hand."""

    listing_id: str
    url: str
    title: str


def waiting(organization: Organization, marketplace: str = "") -> QuerySet[Prepared]:
    """What is prepared and not linked yet, the newest first."""
    found = Prepared.objects.filter(organization=organization, linked=None).select_related("item")
    found = found.filter(marketplace=marketplace) if marketplace else found
    return found.order_by("-created", "-uid")


def get(organization: Organization, public_id: str) -> Prepared:
    """One of them, linked or not. Raises ``NotFound``."""
    uid = ids.read(Prepared.prefix, public_id)
    found = Prepared.objects.filter(organization=organization, pk=uid).select_related("item").first() if uid else None
    if found is None:
        raise NotFound("There is no such prepared listing.")
    return found


def prepare(*, item: Item, marketplace: str) -> tuple[Prepared, bool]:
    """Make a design ready for that site, anew where it was before; and whether it is new. Raises ``Invalid``."""
    manifest = manifest_of(marketplace)
    if manifest.manual is None:
        raise Invalid(f"Nothing is listed on {manifest.name} by hand.", code="not_by_hand")
    if item.product.type != Kind.DIGITAL:
        detail = f"Only designs are prepared for {manifest.name}; this product is {item.product.get_type_display()}."
        raise Invalid(detail, code="not_a_design")
    text = item.description or item.product.description
    title = item.name or item.product.title
    sheet = manual.sheet(manifest, title=title, description=text, tags=item.product.tags)
    values: dict[str, object] = {"title": sheet.title, "description": sheet.description, "tags": list(sheet.tags)}
    values |= {"notes": [*sheet.notes, *picture_notes(item, marketplace)], "created": now()}
    with transaction.atomic():
        return Prepared.objects.update_or_create(
            item=item,
            marketplace=marketplace,
            linked=None,
            defaults=values,
            create_defaults={**values, "organization": item.organization},
        )


def picture_notes(item: Item, marketplace: str) -> list[str]:
    """What is amiss with the picture."""
    image = picture(item)
    if image is None:
        return [NO_PICTURE]
    manifest = manifest_of(marketplace)
    wide, high = manual.smallest_image(manifest)
    with Picture.open(settings.MEDIA_ROOT / image.file) as drawn:
        width, height = drawn.size
    if width >= wide and height >= high:
        return []
    return [SMALL.format(width=width, height=height, name=manifest.name, wide=wide, high=high)]


def picture(item: Item) -> Image | None:
    """Our own copy of its first picture, as far as there is one."""
    copied = Image.objects.filter(item=item).exclude(file="").order_by("position")
    return next((image for image in copied if (settings.MEDIA_ROOT / image.file).is_file()), None)


def link(*, prepared: Prepared, page: Page, connection: Connection | None = None) -> Listing:
    """The seller listed it there: make the listing, its offer and its ids, as an import would. Twice is once."""
    shop = connection or connections.newest_valid(prepared.organization, prepared.marketplace)
    if shop is None:
        detail = connections.none_there(manifest_of(prepared.marketplace))
        raise Invalid(detail, code="marketplace_not_connected")
    address = _address(prepared.marketplace, page)
    with transaction.atomic():
        tally(prepared.organization)
        locks.items([prepared.item_id])
        row = Prepared.objects.select_for_update().get(pk=prepared.pk)
        known = Ref.objects.filter(connection=shop, kind="listing", value=page.listing_id).first()
        listing = _adopted(known.listing_id, row) if known else _made(shop, row, page, address)
        row.listing, row.linked = listing, row.linked or now()
        row.save(update_fields=["listing", "linked"])
        listings.restate([row.item_id])
    return listing


def _address(marketplace: str, page: Page) -> str:
    """The page's address on that site. Raises ``Invalid`` for any other."""
    manifest = manifest_of(marketplace)
    site = browser.Site(manifest.name, ANY_ID, manifest.page_hosts, (), variable(marketplace, "origin").rstrip("/"))
    address = site.page(page.url)
    if not address or not ANY_ID.fullmatch(page.listing_id):
        pointer = "#/url" if not address else "#/listing_id"
        detail = f"This is no page of {manifest.name}."
        raise Invalid(detail, code="validation_error", faults=[Fault(detail, pointer)])
    return address


def _adopted(page: uuid.UUID, row: Prepared) -> Listing:
    """A page we know: this item's already, or nobody's until now. Raises ``Conflict`` for another item's."""
    offers = list(Offer.objects.select_for_update().filter(listing=page))
    items = {offer.item_id for offer in offers}
    if items - {None, row.item_id}:
        raise Conflict("This listing belongs to another item here.", code="already_linked")
    Offer.objects.filter(listing=page, item=None).update(item=row.item)
    listings.adopt(page)
    return Listing.objects.get(pk=page)


def _made(shop: Connection, row: Prepared, page: Page, address: str) -> Listing:
    at, title = now(), browser.line(page.title, browser.LONGEST_TITLE) or row.title
    listing = Listing.objects.create(
        organization_id=row.organization_id,
        connection=shop,
        remote_id=page.listing_id,
        url=address,
        title=title,
        content=_content(row, title, address),
        wanted=Wanted.LIVE,
        seen=Seen.LIVE,
        seen_at=at,
        status_there="live",
        listed_at=at,
    )
    _offered(listing, row, at)
    return listing


def _content(row: Prepared, title: str, address: str) -> dict[str, object]:
    """What stands there as far as we know, so that an import that reads it finds what it knows."""
    known = {"title": title, "url": address, "status": "live", "seen": "live", "digital": True}
    return {**known, "description": row.description, "tags": row.tags}


def _offered(listing: Listing, row: Prepared, at: dt.datetime) -> None:
    Offer.objects.create(
        organization_id=row.organization_id,
        listing=listing,
        item=row.item,
        currency="",
        agreed_quantity=row.item.quantity,
        seen_quantity=row.item.quantity,
        baseline=at,
    )
    Ref.objects.create(connection=listing.connection, kind="listing", value=listing.remote_id, listing=listing)
