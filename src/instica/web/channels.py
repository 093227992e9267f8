"""The part of an item's page that shows where it is for sale, shop by shop, and its buttons."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from instica.connections import queries as connections
from instica.connections.models import Connection, State
from instica.core.money import Money
from instica.inventory import queries as inventory
from instica.inventory import standing as statuses
from instica.inventory.models import Item
from instica.listings import decisions, drafts, queries, services, standing
from instica.listings.models import Listing, Offer
from instica.listings.standing import Standing
from instica.listings.states import AT_REST
from instica.listings.wishes import By
from instica.marketplaces import get as manifest_of
from instica.people.models import Organization, User
from instica.web import lacking
from instica.web.door import act, page
from instica.web.lacking import Lack

QUICK, SLOW = 1500, 8000
HISTORY = 3
SAYING = {
    "draft": "Not listed.",
    "publishing": "On its way up.",
    "updating": "Being changed there.",
    "live": "Buyers can buy it.",
    "sold out": "Sold out. It comes back with stock.",
    "off sale": "Off sale. It is back in stock, and goes on sale again when you say so.",
    "ended there": "Ended there, not from here.",
    "ending": "Being taken off sale.",
    "ended": "Off sale, as you wanted.",
    "drifted": "It was changed there.",
    "refused": "They said no to the last change.",
    "checking": "No answer came when it was put up, so it is looked for there before anything is sent again.",
}
LABELS = {
    "relist": "Put it up again",
    "accept": "Leave it off sale",
    "retry": "Try again",
    "recheck": "Look again",
    "absent": "It is not there",
}
DONE = {
    "relist": "It goes up again.",
    "accept": "It stays off sale.",
    "retry": "Trying again.",
    "recheck": "Looking for it again.",
    "absent": "It is put up anew.",
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of the item in one shop, as a person reads it."""

    row: Standing
    offer: Offer

    @property
    def listing(self) -> Listing:
        """Its row."""
        return self.row.listing

    @property
    def state(self) -> str:
        """The word on the badge."""
        return self.row.step.state

    @property
    def saying(self) -> str:
        """The same in a sentence."""
        return SAYING[self.row.step.state]

    @property
    def works(self) -> bool:
        """Whether something is being done about it now."""
        return self.row.step.next not in AT_REST and not self.listing.held

    @property
    def price(self) -> Money | None:
        """What it costs there, or shall."""
        if self.offer.price is not None:
            return Money(self.offer.price, self.offer.currency)
        return drafts.price(self.offer, self.offer.item, self.listing)

    @property
    def levels(self) -> str:
        """What it shows, and what it shall show where that differs."""
        if self.listing.seen != "live":
            return ""
        shown, target = self.offer.seen_quantity, self.row.target(self.offer)
        said = "made to order" if shown is None else f"{shown} shown"
        return said if shown == target or target is None else f"{said}, {target} wanted"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What a person can decide, with the words on the button."""
        return [(each, LABELS[each]) for each in decisions.possible(self.row)]

    @property
    def can_change(self) -> bool:
        """Whether it can be revised."""
        return (
            not is_by_hand(self.listing.connection)
            and self.listing.wanted == "live"
            and self.state not in ("checking", "ended there", "off sale")
        )

    @property
    def can_end(self) -> bool:
        """Whether there is something to take off sale."""
        if is_by_hand(self.listing.connection):
            return False
        return self.listing.wanted != "ended" and self.state not in ("ended there", "off sale", "refused")


@dataclass(frozen=True, slots=True)
class Channel:
    """One shop: the item's pages there, whether it can be listed, and what it lacks for that."""

    connection: Connection
    shelves: list[Shelf]
    can_list: bool
    lacks: list[Lack]

    @property
    def by_hand(self) -> bool:
        """Whether no program can list there."""
        return is_by_hand(self.connection)


def is_by_hand(connection: Connection) -> bool:
    """Whether only its seller can change anything there."""
    manifest = manifest_of(connection.marketplace)
    return manifest is None or manifest.connection == "extension"


@page
def shown(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """The part alone, drawn anew while something is being done."""
    return render(request, "web/item_channels.html", about(inventory.get(organization, uid)))


def about(item: Item) -> dict[str, object]:
    """What that part of the page needs."""
    channels = every(item)
    shelves = [shelf for channel in channels for shelf in channel.shelves]
    return {
        "item": item,
        "channels": channels,
        "pace": QUICK if any(shelf.works for shelf in shelves) else SLOW,
        "waiting": [shelf for shelf in shelves if shelf.state == "off sale"],
    }


def every(item: Item) -> list[Channel]:
    """Every connected shop and every other that has a page of the item, the pages in use before what is over."""
    mine = Offer.objects.filter(item=item).select_related("item", "listing__connection")
    offers = list(mine.order_by("-listing__created"))
    rows = {row.listing.pk: row for row in standing.of({each.listing_id: each.listing for each in offers}.values())}
    shelves = [Shelf(rows[offer.listing_id], offer) for offer in offers]
    shops = {shop.pk: shop for shop in connections.live(item.organization)}
    shops |= {shelf.listing.connection_id: shelf.listing.connection for shelf in shelves}
    free = statuses.available(item.status, item.quantity)
    found = [_channel(item, shop, shelves, free) for shop in shops.values()]
    return sorted(found, key=lambda each: (not each.shelves, each.connection.marketplace, each.connection.username))


def _channel(item: Item, shop: Connection, shelves: list[Shelf], free: bool) -> Channel:
    mine = [shelf for shelf in shelves if shelf.listing.connection_id == shop.pk]
    used = [shelf for shelf in mine if shelf.listing.wanted != "ended" or shelf.listing.seen == "live"]
    wanted = any(shelf.listing.wanted != "ended" for shelf in used)
    can_list = free and not wanted and shop.state == State.CONNECTED
    lacks = lacking.of(item, shop) if can_list and not is_by_hand(shop) else []
    return Channel(shop, used or mine[:1], can_list, lacks)


def by(request: HttpRequest) -> By:
    """Who clicks."""
    assert isinstance(request.user, User)
    return By(actor=request.user, request_id=str(request.META.get("HTTP_X_REQUEST_ID", "")))


@act
def delist(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Take the item off sale in one shop."""
    item = inventory.get(organization, uid)
    shop = connections.get(organization, request.POST.get("shop", ""))
    services.delist(item=item, connections=[shop], by=by(request))
    messages.success(request, "It is taken off sale there.")
    return reverse("web:item", args=[item.public_id])


@act
def decide(request: HttpRequest, organization: Organization, uid: str) -> str:
    """What a person decides about one page; back to its item."""
    listing = queries.get(organization, uid)
    offer = Offer.objects.filter(listing=listing, item__isnull=False).select_related("item").first()
    decision = next((each for each in decisions.DECISIONS if each == request.POST.get("decision")), None)
    if decision:
        decisions.decide(page=listing, decision=decision, by=by(request))
        messages.success(request, DONE[decision])
    return reverse("web:item", args=[offer.item.public_id]) if offer and offer.item else reverse("web:inventory")


@act
def relist(request: HttpRequest, organization: Organization, uid: str) -> str:
    """One click after a cancelled order: everything that waits goes up again (D25)."""
    item = inventory.get(organization, uid)
    count = len(decisions.relist_all(item=item, by=by(request)))
    messages.success(request, f"{count} listing{'s' if count != 1 else ''} going up again.")
    return reverse("web:item", args=[item.public_id])
