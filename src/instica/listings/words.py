"""Which page of an item a wish is about, and what the page says otherwise than its item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instica.connections.models import Connection
from instica.inventory.models import Item
from instica.listings.facts import facts
from instica.listings.models import Listing, Seen, Wanted


def usable(item: Item, connection: Connection) -> Listing | None:
    """The item's page in that shop that a wish is about: a wanted one before others, a live one before hidden ones."""
    mine = Listing.objects.filter(offers__item=item, connection=connection).select_related("connection").distinct()
    known = [page for page in mine if page.seen in (Seen.LIVE, Seen.HIDDEN) or page.wanted != Wanted.ENDED]
    return max(
        known, key=lambda page: (page.wanted != Wanted.ENDED, page.seen == Seen.LIVE, page.created), default=None
    )


def is_over(page: Listing) -> bool:
    """Whether a page cannot come back, so that a new one takes its place."""
    about = facts(page.connection.marketplace)
    return page.seen == Seen.ENDED or (page.seen == Seen.SOLD_OUT and (about.single or about.costs))


def with_overrides(before: Mapping[str, Any] | None, given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The page's own words with those given; an empty word, or a field that is null, takes one back."""
    known = dict(before or {})
    if given is None:
        return known or None
    fields = {**known.get("fields", {}), **(given.get("fields") or {})}
    after = {**known, **given, "fields": {name: value for name, value in fields.items() if value is not None}}
    return {name: value for name, value in after.items() if value} or None
