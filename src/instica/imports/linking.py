"""Joins a found offer to an item we have, or brings one we know up to date; keeps what was there before."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from instica.imports import found as stored
from instica.imports import images
from instica.imports.conflicts import Standing, fields, there
from instica.imports.found import Found
from instica.imports.models import Job
from instica.inventory import grades, wording
from instica.inventory import services as inventory
from instica.inventory.models import Cause, Item
from instica.listings.models import Listing, Offer, Ref, Seen, Wanted

TAKEN = ("price", "currency", "condition_item", "condition_container", "description", "location", "sku")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row's offer stands: its listing and its offer as far as we know them."""

    row: uuid.UUID
    found: Found
    page: uuid.UUID | None
    standing: Standing | None


def link(
    *, job: Job, number: int, place: Place, item: uuid.UUID, take: Iterable[str], at: dt.datetime
) -> dict[str, Any]:
    """Make the offer one of that item's; ``take`` names the fields that follow the shop. Answers what was before.

    Linking never adds stock: where the shop shows less, the item is lowered to it.
    """
    row = Item.objects.select_for_update(of=("self",)).select_related("product", "product__artist").get(pk=item)
    before: dict[str, Any] = {"item": images.of(row), "linked": True}
    if place.standing:
        offer = Offer.objects.select_for_update().get(pk=place.standing.offer)
        if offer.item_id is None:
            before |= adopt(job=job, place=place, item=row.uid, at=at)
        else:
            before |= _refresh(place, offer, at) | _leave(offer, row)
    else:
        _offer(job, place, row, at)
    lowered = _lower(row, place, number)
    if lowered:
        before["lowered"] = lowered
    _take(row, place.found, take)
    _save(row, at=at)
    return before | {"after": {"version": row.version}}


def _leave(offer: Offer, item: Item) -> dict[str, Any]:
    """Move the offer from the item it had. Answers how that one was."""
    old = Item.objects.get(offers=offer)
    if old.pk == item.pk:
        return {}
    Offer.objects.filter(pk=offer.pk).update(item=item)
    return {"left": images.left(old)}


def adopt(*, job: Job, place: Place, item: uuid.UUID, at: dt.datetime) -> dict[str, Any]:
    """Give an offer that stood without an item its item. Answers what was before.

    Stock follows from this import's reading, so its baseline does too, whenever the page itself was first looked at.
    """
    assert place.standing is not None
    offer = Offer.objects.select_for_update().get(pk=place.standing.offer)
    before = _refresh(place, offer, at)
    offer.item_id, offer.baseline = item, job.walked or job.created
    offer.agreed_quantity = offer.seen_quantity = place.found.quantity
    offer.save(update_fields=["item", "baseline", "agreed_quantity", "seen_quantity"])
    return before


def update(*, place: Place, take: Iterable[str], at: dt.datetime) -> dict[str, Any]:
    """Bring a listing we know, and those fields of its item, up to what the shop shows. Answers what was before."""
    known = place.standing
    assert known is not None
    assert known.item is not None
    row = Item.objects.select_for_update(of=("self",)).select_related("product", "product__artist").get(pk=known.item)
    before: dict[str, Any] = {"item": images.of(row)}
    offer = Offer.objects.select_for_update().get(pk=known.offer)
    before |= _refresh(place, offer, at)
    _take(row, place.found, take)
    _save(row, at=at)
    return before | {"after": {"version": row.version, "listing": Listing.objects.get(pk=known.listing).seen_version}}


def _refresh(place: Place, offer: Offer, at: dt.datetime) -> dict[str, Any]:
    """Write down what was read of a page we know: only columns that say something new."""
    found = place.found
    before: dict[str, Any] = {"offer": images.of(offer)}
    now = there(found)
    seen = {"currency": offer.currency, "price": offer.price, "quantity": offer.seen_quantity, "sku": offer.sku}
    if any(seen[name] != now[name] for name in seen) or offer.options != now["options"]:
        offer.currency, offer.price, offer.sku, offer.options = (
            now["currency"],
            now["price"],
            now["sku"],
            now["options"],
        )
        offer.seen_quantity = now["quantity"]
        offer.save(update_fields=["currency", "price", "sku", "options", "seen_quantity"])
    page = Listing.objects.select_for_update().get(pk=offer.listing_id)
    before["listing"] = images.of(page)
    if page.agreed != found.print:
        if page.wanted == Wanted.DRAFT and found.seen == Seen.LIVE:
            page.wanted = Wanted.LIVE
        page.content, page.agreed, page.title, page.seen = found.page, found.print, found.title, found.seen
        page.url, page.status_there = found.page.get("url", "")[:500], found.page.get("status", "")[:60]
        page.seen_version, page.seen_at, page.updated = page.seen_version + 1, at, at
        page.save(update_fields=images.LISTING)
    return before


def _offer(job: Job, place: Place, item: Item, at: dt.datetime) -> None:
    """A listing and an offer we did not have; they bear the row's uid."""
    found, now = place.found, there(place.found)
    page = place.page or _page(job, place, at)
    Offer.objects.create(
        uid=place.row,
        organization_id=job.organization_id,
        listing_id=page,
        item=item,
        remote_id=found.part[:120],
        sku=now["sku"],
        options=now["options"],
        currency=now["currency"],
        price=now["price"],
        agreed_quantity=now["quantity"],
        seen_quantity=now["quantity"],
        baseline=job.walked or job.created,
    )
    if found.part:
        Ref.objects.create(
            connection_id=job.connection_id, kind="offer", value=found.part[:120], listing_id=page, offer_id=place.row
        )


def _page(job: Job, place: Place, at: dt.datetime) -> uuid.UUID:
    """A listing we did not have, and its ref."""
    found, uid = place.found, place.row
    Listing.objects.create(
        uid=uid,
        organization_id=job.organization_id,
        connection_id=job.connection_id,
        remote_id=found.remote_id,
        url=found.page.get("url", "")[:500],
        title=found.title,
        content=found.page,
        wanted=Wanted.LIVE if found.seen == Seen.LIVE else Wanted.DRAFT,
        seen=found.seen,
        seen_at=job.walked or job.created,
        status_there=found.page.get("status", "")[:60],
        agreed=found.print,
        listed_at=stored.moment(found.page.get("listed_at")),
        created=at,
        updated=at,
    )
    Ref.objects.create(uid=uid, connection_id=job.connection_id, kind="listing", value=found.remote_id, listing_id=uid)
    return uid


def _lower(item: Item, place: Place, number: int) -> list[int] | None:
    theirs = place.found.quantity
    if item.quantity is None or theirs is None or theirs >= item.quantity:
        return None
    ours = item.quantity
    reference = f"{place.row.hex}/{number}"
    inventory.move(item=item, delta=theirs - ours, cause=Cause.LOWER, reference=reference)
    return [ours, theirs]


def _take(item: Item, found: Found, take: Iterable[str]) -> None:
    """Let those fields follow the shop; what a list left out is not taken for empty."""
    theirs = fields(found.page, there(found))
    names = {name for name in take if theirs[name] or not found.page.get("brief")}
    if not names:
        return
    if "price" in names:
        names.add("currency")
    for name in TAKEN:
        if name in names:
            setattr(item, name, theirs[name])
    item.grade = grades.rank(item.condition_item)
    if "title" in names and theirs["title"] != item.product.title:
        item.name = theirs["title"]
    artist = item.product.artist.name if item.product.artist else ""
    item.title = wording.title(item.name, item.product.title, item.condition_item)
    item.search = wording.search(
        item.name, item.description, item.sku, item.product.title, artist, item.product.catalog_number
    )
    item.version += 1


def _save(item: Item, *, at: dt.datetime) -> None:
    """Write the item if anything about it changed; its status follows when all of the batch are joined."""
    old = Item.objects.get(pk=item.pk)
    if all(getattr(old, name) == getattr(item, name) for name in images.ITEM if name != "updated"):
        item.updated = old.updated
        return
    item.updated = at
    item.save(update_fields=images.ITEM)
    inventory.count_products([item.product_id])


def chosen(choices: Mapping[str, str]) -> list[str]:
    """The fields a person let follow the shop."""
    return [name for name, side in choices.items() if side == "theirs"]
