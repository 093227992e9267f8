"""A publish under way: begun before its first write, and kept until the page is up or nobody wants it."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from instica.core.clock import now
from instica.core.money import Money
from instica.kit import types as kit
from instica.listings.models import Attempt, Listing


def begin(listing: Listing, known: Attempt | None, draft: kit.Draft) -> Attempt:
    """Write down that its next step is about to be sent; part of the transaction that commits before the call.

    Where nothing bears an id there yet, another wish begins anew.
    """
    row = known or Attempt(
        organization_id=listing.organization_id,
        listing=listing,
        key=uuid.uuid4().hex,
        version=listing.wanted_version,
    )
    if row.version < listing.wanted_version and not listing.remote_id:
        row.step, row.version = "", listing.wanted_version
    row.draft, row.sent_at, row.looks = packed(draft), now(), 0
    row.save()
    return row


def told(row: Attempt) -> kit.Attempt:
    """The same as a connector takes it."""
    assert row.sent_at is not None
    draft = unpacked(row.draft)
    return kit.Attempt(key=row.key, step=row.step, sent_at=row.sent_at, title=draft.title, draft=draft, begun=row.begun)


def landed(row: Attempt, step: str | None = None) -> None:
    """What was sent is known to have had its effect, or none: nothing is in flight. ``step`` is what comes next."""
    row.sent_at, row.looks = None, 0
    row.step = row.step if step is None else step
    row.save(update_fields=["sent_at", "looks", "step"])


def packed(draft: kit.Draft) -> dict[str, Any]:
    """A draft as JSON."""
    return dataclasses.asdict(draft)


def unpacked(data: dict[str, Any]) -> kit.Draft:
    """A draft out of JSON."""
    offers = tuple(_offer(each) for each in data["offers"])
    return kit.Draft(**{**data, "offers": offers, "images": tuple(data["images"])})


def _offer(data: dict[str, Any]) -> kit.RemoteOffer:
    money = data["price"]
    return kit.RemoteOffer(**{**data, "price": Money(money["minor"], money["currency"]) if money else None})
