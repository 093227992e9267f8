"""Takes in a look at a page that nobody of ours had just written: what moved there, and what somebody edited."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from instica.core.money import Money
from instica.kit.types import RemoteListing
from instica.listings import differences, drifting, locks, pages, recording, resting, services, telling
from instica.listings.calls import of_remote
from instica.listings.differences import Difference
from instica.listings.models import Desk, Listing, Seen, Wanted
from instica.listings.standing import Standing, unexplained
from instica.listings.states import AT_REST
from instica.work.lanes import commit

SETTLED_AFTER = dt.timedelta(minutes=10)
"""How long a drop may wait for its order before it is shown as a difference."""
DROPPED = "fewer stand there than agreed, and no order says why yet"


def observe(*, page: uuid.UUID, remote: RemoteListing, asked_at: dt.datetime, whole: bool) -> bool:
    """The page as it was read; whether pieces went for no reason yet, so that it is worth another look soon.

    ``asked_at`` is when the reading began: what we wrote since then, or are writing, makes it stale, and it says
    nothing. ``whole``: nothing was left out, as lists may do.
    """
    with commit():
        row = locks.page(page)
        if row is None or _is_being_put_up(row) or (row.listing.seen_at and row.listing.seen_at > asked_at):
            return False
        if row.attempt and not _finished_there(row, remote):
            return False
        found = list(_found(row, remote, whole)) if row.listing.wanted == Wanted.LIVE else []
        found += _missing(row, remote, asked_at)
        before, waited = {offer.pk: unexplained(offer) for offer in row.offers}, row.listing.waits
        recording.take(row, remote, {}, ours=False)
        _keep(row, remote, found, whole)
        if waited and not row.listing.waits:
            telling.shown_again(row)
        dropped = {each.item_id for each in row.offers if each.item_id and unexplained(each) != before[each.pk]}
        services.restate(offer.item_id for offer in row.offers if offer.item_id)
        if dropped:
            services.stock_changed(dropped, cause=DROPPED)
        after = locks.page(page)
        assert after is not None
        _decide(after)
        shown = {each.get("offer") for each in after.listing.drift or ()}
        return any(unexplained(offer) and str(offer.pk) not in shown for offer in after.offers)


def gone(*, page: uuid.UUID) -> None:
    """There is no such page any more; a sale that did it comes with its order."""
    with commit():
        row = locks.page(page)
        if row and not _is_being_put_up(row) and row.listing.remote_id:
            was = row.listing.seen
            recording.gone(row)
            if was == Seen.LIVE:
                telling.gone(row)
            services.restate(offer.item_id for offer in row.offers if offer.item_id)
            services.stock_changed({offer.item_id for offer in row.offers if offer.item_id})
            resting.go_on(row, "it is gone there")


def _is_being_put_up(row: Standing) -> bool:
    """Whether a publish of ours is under way: its next step reads the page by itself."""
    return row.is_flying or (row.attempt is not None and row.step.next not in AT_REST)


def _finished_there(row: Standing, remote: RemoteListing) -> bool:
    """Whether somebody put up on the site what we had begun and left; then nothing of the publish is left to do."""
    if row.attempt is None or remote.seen != "live":
        return False
    row.attempt.delete()
    row.attempt = None
    return True


def _found(row: Standing, remote: RemoteListing, whole: bool) -> Iterator[Difference]:
    """What differs. Words are not compared while ours are on their way."""
    page, there = row.listing, of_remote(row, remote)
    if not row.page.behind and page.agreed:
        yield from differences.words(page.content, remote, whole=whole)
    yield from differences.seen(page.seen, remote)
    for offer in row.offers:
        if offer.pk not in there or not offer.item_id:
            continue
        name, now = str(offer.pk), there[offer.pk]
        before = None if offer.price is None else Money(offer.price, offer.currency)
        yield from differences.price(name, before, now)
        back = None if offer.agreed_quantity is None else offer.agreed_quantity + offer.returned
        yield from differences.quantity(name, back, now)


def _missing(row: Standing, remote: RemoteListing, asked_at: dt.datetime) -> Iterator[Difference]:
    """Pieces that went and whose order does not come. On a page that is over too: until somebody says what became of
    them, they are offered nowhere. While orders cannot be read it is too early to ask: their sale would count twice."""
    there, since, orders_read = of_remote(row, remote), row.listing.seen_at, row.listing.connection.last_synced_at
    if since and (asked_at - since < SETTLED_AFTER or (orders_read and orders_read < since)):
        return
    for offer in row.offers:
        same = offer.item_id and offer.pk in there and there[offer.pk].quantity == offer.seen_quantity
        if same and unexplained(offer) and offer.agreed_quantity is not None and offer.seen_quantity is not None:
            yield differences.missing(str(offer.pk), offer.agreed_quantity, offer.seen_quantity)


def _keep(row: Standing, remote: RemoteListing, found: list[Difference], whole: bool) -> None:
    """Show what differs; where nothing does, a fuller reading is what both sides agree on from now on."""
    page = row.listing
    known = [each for each in page.drift or () if not _is_explained(row, each)]
    page.drift = differences.merged(known, found) or None
    if page.drift is None and whole and page.agreed and not row.page.behind:
        content, words = pages.normal(remote)
        page.content, page.agreed = content, pages.mark(words)
    page.save(update_fields=["drift", "content", "agreed"])
    if page.drift is None:
        telling.agreed(row)
    elif page.drift != known:
        telling.drifted(row)


def _is_explained(row: Standing, difference: Difference) -> bool:
    """Whether pieces that were missing have their order now."""
    if difference["field"] != "quantity" or difference["theirs"] > difference["ours"]:
        return False
    return not any(str(offer.pk) == difference["offer"] and unexplained(offer) for offer in row.offers)


def _decide(row: Standing) -> None:
    """By the shop's policy where it has one; else a person decides, and what stock demands is done all the same."""
    page = row.listing
    desk = Desk.objects.filter(connection=page.connection_id).first()
    if page.drift and desk and desk.drift != drifting.ASK:
        drifting.settle(row, desk.drift, actor="policy")
    resting.try_again(row)
    resting.go_on(row, "it was changed there")


def known(connection: uuid.UUID, refs: list[str]) -> dict[str, uuid.UUID]:
    """Our pages by the shop's ids, as far as somebody linked or made them."""
    mine = Listing.objects.filter(connection=connection, remote_id__in=refs, offers__item__isnull=False)
    return dict(mine.values_list("remote_id", "pk"))
