"""What came of a wish: done, still at work, or refused in the marketplace's own words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from instica.connections import queries as connections
from instica.connections.models import Connection
from instica.inventory.models import Item
from instica.kit.contract import Marketplace
from instica.listings import prerequisites, standing
from instica.listings.models import Listing, Seen, Wanted
from instica.listings.standing import Standing


@dataclass(frozen=True, slots=True)
class Outcome:
    """``url`` and ``listing_id`` are known once it is done; ``complaints`` are what they said."""

    status: Literal["success", "pending", "failed"]
    url: str | None = None
    listing_id: str | None = None
    error: str = ""
    complaints: tuple[dict[str, Any], ...] = ()
    code: str = ""


OVER = frozenset({"sold out", "ended", "ended there", "off sale"})
NOTHING_LEFT = "Nothing is left to list: it was sold meanwhile."
Judge = Callable[[], Outcome]


def of_listing(page: uuid.UUID) -> Outcome:
    """Whether the page is up and says what is wanted."""
    (row,) = _read([page])
    return judged_live(row)


def of_delisting(pages: Collection[uuid.UUID]) -> Outcome:
    """Whether nothing of any of them can be bought any more."""
    return of_all([judged_ended(row) for row in _read(pages)])


def of_all(outcomes: Sequence[Outcome]) -> Outcome:
    """One answer for several pages: what was refused is said first, then what is still at work; else the youngest."""
    by_status = {each.status: each for each in outcomes}
    return by_status.get("failed") or by_status.get("pending") or by_status["success"]


def judged_live(row: Standing) -> Outcome:
    """The same of a page that was read. What was up and is over by now had its success."""
    page, state = row.listing, row.step.state
    if state in ("live", "drifted"):
        return there(row)
    if state in OVER:
        return there(row) if page.listed_at else Outcome("failed", error=NOTHING_LEFT, code="not_available")
    return _refusal(row)


def judged_ended(row: Standing) -> Outcome:
    """The same of a page that is to be gone."""
    if row.listing.wanted == Wanted.ENDED and row.listing.seen != Seen.LIVE and not row.is_flying:
        return there(row)
    return _refusal(row)


def _read(pages: Collection[uuid.UUID]) -> list[Standing]:
    return standing.of(Listing.objects.filter(pk__in=pages).select_related("connection").order_by("created", "uid"))


def there(row: Standing) -> Outcome:
    """What was wanted came to be."""
    return Outcome("success", row.listing.url or None, row.listing.remote_id or None)


def _refusal(row: Standing) -> Outcome:
    if row.step.state != "refused":
        return Outcome("pending")
    problem = row.listing.problem or {}
    said = tuple({name: str(each.get(name, "")) for name in ("message", "field", "code")} for each in _said(problem))
    return Outcome("failed", error=str(problem.get("message", "")), complaints=said, code="refused_by_marketplace")


def _said(problem: dict[str, Any]) -> list[dict[str, Any]]:
    return problem.get("complaints") or [{"message": problem.get("message", "")}]


def shops_of(item: Item, manifest: Marketplace, account: str = "") -> Sequence[Connection]:
    """The shops an item is to be delisted from: the named one, else the default one, else wherever it is there."""
    if account:
        return [prerequisites.shop(item.organization, manifest.slug, account)]
    pages = Listing.objects.filter(offers__item=item, connection__marketplace=manifest.slug)
    mine = pages.exclude(wanted=Wanted.ENDED, seen__in=(Seen.ABSENT, Seen.HIDDEN, Seen.ENDED, Seen.SOLD_OUT))
    shops = {page.connection_id: page.connection for page in mine.select_related("connection")}
    default = connections.newest_valid(item.organization, manifest.slug)
    return [default] if default and default.pk in shops else list(shops.values())
