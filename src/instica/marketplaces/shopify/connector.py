"""A Shopify shop: what Instica can read there and do there."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from instica.core import clock
from instica.kit.contract import Connector
from instica.kit.errors import Complaint, Gone, Refused, RemoteFailure, TryLater
from instica.kit.ports import Session
from instica.kit.types import (
    Absent,
    Account,
    Attempt,
    Draft,
    Found,
    Level,
    LookAgain,
    Outcome,
    Page,
    Ref,
    RemoteListing,
    RemoteOrder,
    Search,
    Shipment,
    Step,
    Watch,
)
from instica.marketplaces.shopify import drafting, mapping, ordering, staging
from instica.marketplaces.shopify.client import Shopify, following, rows, tail
from instica.marketplaces.shopify.levels import Levels
from instica.marketplaces.shopify.mapping import nodes, words
from instica.marketplaces.shopify.operations import OPERATIONS
from instica.marketplaces.shopify.verdicts import record
from instica.marketplaces.shopify.walk import Walk
from instica.marketplaces.shopify.watching import unwatched, watched
from instica.marketplaces.shopify.words import (
    ACTIVE,
    CANCEL_REASONS,
    CARRIERS,
    DRAFT,
    ON_SALE,
    ONLINE_STORE,
    SHIPPABLE,
    UNPUBLISHED,
    VERSION,
)

OVERLAP = dt.timedelta(minutes=10)
SKEW = dt.timedelta(minutes=2)
SETTLED_AFTER = dt.timedelta(seconds=60)
ROUTING = dt.timedelta(seconds=30)
LONGEST_LIST = 20_000
PUBLISH, READ_BACK = "publish:", "read:"


class ShopifyConnector(Connector):
    """A listing is a product, an offer is a variant; ids are the numbers at the end of Shopify's global ids."""

    carriers = tuple((carrier, carrier) for carrier in CARRIERS)
    ships_parts = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.api = Shopify(session)

    @property
    def account(self) -> Account:
        """Whose shop it is."""
        return self.session.account

    def shop(self) -> Account:
        """The shop, with a warning where the version was replaced or scopes are missing."""
        data = self.api.who()
        account = mapping.account(data, self.account.remote_id)
        warnings = []
        if self.api.version != VERSION:
            warnings.append(f"Shopify answers as version {self.api.version} instead of {VERSION}: update Instica")
        if missing := sorted({each.scope for each in OPERATIONS.values() if each.scope} - mapping.scopes_in(data)):
            warnings.append(f"Shopify did not grant everything: {', '.join(missing)}")
        return replace(account, warnings=tuple(warnings))

    def listings(self, cursor: str | None) -> Page[RemoteListing]:
        """Small shops by page; large ones by bulk operation, with a handful of calls."""
        return Walk(self.api, self.session).step(cursor)

    def listing(self, ref: Ref) -> RemoteListing:
        """One product, with all of its variants."""
        return self._readable(self.api.product(ref.listing))

    def _readable(self, row: Mapping[str, Any]) -> RemoteListing:
        listing = mapping.from_json(row, self.account.currency, self.account.remote_id)
        if listing is None:
            raise Refused([Complaint("Shopify shows this product without an id")])
        return listing

    def orders(self, since: dt.datetime, cursor: str | None) -> Page[RemoteOrder]:
        """Orders with activity since a little before ``since``, the earliest first; a merchant's tests are left out."""
        start: dict[str, Any] = {"since": stamp(since - OVERLAP), "after": None, "seen": 0}
        where = json.loads(cursor) if cursor else start
        page = self.api.order_page(where["since"], where["after"])
        found = [self.api.completed_order(row) for row in rows(page) if not ordering.is_test(row)]
        read = [ordering.from_json(row, self.account.remote_id) for row in found]
        orders = tuple(order for order in read if order)
        after, seen = following(page), where["seen"] + len(found)
        following_page = None if after is None else json.dumps({**where, "after": after, "seen": seen})
        if after and seen >= LONGEST_LIST and orders and stamp(orders[-1].updated_at) > where["since"]:
            following_page = json.dumps({"since": stamp(orders[-1].updated_at), "after": None, "seen": 0})
        return Page(orders, next=following_page, unreachable=read.count(None))

    def order(self, ref: str) -> RemoteOrder:
        """One order."""
        return self._order(self.api.order(ref))

    def _order(self, row: Mapping[str, Any]) -> RemoteOrder:
        order = ordering.from_json(row, self.account.remote_id)
        if order is None:
            raise Refused([Complaint("Shopify shows this order without an id or a date")])
        return order

    def publish(self, draft: Draft, step: str, attempt: Attempt) -> Step:
        """Make the product, then put it onto the online store, then read it back."""
        if step.startswith(PUBLISH):
            number = step.removeprefix(PUBLISH)
            self.api.publish(number, self._channel(draft))
            return self._read_back(number)
        if step.startswith(READ_BACK):
            listing = self.listing(Ref(step.removeprefix(READ_BACK)))
            return Step("", Ref(listing.id), listing.url, listing)
        drafting.checked(draft, self.account.currency)
        handle = drafting.handle_for(draft.title, attempt.key)
        fields = drafting.new_product(draft, handle, self._location(draft))
        if files := staging.files(self.api, self.session, draft):
            fields["files"] = files
        number = self.api.set_product({"handle": handle}, fields, "once")
        return self._read_back(number) if draft.hidden else Step(PUBLISH + number, Ref(number))

    def _read_back(self, number: str) -> Step:
        try:
            listing = self.listing(Ref(number))
        except RemoteFailure:
            return Step(READ_BACK + number, Ref(number))
        return Step("", Ref(number), listing.url, listing)

    def _location(self, draft: Draft) -> str:
        """Where new stock lies: as the draft says, else the first place that ships what is bought online."""
        if chosen := words(draft.fields.get("location")):
            return chosen
        if all(offer.quantity is None for offer in draft.offers):
            return ""
        return self._first_location()

    def _first_location(self) -> str:
        found = [row for row in self.api.locations() if row.get("isActive") is not False]
        online = [row for row in found if row.get("fulfillsOnlineOrders") is not False] or found
        if not online:
            raise Refused([Complaint("This shop has no active location to keep stock at", "location")])
        return words(online[0].get("id"))

    def _channel(self, draft: Draft | None) -> str:
        """The sales channel: as the draft says, else the online store."""
        if draft and (chosen := words(draft.fields.get("channel"))):
            return chosen
        found = self.api.channels()
        named = [row for row in found if words(record(row.get("catalog")).get("title")) == ONLINE_STORE] or found
        if not named:
            raise Refused([Complaint("This shop has no sales channel to sell on", "channel")])
        return words(named[0].get("id"))

    def find(self, attempt: Attempt) -> Search:
        """Look for the handle an unanswered create would have used. Shipping and cancelling look before they act."""
        if attempt.draft is None:
            return Absent()
        for behind in (PUBLISH, READ_BACK):
            if attempt.step.startswith(behind):
                return Found(Ref(attempt.step.removeprefix(behind)), "", attempt.step)
        found = self.api.product_by_handle(drafting.handle_for(attempt.draft.title, attempt.key))
        made = mapping.moment(found.get("createdAt")) if found else None
        number = tail(found.get("id")) if found else ""
        if number and (made is None or made >= attempt.sent_at - SKEW):
            following_step = READ_BACK if attempt.draft.hidden else PUBLISH
            return Found(Ref(number), words(record(found).get("onlineStoreUrl")), following_step + number)
        age = clock.now() - attempt.sent_at
        return Absent() if age >= SETTLED_AFTER else LookAgain(SETTLED_AFTER - age)

    def revise(self, ref: Ref, draft: Draft) -> RemoteListing:
        """Say what the draft says, pictures too, live or hidden as it stands; only ``hidden`` hides. Stock stays."""
        row = self.api.product(ref.listing)
        now = self._readable(row)
        drafting.checked(draft, self.account.currency)
        grows = None in drafting.match(draft.offers, now.offers).values()
        fields = drafting.changed_product(draft, now, self._location(draft) if grows else "")
        if files := staging.revised(self.api, self.session, draft, nodes(row.get("media"))):
            fields["files"] = files
        self.api.set_product({"id": f"gid://shopify/Product/{now.id}"}, fields, "set")
        return self.listing(ref)

    def show(self, ref: Ref) -> RemoteListing:
        """Make it active and put it onto the online store, whichever of the two it is not."""
        row = self.api.product(ref.listing)
        now = self._readable(row)
        if now.status not in ON_SALE and now.status != UNPUBLISHED:
            self.api.set_status(now.id, ACTIVE)
        if not row.get("publishedAt"):
            self.api.publish(now.id, self._channel(None))
        return now if now.status in ON_SALE else self.listing(ref)

    def withdraw(self, ref: Ref) -> RemoteListing | None:
        """Make it a draft, which hides it everywhere and keeps everything. What nobody can buy stays as it is."""
        try:
            now = self.listing(ref)
            if now.seen != "live":
                return now
            self.api.set_status(now.id, DRAFT)
        except Gone:
            return None
        return replace(now, status=DRAFT, seen="hidden")

    def set_levels(self, levels: Sequence[Level]) -> Sequence[Outcome]:
        """Set what the online store may sell, with compare-and-swap."""
        return Levels(self.api, self._first_location).set(levels)

    def ship(self, order: str, shipment: Shipment, attempt: Attempt) -> RemoteOrder:
        """Ship whatever is left, or its named part, from each location; only what Shopify does not know yet is sent."""
        row = self.api.order(order)
        if shipment.parts and ordering.has_parcel(row, shipment.tracking_number):
            return self._order(row)
        tracking = {"number": shipment.tracking_number, "company": carrier_named(shipment.carrier)}
        tracking = {name: value for name, value in tracking.items() if value}
        left = open_work(self.api.work(order), shipment.parts)
        if not left and (shipment.parts or not ordering.parcels(row)):
            self._only_if_shippable(row)
        for entries in left.values():
            fulfillment: dict[str, Any] = {"lineItemsByFulfillmentOrder": entries, "notifyCustomer": True}
            self.api.ship({**fulfillment, **({"trackingInfo": tracking} if tracking else {})})
        if not left and tracking and not ordering.tracking_of(row)[1]:
            self.api.track(words(ordering.parcels(row)[0].get("id")), tracking)
        return self.order(order)

    def _only_if_shippable(self, row: Mapping[str, Any]) -> None:
        """Nothing to ship: cancelled or held for good, or not routed to a location yet."""
        status = words(row.get("displayFulfillmentStatus"))
        if row.get("cancelledAt") or status not in ("UNFULFILLED", "OPEN", ""):
            raise Refused([Complaint(f"Shopify does not let this order be shipped now: {status.lower()}", "status")])
        raise TryLater("Shopify has not given this order to a location yet", ROUTING)

    def cancel(self, order: str, reason: str) -> RemoteOrder:
        """Cancel for one of Shopify's reasons. It takes a moment there: the order may still read as it was."""
        if reason not in CANCEL_REASONS:
            raise Refused([Complaint(f"Not a reason to cancel: {reason}", "reason")])
        now = self.order(order)
        if now.state == "cancelled":
            return now
        if reason not in now.choices:
            raise Refused([Complaint("Shopify does not let this order be cancelled now", "status")])
        self.api.cancel_order(order, reason)
        return self.order(order)

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Locations, sales channels, carriers; what this app may not see is left out."""
        return {
            "location": self._listed("locations"),
            "channel": self._listed("channels"),
            "carrier": self.carriers,
        }

    def categories(self, said: str) -> Sequence[tuple[str, str]]:
        """What Shopify's taxonomy finds."""
        return [(words(row.get("id")), words(row.get("fullName"))) for row in self.api.categories(said)]

    def _listed(self, what: str) -> tuple[tuple[str, str], ...]:
        try:
            found = self.api.locations() if what == "locations" else self.api.channels()
        except Refused:
            return ()
        return tuple(
            (words(row.get("id")), words(row.get("name")) or words(record(row.get("catalog")).get("title")))
            for row in found
            if row.get("isActive") is not False
        )

    def watch(self, url: str, have: Watch | None) -> Watch:
        """Hear of orders, products and stock at ``url``."""
        return watched(self.api, url, have)

    def unwatch(self, watch: Watch) -> None:
        """End every subscription."""
        unwatched(self.api, watch)


def open_work(works: Sequence[Mapping[str, Any]], parts: Mapping[str, int]) -> Mapping[str, list[Mapping[str, object]]]:
    """What is left to ship, or those parts of it, by location: one shipment is of one location."""
    found: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
    wanted = dict(parts)
    for work in works:
        if words(work.get("status")) in SHIPPABLE and (entry := work_entry(work, wanted, whole=not parts)):
            location = record(record(work.get("assignedLocation")).get("location")).get("id")
            found[words(location)].append(entry)
    return found


def work_entry(work: Mapping[str, Any], wanted: dict[str, int], *, whole: bool) -> Mapping[str, object]:
    """How a shipment names that fulfilment order; what is taken for it is no longer ``wanted`` of others."""
    left = [(line, mapping.whole(line.get("remainingQuantity"))) for line in nodes(work.get("lineItems"))]
    if whole:
        return {"fulfillmentOrderId": work.get("id")} if sum(count for _, count in left) else {}
    lines = []
    for line, count in left:
        number = mapping.digits(record(line.get("lineItem")).get("id"))
        if taken := min(count, wanted.get(number, 0)):
            wanted[number] -= taken
            lines.append({"id": line.get("id"), "quantity": taken})
    return {"fulfillmentOrderId": work.get("id"), "fulfillmentOrderLineItems": lines} if lines else {}


def carrier_named(name: str) -> str:
    """The carrier in Shopify's words where it knows it, which makes the link; else as it is."""
    return next((carrier for carrier in CARRIERS if carrier.casefold() == name.casefold()), name)


def stamp(moment: dt.datetime) -> str:
    """A moment as a search string takes it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
