"""Writes down what a shop said of a page: its state, its ids, its quantities. Runs in the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from instica.core.clock import now
from instica.kit.types import RemoteListing, RemoteOffer
from instica.listings import pages, picturing
from instica.listings.calls import of_remote
from instica.listings.keeping import part_of
from instica.listings.models import Listing, Offer, Ref, Seen, Wanted
from instica.listings.standing import Standing

ELSEWHERE = "This page was imported as another item while it was being made. Delete one of the two."


def name(row: Standing, remote_id: str, url: str = "") -> bool:
    """The shop gave the page an id: from now on orders and readings find it. False when another item has that page."""
    page = row.listing
    if remote_id and page.remote_id != remote_id and not _free(page, remote_id):
        return False
    page.remote_id, page.url = remote_id[:120] or page.remote_id, url[:500] or page.url
    page.save(update_fields=["remote_id", "url"])
    if page.remote_id:
        _refer(page, "listing", page.remote_id)
    return True


def _refer(page: Listing, kind: str, value: str, **offer: Offer) -> None:
    """Let that id lead here; one that does already, as nearly always, costs a look."""
    named = Ref.objects.filter(connection=page.connection, kind=kind, value=value)
    if not named.filter(listing=page, **offer).exists():
        defaults: dict[str, Any] = {"listing": page, **offer}
        Ref.objects.update_or_create(connection=page.connection, kind=kind, value=value, defaults=defaults)


def _free(page: Listing, remote_id: str) -> bool:
    """Whether the id is nobody's; a page that was kept meanwhile without an item makes room."""
    same = Listing.objects.filter(Q(remote_id=remote_id) | Q(refs__kind="listing", refs__value=remote_id))
    for other in same.filter(connection=page.connection).exclude(pk=page.pk).distinct():
        if Offer.objects.filter(listing=other, item__isnull=False).exists():
            return False
        other.delete()
    return True


def take(row: Standing, remote: RemoteListing, wrote: Mapping[uuid.UUID, int | None], *, ours: bool) -> None:
    """The page as it was read; ``ours`` after a write of ours, when what it says is what both sides agree on."""
    page = row.listing
    if not name(row, pages.text(remote.id), remote.url):
        refuse(row, "publish", ELSEWHERE)
        page.wanted = Wanted.ENDED
        page.save(update_fields=["wanted"])
        return
    moment = now()
    page.seen, page.seen_at, page.doubted = remote.seen, moment, False
    picturing.seen(page, remote)
    page.status_there = pages.text(remote.status)[:60]
    if ours:
        content, words = pages.normal(remote)
        page.content, page.agreed, page.drift = content, pages.mark(words), None
        page.title = pages.text(remote.title)[:600] or page.title
        page.seen_version += 1
    if remote.seen == "live":
        page.listed_at, page.delisted_at, page.waits = page.listed_at or remote.listed_at or moment, None, False
    elif page.listed_at and page.delisted_at is None:
        page.delisted_at = moment
    page.save()
    there = of_remote(row, remote)
    for offer in row.offers:
        if offer.pk in there:
            _offer(row, offer, there[offer.pk], remote, wrote)


def _offer(
    row: Standing, offer: Offer, there: RemoteOffer, remote: RemoteListing, wrote: Mapping[uuid.UUID, int | None]
) -> None:
    """A drop below what we last agreed on stays unexplained until its order comes."""
    offer.agreed_quantity = agreed(offer.agreed_quantity, there.quantity, wrote.get(offer.pk), offer.pk in wrote)
    if remote.seen == "ended" and offer.pk not in wrote:
        offer.agreed_quantity = there.quantity
    offer.seen_quantity, offer.returned = there.quantity, 0
    if there.price:
        offer.currency, offer.price = there.price.currency, there.price.minor
    part = part_of(remote, there)
    if part and part != offer.remote_id:
        offer.remote_id = part
    offer.save()
    if part:
        _refer(row.listing, "offer", part, offer=offer)


def agreed(before: int | None, there: int | None, wrote: int | None, did_write: bool) -> int | None:
    """The quantity both sides agree on: what we wrote, or what was agreed before, unless more stands there."""
    base = wrote if did_write else before
    return there if base is None or there is None else max(base, there)


def lower(row: Standing, wrote: Mapping[uuid.UUID, int | None]) -> None:
    """Quantities were set, as they say; the page itself was not read."""
    for offer in row.offers:
        if offer.pk in wrote:
            offer.agreed_quantity = offer.seen_quantity = wrote[offer.pk]
            offer.returned = 0
            offer.save(update_fields=["agreed_quantity", "seen_quantity", "returned"])
    row.listing.seen_at, row.listing.doubted = now(), False
    row.listing.save(update_fields=["seen_at", "doubted"])


def said(row: Standing) -> None:
    """We set quantities on the page: what was sold there before that may have come back by it."""
    Offer.objects.filter(listing=row.listing).update(said_at=now())


def gone(row: Standing) -> None:
    """There is no such page any more: it offers nothing. If it was sold, its order says so."""
    page, moment = row.listing, now()
    page.seen, page.status_there, page.seen_at, page.doubted = Seen.ENDED, "Gone", moment, False
    page.delisted_at = page.delisted_at or moment
    page.save(update_fields=["seen", "status_there", "seen_at", "delisted_at", "doubted"])
    for offer in row.offers:
        offer.agreed_quantity = offer.seen_quantity = 0
        offer.save(update_fields=["agreed_quantity", "seen_quantity"])


def doubt(row: Standing) -> None:
    """A write that may put more on sale is about to be sent: until its answer is written down, nobody knows."""
    row.listing.doubted = row.attempt is None
    row.listing.save(update_fields=["doubted"])


def refuse(row: Standing, step: str, message: str, complaints: list[dict[str, Any]] | None = None) -> None:
    """They said no: kept, in their words, until a person edits or retries."""
    page = row.listing
    page.problem = {"step": step, "message": message[:2000], "description": None, "complaints": complaints or []}
    page.save(update_fields=["problem"])
