"""After a cancelled order: the pages that went off sale for its pieces wait for a person's word (D25)."""

from __future__ import annotations

from dataclasses import dataclass

from instica.connections.models import State
from instica.core.errors import Conflict, Problem
from instica.inventory.models import Item
from instica.listings import prerequisites
from instica.listings import services as listings
from instica.listings.models import Listing, Offer
from instica.listings.wishes import By
from instica.orders import settle
from instica.orders.errands import Asker
from instica.orders.models import Line, Order, Settled


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page that waits to be put back on sale; ``costs`` is whether that costs money at once."""

    listing: Listing
    item: Item
    costs: bool


def waiting(order: Order) -> list[Waiting]:
    """The pages that went off sale for what this order gave back, while those pieces are in stock."""
    if not settle.is_over(order):
        return []
    items = Line.objects.filter(order=order, settled=Settled.GIVEN_BACK).exclude(item=None).values("item")
    offers = Offer.objects.filter(item__in=items, listing__waits=True, listing__connection__state=State.CONNECTED)
    stocked = offers.filter(item__quantity__gt=0).select_related("listing__connection", "item__product__artist")
    found = {offer.listing_id: offer for offer in stocked.order_by("listing", "uid") if offer.item}
    return [
        Waiting(offer.listing, offer.item, prerequisites.costs(offer.listing.connection))
        for offer in found.values()
        if offer.item
    ]


@dataclass(frozen=True, slots=True)
class Relisted:
    """The pages that come back, and why others do not."""

    done: list[Listing]
    refused: list[tuple[Listing, Problem]]


def relist(*, order: Order, asker: Asker) -> Relisted:
    """Put all of them back on sale, each that has what listing asks for.

    Raises ``Conflict`` when none waits, and what listing asks of the organization (``PaymentRequired``, ``Invalid``).
    """
    pages = waiting(order)
    if not pages:
        raise Conflict("Nothing of this order waits to be listed again.", code="nothing_to_relist")
    prerequisites.organization_may_list(order.organization)
    by = By(actor=asker.actor, request_id=asker.request_id)
    found = Relisted([], [])
    for page in pages:
        try:
            prerequisites.ready(page.item, page.listing.connection, None, None)
            found.done.append(listings.list_item(item=page.item, connection=page.listing.connection, by=by))
        except Problem as problem:
            found.refused.append((page.listing, problem))
    return found
