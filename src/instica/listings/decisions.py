"""What a person decides about one page: edit it, bring it back, let it go, look again, try again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from instica.core.errors import Conflict
from instica.core.money import Money
from instica.inventory.models import Item
from instica.listings import locks, resting, standing, wishes
from instica.listings.models import Attempt, Listing, Seen, Wanted
from instica.listings.standing import Standing
from instica.listings.states import AT_REST
from instica.listings.wishes import By, locked
from instica.work.lanes import commit

Decision = Literal["relist", "accept", "recheck", "retry", "absent"]


def decide(*, page: Listing, decision: Decision, by: By) -> Listing:
    """Do it; the page it is about from now on. Raises ``Conflict`` where the page's state does not ask for it."""
    with commit():
        row = locked(page)
        return DECISIONS[decision](row, by)


def edit(*, page: Listing, price: Money | None, overrides: Mapping[str, Any] | None, by: By) -> Listing:
    """Change what the page asks and says; a refusal is forgotten, for what was refused is no longer what is wanted."""
    with commit():
        row = locked(page)
        changed = wishes.set_price(row.offers, price) | wishes.set_words(row.listing, overrides)
        wishes.decided(row.listing, price, overrides)
        wishes.wish(row.listing, by, "a person edited it", changed=changed)
        resting.go_on(locked(page), row.listing.cause)
        return row.listing


def relist_all(*, item: Item, by: By) -> list[Listing]:
    """Bring back every page of the item that waits for a person: one click after a cancelled order (D25)."""
    with commit():
        locks.around(item.pk)
        waiting = [row for row in standing.of(standing.pages_of([item.pk])) if row.step.state == "off sale"]
        return [relist(locked(row.listing), by) for row in waiting]


def waiting(item: Item) -> list[Listing]:
    """The pages of an item that come back when a person says so."""
    return [row.listing for row in standing.of(standing.pages_of([item.pk])) if row.step.state == "off sale"]


def relist(row: Standing, by: By) -> Listing:
    """It goes on sale again; where it cannot come back, as a new page. What that costs is agreed to."""
    page = row.listing
    if row.step.state not in ("off sale", "ended there", "ended", "sold out") or row.is_flying:
        raise Conflict("This page is not off sale.", code="not_off_sale")
    offer = next((offer for offer in row.offers if offer.item_id), None)
    if offer is None or offer.item is None:
        raise Conflict("Link this page to an item first.", code="not_linked")
    if standing.living(offer.item.pk, page.connection_id).exclude(pk=page.pk).exists():
        raise Conflict("Another page of this item is listed there.", code="listed_already")
    return wishes.list_item(item=offer.item, connection=page.connection, by=by, page=page)


def accept(row: Standing, by: By) -> Listing:
    """It stays off sale: nothing more is wanted of it."""
    if row.listing.seen == Seen.LIVE:
        raise Conflict("This page is on sale. Delist it instead.", code="still_on_sale")
    return wishes.end(row.listing, by, "a person let it go")


def recheck(row: Standing, by: By) -> Listing:
    """Look there once more for what may have been put up."""
    attempt = _doubtful(row)
    attempt.looks = 0
    attempt.save(update_fields=["looks"])
    return _go(row, by, "a person wants it looked for again")


def absent(row: Standing, by: By) -> Listing:
    """A person looked in the shop: it is not there, so it may be put up."""
    _doubtful(row).delete()
    return _go(row, by, "a person saw that it is not there")


def retry(row: Standing, by: By) -> Listing:
    """Send again what was refused."""
    if row.listing.problem is None:
        raise Conflict("Nothing about this page was refused.", code="not_refused")
    return _go(row, by, "a person tried it again")


DECISIONS: Mapping[Decision, Callable[[Standing, By], Listing]] = {
    "relist": relist,
    "accept": accept,
    "recheck": recheck,
    "retry": retry,
    "absent": absent,
}


def possible(row: Standing) -> list[Decision]:
    """What there is to decide about a page now."""
    state = row.step.state
    if state == "checking":
        return ["recheck", "absent"] if row.step.next in AT_REST else []
    if state == "refused":
        return ["retry"] if row.listing.seen == Seen.LIVE else ["retry", "accept"]
    return ["relist", "accept"] if state in ("off sale", "ended there") else []


def _doubtful(row: Standing) -> Attempt:
    if row.attempt is None or not row.is_flying or row.step.next not in AT_REST:
        raise Conflict("It is known whether this page was put up.", code="not_in_doubt")
    return row.attempt


def _go(row: Standing, by: By, cause: str) -> Listing:
    wishes.wish(row.listing, by, cause, changed=False)
    if row.listing.wanted == Wanted.LIVE:
        row.listing.fee_agreed = row.listing.seen != Seen.LIVE
        row.listing.save(update_fields=["fee_agreed"])
    resting.go_on(locked(row.listing), cause)
    return row.listing
