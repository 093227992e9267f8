"""Saying what a page shall be: listed, delisted, as a person wants it. Each sets what is wanted and asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from instica.connections.models import Connection
from instica.core.money import Money
from instica.inventory.models import Item
from instica.listings import locks, pieces, resting, standing
from instica.listings.models import Listing, Offer, Seen, Wanted
from instica.listings.words import is_over, usable, with_overrides
from instica.people.models import User
from instica.work.lanes import commit

Reason = Literal["sale", "returned", "person", "automatic"]
AskedBy = Literal["person", "bulk"]


@dataclass(frozen=True, slots=True)
class By:
    """Who wants it, for the activity, and the request it came with."""

    actor: User | None = None
    request_id: str = ""
    asked_by: AskedBy = "person"


def list_item(
    *,
    item: Item,
    connection: Connection,
    price: Money | None = None,
    overrides: Mapping[str, Any] | None = None,
    by: By,
    page: Listing | None = None,
) -> Listing:
    """Want the item live in that shop; asking again changes nothing, another price or word revises the page.

    ``price`` is for that page alone; ``page`` is which of the item's pages there is meant. Fees were shown and are
    agreed to. The caller checked what listing asks for.
    """
    with commit():
        locks.around(item.pk)
        page = _page(item, connection, page or usable(item, connection))
        row = locks.page(page.pk)
        assert row is not None
        page = row.listing
        changed = set_price(row.offers, price) | set_words(page, overrides)
        page.wanted, page.waits, page.fee_agreed = Wanted.LIVE, False, page.seen != Seen.LIVE
        decided(page, price, overrides)
        wish(page, by, "a person listed it", changed=changed)
        resting.go_on(locked(page), page.cause)
        return page


def delist(*, item: Item, connections: Sequence[Connection], by: By) -> list[Listing]:
    """Want none of the item's pages in those shops; the pages it was."""
    with commit():
        locks.around(item.pk)
        shops = [each.pk for each in connections]
        mine = Listing.objects.filter(offers__item=item, connection__in=shops).order_by("uid").distinct()
        ending = [row for row in mine if row.wanted != Wanted.ENDED or row.seen == Seen.LIVE]
        return [end(page, by, "a person delisted it") for page in ending]


def end(page: Listing, by: By, cause: str) -> Listing:
    """Want one page ended. Needs a transaction in which its items are locked."""
    row = locked(page)
    row.listing.wanted = Wanted.ENDED
    wish(row.listing, by, cause, changed=False)
    resting.go_on(locked(row.listing), cause)
    return row.listing


def _page(item: Item, connection: Connection, page: Listing | None) -> Listing:
    """That page of the item, to be brought back where that is possible; else a new one."""
    if page is None:
        like = Listing(connection=connection)
        return pieces.new(item, like, overrides={}, asked=None, currency=connection.currency or item.currency)
    if is_over(page):
        page.wanted = Wanted.ENDED
        page.save(update_fields=["wanted"])
        return pieces.fresh(item, page, Offer.objects.filter(listing=page, item=item)[0])
    return page


def locked(page: Listing) -> standing.Standing:
    """The page with everything around it, locked."""
    row = locks.page(page.pk)
    assert row is not None
    return row


def set_price(offers: Sequence[Offer], price: Money | None) -> bool:
    """Set it where it is another one than the page has; whether it was."""
    if price is None:
        return False
    other = [offer for offer in offers if (offer.asked, offer.price)[offer.asked is None] != price.minor]
    for offer in other:
        offer.asked, offer.currency = price.minor, price.currency
        offer.save(update_fields=["asked", "currency"])
    return bool(other)


def set_words(page: Listing, overrides: Mapping[str, Any] | None) -> bool:
    """Set what the page says otherwise than its item; whether that is news."""
    before, page.overrides = page.overrides, with_overrides(page.overrides, overrides)
    return page.overrides != before


def decided(page: Listing, price: Money | None, overrides: Mapping[str, Any] | None) -> None:
    """What a person says the page shall ask or say is no open difference any more."""
    said = set(overrides or ()) | ({"price"} if price else set())
    page.drift = [each for each in page.drift or () if each["field"] not in said] or None


def wish(page: Listing, by: By, cause: str, *, changed: bool) -> None:
    page.asked_by, page.actor, page.request_id, page.cause = by.asked_by, by.actor, by.request_id[:80], cause
    page.problem, page.held = None, ""
    page.wanted_version += changed
    page.save()
