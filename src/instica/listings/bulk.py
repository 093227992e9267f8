"""Listing and delisting many items on many platforms: one row a pair, worked off in the background (D21)."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from instica.connections.models import Connection
from instica.core import ids
from instica.core.errors import Invalid, NotFound, Problem
from instica.core.money import Money, NotMoney
from instica.inventory.models import Item
from instica.listings import ending, prerequisites, standing, wishes
from instica.listings.models import Bulk, BulkRow, Listing, Offer, Wanted
from instica.listings.standing import Standing
from instica.listings.wishes import By
from instica.people.models import Organization
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

AT_ONCE = 20
MOST = 500
Word = Literal["success", "failed", "pending"]
Beside = dict[tuple[uuid.UUID | None, uuid.UUID], list[ending.Outcome]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of every pair. ``price`` is a decimal in each shop's own currency."""

    wanted: Literal["live", "ended"]
    price: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one pair."""

    uid: str
    platform: str
    status: Word
    listing_id: str | None = None
    listing_url: str | None = None
    error: str | None = None
    error_code: str | None = None


def begin(*, organization: Organization, uids: Sequence[str], platforms: Sequence[str], wish: Wish, by: By) -> Bulk:
    """Write the pairs down and have them worked off. Raises ``PaymentRequired`` and ``Invalid`` before listing."""
    if wish.wanted == "live":
        prerequisites.organization_may_list(organization)
    pairs = [(uid, slug) for uid in uids for slug in platforms]
    with commit():
        bulk = Bulk.objects.create(
            organization=organization,
            wanted=wish.wanted,
            price=wish.price,
            account=wish.account,
            actor=by.actor,
            request_id=by.request_id[:80],
        )
        BulkRow.objects.bulk_create(
            BulkRow(bulk=bulk, position=position, item=uid, platform=slug) for position, (uid, slug) in enumerate(pairs)
        )
        _go_on(bulk.pk)
    return bulk


def work(bulk: uuid.UUID) -> None:
    """Say what is wanted for the next few pairs."""
    row = Bulk.objects.select_related("organization", "actor").filter(pk=bulk).first()
    pairs = list(BulkRow.objects.filter(bulk=bulk, begun=False).order_by("position")[:AT_ONCE]) if row else []
    for pair in pairs:
        assert row is not None
        _one(row, pair)
    if pairs:
        with commit():
            _go_on(bulk)


def _go_on(bulk: uuid.UUID) -> None:
    enqueue("listing.bulk", str(bulk), lane=f"bulk:{bulk}", urgency=Urgency.REVISE)


def _one(bulk: Bulk, pair: BulkRow) -> None:
    """One pair; what is missing fails that pair alone."""
    with commit():
        try:
            pair.listing = _wish(bulk, pair)
        except Problem as problem:
            pair.error, pair.error_code = problem.detail, problem.code or "not_found"
        pair.begun = True
        pair.save(update_fields=["listing", "error", "error_code", "begun"])


def _wish(bulk: Bulk, pair: BulkRow) -> Listing | None:
    item = _item(bulk.organization, pair.item)
    manifest = prerequisites.platform(pair.platform)
    by = By(actor=bulk.actor, request_id=bulk.request_id, asked_by="bulk")
    account = bulk.account if _is_of(bulk.organization, bulk.account, pair.platform) else ""
    if bulk.wanted == Wanted.ENDED:
        pages = wishes.delist(item=item, connections=ending.shops_of(item, manifest, account), by=by)
        return pages[-1] if pages else None
    if manifest.connection == "extension":
        raise prerequisites.by_hand(item, manifest)
    shop = prerequisites.shop(bulk.organization, pair.platform, account)
    price = money(bulk.price, shop.currency or item.currency)
    prerequisites.ready(item, shop, price, None, candidates=False)
    return wishes.list_item(item=item, connection=shop, price=price, by=by)


def money(amount: str, currency: str) -> Money | None:
    """A price in that currency."""
    if not amount:
        return None
    try:
        return Money.parse(amount, currency)
    except NotMoney:
        raise Invalid(f"This is no price in {currency}.", code="validation_error") from None


def _item(organization: Organization, public_id: str) -> Item:
    uid = ids.read(Item.prefix, public_id)
    rows = Item.objects.select_related("product__artist", "organization").filter(organization=organization)
    item = rows.filter(pk=uid).first() if uid else None
    if item is None:
        raise NotFound("There is no such inventory item.", code="not_found")
    return item


def _is_of(organization: Organization, account: str, slug: str) -> bool:
    """Whether the named shop is one on that marketplace; the other platforms take their default one."""
    uid = ids.read(Connection.prefix, account) if account else None
    return uid is not None and Connection.objects.filter(organization=organization, pk=uid, marketplace=slug).exists()


def get(organization: Organization, public_id: str) -> Bulk:
    """One of the organization's. Raises ``NotFound``."""
    uid = ids.read(Bulk.prefix, public_id)
    bulk = Bulk.objects.filter(organization=organization, pk=uid).first() if uid else None
    if bulk is None:
        raise NotFound("There is no such bulk call.")
    return bulk


def told(bulk: Bulk) -> list[Told]:
    """What became of every pair, in the order they were given."""
    pairs = list(BulkRow.objects.filter(bulk=bulk).order_by("position"))
    named = {pair.listing_id for pair in pairs if pair.listing_id}
    outcomes = _live(named) if bulk.wanted == Wanted.LIVE else _ended(named)
    return [_told(pair, outcomes) for pair in pairs]


def _live(named: Collection[uuid.UUID]) -> dict[uuid.UUID, ending.Outcome]:
    """What became of those pages."""
    pages = Listing.objects.filter(pk__in=named).select_related("connection")
    return {row.listing.pk: ending.judged_live(row) for row in standing.of(pages)}


def _ended(named: Collection[uuid.UUID]) -> dict[uuid.UUID, ending.Outcome]:
    """The same where each stands for all pages that its item has in that shop; what is wanted again by now ended."""
    beside: Beside = defaultdict(list)
    items = Offer.objects.filter(listing__in=named, item__isnull=False).values("item")
    pages = Listing.objects.filter(offers__item__in=items).select_related("connection").order_by("created", "uid")
    rows = standing.of(pages.distinct())
    for row in rows:
        about = ending.judged_ended(row) if row.listing.wanted == Wanted.ENDED else ending.there(row)
        for offer in row.offers:
            beside[offer.item_id, row.listing.connection_id].append(about)
    mine = (row for row in rows if row.listing.pk in named)
    return {row.listing.pk: ending.of_all(_around(row, beside)) for row in mine}


def _around(row: Standing, beside: Beside) -> list[ending.Outcome]:
    return [each for offer in row.offers for each in beside[offer.item_id, row.listing.connection_id]]


def _told(pair: BulkRow, outcomes: Mapping[uuid.UUID, ending.Outcome]) -> Told:
    about: dict[str, Any] = {"uid": pair.item, "platform": pair.platform}
    if pair.error_code:
        return Told(**about, status="failed", error=pair.error, error_code=pair.error_code)
    if not pair.begun:
        return Told(**about, status="pending")
    outcome = outcomes.get(pair.listing_id) if pair.listing_id else None
    if outcome is None:
        return Told(**about, status="success")
    about |= {"listing_id": outcome.listing_id, "listing_url": outcome.url}
    if outcome.status != "failed":
        return Told(**about, status=outcome.status)
    return Told(**about, status="failed", error=outcome.error, error_code=outcome.code)


def word(pairs: Sequence[Told]) -> str:
    """The whole of it in one word."""
    counts = Counter(pair.status for pair in pairs)
    if counts["pending"]:
        return "pending"
    if not counts["failed"]:
        return "success"
    return "partial" if counts["success"] else "failed"
