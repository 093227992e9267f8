"""An organization that may list, items each marketplace takes, and what the marketplaces hold then."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.inventory.models import Cause, Image, Item, Move
from instica.kit.types import RemoteListing
from instica.listings.models import Listing
from instica.people.models import Address, Organization
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.shops import Shops

MARKETPLACES = ("discogs", "ebay", "etsy", "shopify")
FIELDS: dict[str, dict[str, Any]] = {
    "etsy": {
        "taxonomy_id": 2078,
        "shipping_profile_id": 188204511203,
        "return_policy_id": 1102334872,
        "readiness_state_id": 1402336022581,
        "who_made": "someone_else",
        "when_made": "1960s",
    }
}


def may_list(organization: Organization) -> Address:
    """It has said where it ships from."""
    return Address.objects.create(
        organization=organization,
        full_name="Ada",
        line1="1 Green Street",
        city="Berlin",
        postal_code="10115",
        country="DE",
        is_primary=True,
    )


def confirmed(connection: Connection) -> Connection:
    """A shop whose owner said yes to changes by themselves."""
    connection.confirmed_at = now()
    connection.save(update_fields=["confirmed_at"])
    return connection


def a_page(connection: Connection) -> RemoteListing:
    """A sound page of the shop: its release and its pictures exist there."""
    rows: list[RemoteListing] = []
    cursor: str | None = None
    while not rows:
        page = connector_for(connection, "stock").listings(cursor)
        rows = [row for row in page.rows if row.seen == "live" and not row.faults]
        cursor = page.next
    return rows[0]


def item_for(connection: Connection, *, quantity: int | None = 1, sku: str = "NEW-1", **fields: Any) -> Item:
    """An item with so many pieces that this marketplace takes as it is."""
    like = a_page(connection)
    house = connection.organization
    of = builders.product(house, release=like.release if connection.marketplace == "discogs" else "")
    item = builders.item(house, of, quantity=quantity, sku=sku, description="Played twice.", **fields)
    if quantity:
        Move.objects.create(
            organization=house, item=item, delta=quantity, cause=Cause.IMPORT, reference=f"test/{item.uid}"
        )
    picture = "https://i.ebayimg.com/images/g/CONFORM000000001/s-l1600.jpg"
    link = like.images[0] if connection.marketplace == "etsy" else picture
    if connection.marketplace in ("ebay", "etsy"):
        Image.objects.create(organization=house, item=item, url=link)
    return item


def truth(shop: Shops, slug: str) -> dict[str, dict[str, Any]]:
    """What the marketplace holds, by its id."""
    return {str(row["listing_id"]): row for row in shop.control(slug, "listings")["listings"]}


def is_listed(slug: str, row: dict[str, Any]) -> bool:
    """Whether buyers can buy it there."""
    listed: bool = import_module(f"instica.marketplaces.{slug}.tests.facts").is_listed(row)
    return listed and row["quantity"] != 0


def on_sale(shop: Shops, slug: str, sku: str = "NEW-1") -> list[str]:
    """The ids of what is on sale there under that SKU."""
    rows = truth(shop, slug).items()
    return [number for number, row in rows if row["sku"] == sku and is_listed(slug, row)]


def all_there(shop: Shops, slug: str, sku: str = "NEW-1") -> list[str]:
    """Everything of that SKU there, on sale or not."""
    return [number for number, row in truth(shop, slug).items() if row["sku"] == sku]


def worked(clock: time_machine.Traveller, rounds: int = 40) -> None:
    """Everything done that is asked for, however long limits make it wait."""
    for _ in range(rounds):
        run_until_idle()
        if not Task.objects.filter(state=Task.State.QUEUED).exists():
            return
        clock.shift(15)
    raise AssertionError([(task.kind, task.why) for task in Task.objects.all()])


def pages(item: Item) -> list[Listing]:
    """The item's pages, the oldest first."""
    return list(Listing.objects.filter(offers__item=item).select_related("connection").order_by("created", "uid"))
