"""The page that follows another: the next single piece after a sale (D14), or a new one after one that is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from instica.core.clock import now
from instica.inventory.models import Item
from instica.listings import asking, standing
from instica.listings.models import Listing, Offer, Seen, Wanted
from instica.listings.standing import Standing

CLOCKS_DIFFER = dt.timedelta(days=1)


def replace(row: Standing) -> Listing | None:
    """The page is over: a new one takes its place, unless another page of the item is wanted in that shop anyway."""
    page = row.listing
    page.wanted = Wanted.ENDED
    page.save(update_fields=["wanted"])
    offer = next((offer for offer in row.offers if offer.item_id), None)
    if offer is None or offer.item is None or standing.living(offer.item.pk, page.connection_id).exists():
        return None
    made = fresh(offer.item, page, offer)
    asking.ask(standing.of([made])[0], made.cause)
    return made


def fresh(item: Item, like: Listing, offer: Offer) -> Listing:
    """A page that says what the other one said, wanted live and not there yet."""
    own: dict[str, Any] = dict(like.overrides or {})
    if like.item_id is None:
        own = {name: like.content[name] for name in ("title", "description") if like.content.get(name)} | own
    asked = offer.asked if like.item_id else offer.asked or offer.price
    made = new(item, like, overrides=own, asked=asked, currency=offer.currency)
    made.cause, made.asked_by, made.fee_agreed = like.cause, like.asked_by, like.fee_agreed
    made.save()
    return made


def new(item: Item, like: Listing, *, overrides: dict[str, Any], asked: int | None, currency: str) -> Listing:
    """A page of one item, not there yet.

    Whatever is sold on it is sold since it exists, even where the other side's clock is behind ours.
    """
    made = Listing.objects.create(
        organization_id=item.organization_id,
        connection=like.connection,
        item=item,
        title=item.title,
        overrides=overrides or None,
        wanted=Wanted.LIVE,
        seen=Seen.ABSENT,
        sent_version=0,
    )
    Offer.objects.create(
        organization_id=item.organization_id,
        listing=made,
        item=item,
        sku=item.sku,
        currency=currency,
        asked=asked,
        agreed_quantity=0,
        seen_quantity=0,
        baseline=now() - CLOCKS_DIFFER,
    )
    return made
