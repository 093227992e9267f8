"""Reads listings with everything their next step depends on: offers, the stock behind them, a publish under way."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from instica.inventory.models import Item
from instica.listings.facts import facts
from instica.listings.models import Attempt, Listing, Offer, Seen, Wanted
from instica.listings.states import Level, Page, State, Step, next_step

LOOKS = 3


@dataclass(slots=True)
class Standing:
    """One page, its offers with the level of each, and the publish that is under way."""

    listing: Listing
    offers: list[Offer]
    ours: dict[uuid.UUID, int | None]
    attempt: Attempt | None

    @property
    def levels(self) -> list[Level]:
        """In the order of the offers that have an item; nothing is known of the others' stock."""
        about = facts(self.listing.connection.marketplace)
        return [
            Level(self.ours[offer.item_id], offer.seen_quantity, about.most, about.endless)
            for offer in self.offers
            if offer.item_id
        ]

    @property
    def page(self) -> Page:
        """The listing as far as its state goes."""
        row, about = self.listing, facts(self.listing.connection.marketplace)
        flying, said = self.is_flying, self.attempt.version if self.attempt else row.sent_version
        return Page(
            wanted=row.wanted,
            seen=row.seen,
            behind=said < row.wanted_version,
            drifted=row.drift is not None,
            refused="" if row.problem is None else str(row.problem.get("step", "publish")),
            attempt=flying,
            lost=flying and self.attempt is not None and self.attempt.looks >= LOOKS,
            begun=self.attempt is not None and bool(row.remote_id),
            waits=row.waits or (about.costs and not row.fee_agreed),
            single=about.single or about.costs,
            doubted=row.doubted,
        )

    @property
    def step(self) -> Step:
        """How it stands and what to do next."""
        return next_step(self.page, self.levels)

    @property
    def is_flying(self) -> bool:
        """Whether a publish was sent and nobody knows what came of it."""
        return self.attempt is not None and self.attempt.sent_at is not None

    def target(self, offer: Offer) -> int | None:
        """How many the page should show of that offer; as seen where no item stands behind it."""
        if offer.item_id is None:
            return offer.seen_quantity
        about = facts(self.listing.connection.marketplace)
        return Level(self.ours[offer.item_id], offer.seen_quantity, about.most, about.endless).target


def unexplained(offer: Offer) -> int:
    """A drop there that no order explains yet."""
    if offer.agreed_quantity is None or offer.seen_quantity is None:
        return 0
    return max(0, offer.agreed_quantity - offer.seen_quantity)


def of(listings: Iterable[Listing]) -> list[Standing]:
    """Those pages, read together; ``connection`` is joined by the caller."""
    rows = list(listings)
    if not rows:
        return []
    by_page: dict[uuid.UUID, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.filter(listing__in=[row.pk for row in rows]).order_by("uid"):
        by_page[offer.listing_id].append(offer)
    ours = stock(offer.item_id for offers in by_page.values() for offer in offers if offer.item_id)
    attempts = {each.listing_id: each for each in Attempt.objects.filter(listing__in=[row.pk for row in rows])}
    return [Standing(row, by_page[row.pk], ours, attempts.get(row.pk)) for row in rows]


def locked(page: Listing, quantities: Mapping[uuid.UUID, int | None]) -> Standing:
    """One page that is held, whose items are too, with the stock of each: all else is read now, after any wait."""
    offers = list(Offer.objects.filter(listing=page).order_by("uid"))
    wanted = {offer.item_id for offer in offers if offer.item_id}
    if missing := wanted - quantities.keys():
        quantities = {**quantities, **dict(Item.objects.filter(pk__in=missing).values_list("pk", "quantity"))}
    return Standing(page, offers, without_drops(quantities), Attempt.objects.filter(listing=page).first())


def states(listings: Iterable[Listing]) -> dict[uuid.UUID, State]:
    """How each of those pages stands, in the house's word."""
    return {row.listing.pk: row.step.state for row in of({page.pk: page for page in listings}.values())}


def stock(items: Iterable[uuid.UUID]) -> dict[uuid.UUID, int | None]:
    """What every channel may offer of those items: the stock without the drops that nothing explains yet."""
    wanted = set(items)
    if not wanted:
        return {}
    return without_drops(dict(Item.objects.filter(pk__in=wanted).values_list("pk", "quantity")))


def without_drops(quantities: Mapping[uuid.UUID, int | None]) -> dict[uuid.UUID, int | None]:
    """What is left of so many pieces when those that went for no known reason are not offered."""
    found = dict(quantities)
    for offer in Offer.objects.filter(item__in=found, agreed_quantity__gt=F("seen_quantity")):
        left = found.get(offer.item_id) if offer.item_id else None
        if offer.item_id and left is not None:
            found[offer.item_id] = left - unexplained(offer)
    return {uid: left if left is None else max(0, left) for uid, left in found.items()}


def pages_of(items: Collection[uuid.UUID]) -> QuerySet[Listing, Listing]:
    """The pages that offer any of those items, or may; what is over is history."""
    offers = Offer.objects.filter(item__in=items).values("listing")
    alive = ~Q(wanted=Wanted.ENDED) | Q(seen=Seen.LIVE) | Q(attempt__isnull=False)
    return Listing.objects.filter(alive, pk__in=offers).select_related("connection").order_by("uid")


def living(item: uuid.UUID, connection: uuid.UUID) -> QuerySet[Listing, Listing]:
    """The pages of one item in one shop that are wanted, the youngest first."""
    mine = Listing.objects.filter(offers__item=item, connection=connection).exclude(wanted=Wanted.ENDED)
    return mine.select_related("connection").order_by("-created", "-uid").distinct()
