"""Decides a difference: take what stands there, or keep what we have and say it again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Literal

from django.db.models import F

from instica.connections.models import Connection
from instica.core import ids
from instica.core.errors import Conflict
from instica.core.money import Money
from instica.inventory import stock
from instica.listings import drafts, locks, resting, services, telling
from instica.listings.differences import Difference
from instica.listings.models import Desk, Listing, Offer, Wanted
from instica.listings.standing import Standing
from instica.work.lanes import commit

Resolution = Literal["theirs", "ours"]
Check = Callable[[Listing], None]
ASK = "ask"
NOTE = "Taken from the marketplace"
DECIDED = "a difference was decided"


def anything(page: Listing) -> None:
    """Whatever differs is decided."""


def resolve(*, page: Listing, resolution: Resolution, actor: str, check: Check = anything) -> Listing:
    """Decide everything that differs on a page, unless ``check`` objects to what that is by now.

    Raises ``Conflict`` when nothing does.
    """
    with commit():
        row = locks.page(page.pk)
        if row is None or not row.listing.drift:
            raise Conflict("Nothing differs on this page any more.", code="no_drift")
        check(row.listing)
        settle(row, resolution, actor)
        telling.agreed(row)
        after = locks.page(page.pk)
        assert after is not None
        resting.go_on(after, DECIDED)
        return after.listing


def choose(*, connection: Connection, policy: str) -> None:
    """From now on: ``ask``, or whose side is taken without asking. What differs already is not decided by it."""
    mine = {"organization_id": connection.organization_id, "drift": policy}
    Desk.objects.update_or_create(connection=connection, defaults={"drift": policy}, create_defaults=mine)


def settle(row: Standing, resolution: str, actor: str) -> None:
    """The same for a page that is locked, by whoever decides; what it frees is offered on the other pages again."""
    page = row.listing
    decide = THEIRS if resolution == "theirs" else OURS
    offers = {str(offer.pk): offer for offer in row.offers}
    for difference in page.drift or ():
        offer = offers.get(str(difference.get("offer", "")))
        name = str(difference["field"])
        decide.get(name, decide["words"])(page, offer, difference, actor)
    counted = any(difference["field"] == "quantity" for difference in page.drift or ())
    page.drift = None
    page.save()
    if resolution == "theirs" and page.sent:
        current = locks.page(page.pk)
        assert current is not None
        page.sent, page.sent_version = drafts.fingerprint(drafts.of(current).draft), page.wanted_version
        page.save(update_fields=["sent", "sent_version"])
    if counted:
        services.stock_changed({offer.item_id for offer in row.offers if offer.item_id}, cause=DECIDED)


def _take_words(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    name, theirs = difference["field"], difference["theirs"]
    page.content = {**page.content, name: theirs}
    if page.item_id and name in ("title", "description"):
        page.overrides = {**(page.overrides or {}), name: theirs}
    if name == "title":
        page.title = theirs[:600]


def _keep_words(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    page.wanted_version += 1


def _take_price(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    _ask_price(offer, difference["theirs"])


def _keep_price(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    if not page.item_id:
        _ask_price(offer, difference["ours"])
    page.wanted_version += 1


def _ask_price(offer: Offer | None, told: Mapping[str, Any]) -> None:
    money = Money.parse(told["amount"], told["currency"])
    if offer:
        Offer.objects.filter(pk=offer.pk).update(asked=money.minor, currency=money.currency)


def _take_quantity(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    """So many more, or fewer, are in stock; what was missing has its reason now."""
    if offer is None or offer.item_id is None:
        return
    item = locks.items([offer.item_id])[offer.item_id]
    if item.quantity is not None:
        reference = f"drift:{ids.new()}"
        there = max(0, item.quantity + difference["theirs"] - difference["ours"])
        stock.set_to(item, there, NOTE, actor, reference)
    _explain(offer.pk)


def _keep_quantity(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    """Nothing was sold: what is missing there is put back."""
    if offer:
        _explain(offer.pk)


def _explain(offer: uuid.UUID) -> None:
    Offer.objects.filter(pk=offer).update(agreed_quantity=F("seen_quantity"))


def _take_hidden(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    page.wanted = Wanted.ENDED


def _keep_shown(page: Listing, offer: Offer | None, difference: Difference, actor: str) -> None:
    """It is shown again by the next step."""


Decide = Callable[[Listing, Offer | None, Difference, str], None]
THEIRS: Mapping[str, Decide] = {
    "words": _take_words,
    "price": _take_price,
    "quantity": _take_quantity,
    "seen": _take_hidden,
}
OURS: Mapping[str, Decide] = {
    "words": _keep_words,
    "price": _keep_price,
    "quantity": _keep_quantity,
    "seen": _keep_shown,
}
