"""Verbs of listings: what a person wants of a page, and what a change of stock means for all pages of an item."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import F, Q

from instica.core.clock import now
from instica.inventory import services as inventory
from instica.listings import asking, drafts, locks, resting, standing, telling
from instica.listings.models import Listing, Offer, Seen, Wanted
from instica.listings.standing import Standing
from instica.listings.states import AT_REST
from instica.listings.wishes import Reason, delist, list_item
from instica.work.lanes import commit
from instica.work.urgency import Urgency

__all__ = ["Reason", "adopt", "ask_held", "delist", "follow", "list_item", "may_be_back", "restate", "stock_changed"]


def restate(items: Iterable[uuid.UUID]) -> None:
    """Make the status of items follow from their stock and their live offers; no offer comes or goes meanwhile."""
    with commit():
        inventory.restate(set(items), _live)


def adopt(page: uuid.UUID) -> None:
    """Somebody linked a page that nobody had imported: from now on it is wanted as it was seen."""
    wanted = {Seen.LIVE: Wanted.LIVE, Seen.SOLD_OUT: Wanted.LIVE, Seen.ENDED: Wanted.ENDED}
    for seen, word in wanted.items():
        Listing.objects.filter(pk=page, wanted=Wanted.DRAFT, seen=seen).update(wanted=word)


def stock_changed(items: Iterable[uuid.UUID], *, reason: Reason = "automatic", cause: str = "") -> None:
    """Bring every page of those items to what may be sold now: asks in every shop's own lane, depends on none.

    Part of the transaction that moved the stock, whose caller holds the items. ``reason``: a ``sale`` must not be held
    back and begins to measure the exposure; after a ``returned`` piece pages come back only when a person says so
    (D25); ``person``: somebody set the stock of this very item; ``automatic``: anything else.
    """
    wanted = set(items)
    rows = standing.of(standing.pages_of(wanted)) if wanted else []
    came_back = [row for row in rows if _bring(row, reason, cause)]
    if came_back:
        telling.came_back(came_back)


def follow(items: Iterable[uuid.UUID]) -> None:
    """The same where nobody holds the items yet; pages made here whose words changed with their item are revised."""
    with commit():
        known = locks.items(items)
        mine = Listing.objects.filter(item__in=known, wanted=Wanted.LIVE, seen=Seen.LIVE).exclude(sent="")
        for row in standing.of(mine.select_related("connection", "organization")):
            if row.page.behind or drafts.fingerprint(drafts.of(row).draft) == row.listing.sent:
                continue
            Listing.objects.filter(pk=row.listing.pk).update(
                wanted_version=F("wanted_version") + 1, cause="its item was edited"
            )
        stock_changed(known)


def may_be_back(offer: Offer, pieces: int) -> None:
    """Sold pieces may stand on that page again: their order was cancelled, or we set the quantity as they were sold.
    Nobody asked whether another order has them, so the page is read at once. Part of the caller's transaction."""
    Offer.objects.filter(pk=offer.pk).update(returned=F("returned") + pieces)
    page = offer.listing
    asking.look(page.connection_id, page.remote_id, urgency=Urgency.LEVEL)


def ask_held(connection: uuid.UUID) -> None:
    """Ask for every page of the shop that was held. Needs a transaction."""
    pages = Listing.objects.filter(connection=connection).exclude(held="").select_related("connection")
    for row in standing.of(pages.order_by("uid")):
        asking.ask(row, row.listing.cause)


def _bring(row: Standing, reason: Reason, cause: str) -> bool:
    """Ask for what follows; whether the page waits for a person from now on."""
    page = row.listing
    away = page.seen in (Seen.HIDDEN, Seen.SOLD_OUT, Seen.ENDED)
    changes: dict[str, object] = {}
    if reason == "returned" and page.wanted == Wanted.LIVE and (away or page.exposed_since) and not page.waits:
        changes["waits"] = True
    if reason == "sale" and page.exposed_since is None and resting.exposes(row):
        changes["exposed_since"] = now()
    if reason == "sale":
        resting.try_again(row)
    if reason == "person" and not page.asked_by and row.step.next not in AT_REST:
        changes["asked_by"] = "person"
    if changes:
        Listing.objects.filter(pk=page.pk).update(**changes)
        for name, value in changes.items():
            setattr(page, name, value)
    asking.ask(row, cause)
    return "waits" in changes


def _live(items: Iterable[uuid.UUID]) -> Iterable[uuid.UUID]:
    """Those of the items that somebody can buy somewhere now."""
    stocked = Q(seen_quantity=None) | Q(seen_quantity__gt=0)
    offers = Offer.objects.filter(stocked, item__in=items, listing__seen=Seen.LIVE)
    return offers.values_list("item_id", flat=True)
