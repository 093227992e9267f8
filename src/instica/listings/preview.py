"""A page as it would be after a wish, without a row being written: what a dry run and the checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.money import Money
from instica.inventory.models import Item
from instica.listings import standing
from instica.listings.models import Listing, Offer, Seen, Wanted
from instica.listings.standing import Standing
from instica.listings.words import usable, with_overrides


def row(item: Item, connection: Connection, price: Money | None, overrides: Mapping[str, Any] | None) -> Standing:
    """The item's page in that shop, as it is wanted then."""
    page = usable(item, connection)
    if page is None:
        page = Listing(organization_id=item.organization_id, connection=connection, item=item, wanted=Wanted.LIVE)
        page.seen, currency = Seen.ABSENT, connection.currency or item.currency
        offers = [Offer(listing=page, item=item, sku=item.sku, currency=currency, baseline=now())]
    else:
        offers = list(Offer.objects.filter(listing=page).order_by("uid"))
    page.overrides = with_overrides(page.overrides, overrides)
    for offer in offers if price else ():
        assert price is not None
        offer.asked, offer.currency = price.minor, price.currency
    ours = standing.stock(offer.item_id for offer in offers if offer.item_id)
    return Standing(page, offers, ours, None)
