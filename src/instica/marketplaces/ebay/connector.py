"""An eBay shop: what Instica can read there and do there, each listing by the door of whoever owns it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from instica.core import clock
from instica.core.money import Money
from instica.kit.contract import Connector
from instica.kit.errors import Complaint, Gone, Refused, RemoteFailure, TryLater
from instica.kit.types import (
    Account,
    Attempt,
    Draft,
    Level,
    Outcome,
    Page,
    Quote,
    Ref,
    RemoteListing,
    RemoteOrder,
    Search,
    Shipment,
    Step,
    Watch,
)
from instica.marketplaces.ebay import (
    changes,
    details,
    mapping,
    ordering,
    owning,
    revisions,
    settings,
    shipping,
    watching,
)
from instica.marketplaces.ebay.bulk import Bulk
from instica.marketplaces.ebay.client import Ebay, objects
from instica.marketplaces.ebay.levels import Levels
from instica.marketplaces.ebay.owning import Owned
from instica.marketplaces.ebay.publishing import READ, Publishing, mark_of
from instica.marketplaces.ebay.trading import Door, TradingDoor
from instica.marketplaces.ebay.walk import Walk
from instica.marketplaces.ebay.words import HOME, MARKETS, Market

OVERLAP = dt.timedelta(minutes=10)
REACH = dt.timedelta(days=729)
PER_PAGE = 200
ROUNDS = 3


class EbayConnector(Connector):
    """Listings live in two models: each is read by Trading, and written by the API that owns it."""

    carriers = shipping.CARRIERS
    ships_parts = True

    @cached_property
    def market(self) -> Market:
        """The seller's home marketplace, as eBay said when the shop was connected."""
        told = MARKETS.get(self.session.grant().details.get("marketplace", ""))
        fits = (each for each in MARKETS.values() if each.currency == self.session.account.currency)
        return told or next(fits, HOME)

    @cached_property
    def api(self) -> Ebay:
        """The REST APIs."""
        return Ebay(self.session, self.market)

    @cached_property
    def door(self) -> Door:
        """The way to what was listed outside of the Inventory API."""
        return TradingDoor(self.session, self.market)

    def shop(self) -> Account:
        """Who the token belongs to."""
        account = mapping.account(self.api.user())
        if account is None:
            raise TryLater("eBay did not say whose token this is")
        return account

    def listings(self, cursor: str | None) -> Page[RemoteListing]:
        """Everything on sale or prepared, by the hundreds; details of what was listed by hand come later."""
        return Walk(self.api, self.door, self.session).step(cursor)

    def listing(self, ref: Ref) -> RemoteListing:
        """One page, whole."""
        return self._look(ref).listing

    def _look(self, ref: Ref) -> Owned:
        return owning.look(self.api, self.door, ref)

    def details(self, refs: Sequence[Ref]) -> Sequence[RemoteListing | None]:
        """What the list of a shop leaves out, for the first five of those pages."""
        return details.step(self.door, refs)

    def changes(self, since: dt.datetime, cursor: str | None) -> Page[RemoteListing]:
        """Listings that changed since, at most two days ago: ended ones too. Some may be as they were."""
        return changes.step(self.door, since, cursor)

    def orders(self, since: dt.datetime, cursor: str | None) -> Page[RemoteOrder]:
        """Orders changed since a little before ``since``; eBay reaches back two years.

        An order that changes while pages are read moves, and another one slips past: then they are read once more.
        """
        now = clock.now()
        start = max(since - OVERLAP, now - REACH)
        if start > now:
            return Page(())
        where: dict[str, Any] = {"offset": 0, "begun": now.isoformat(), "round": 1, "moved": False}
        where |= json.loads(cursor) if cursor else {}
        begun = start.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        answer = self.api.orders(f"lastmodifieddate:[{begun}..]", PER_PAGE, where["offset"])
        rows = objects(answer.get("orders"))
        found = [ordering.from_json(row) for row in rows]
        known = {order.id: order for order in found if order}
        total = mapping.whole(answer.get("total"))
        following = further(where, known.values(), more=bool(rows) and where["offset"] + PER_PAGE < total)
        return Page(tuple(known.values()), next=following, total=total, unreachable=found.count(None))

    def order(self, ref: str) -> RemoteOrder:
        """One order."""
        return readable(ordering.from_json(self.api.order(ref)))

    def publish(self, draft: Draft, step: str, attempt: Attempt) -> Step:
        """The next write of a publish, then, at the end, what was read back."""
        if step.startswith(READ):
            return self._read_back(Step(step, Ref(step.removeprefix(READ))))
        publishing = Publishing(self.api, self.door, sandbox=bool(self.session.app.origin))
        done = publishing.step(draft, step, attempt)
        if not done.next.startswith(READ):
            return done
        try:
            return self._read_back(done)
        except RemoteFailure:
            return done

    def publish_many(self, wanted: Sequence[tuple[Draft, Attempt]]) -> Sequence[Step | Refused | None]:
        """The same for up to 25 drafts that are new to eBay, one write for all of them."""
        return Bulk(self.api, sandbox=bool(self.session.app.origin)).step(wanted)

    def _read_back(self, done: Step) -> Step:
        listing = self.listing(done.ref or Ref(done.next.removeprefix(READ)))
        return Step("", owning.ref_of(listing), listing.url, listing)

    def find(self, attempt: Attempt) -> Search:
        """By SKU and offer on the Inventory API, by what began since on Trading. Shipping looks before it acts."""
        return Publishing(self.api, self.door, sandbox=bool(self.session.app.origin)).find(attempt)

    def revise(self, ref: Ref, draft: Draft) -> RemoteListing:
        """Say what the draft says, live or not as it stands there."""
        now = self._look(ref)
        Publishing(self.api, self.door, sandbox=bool(self.session.app.origin)).only_if_fit(draft)
        if now.offer:
            only_if_alone(now, draft)
            self._revise_offer(now, draft)
        elif now.page:
            only_if_revisable(now)
            revisions.demand(self.session.budget, now.listing.id, 1)
            self.door.revise(now.page, draft)
        return self.listing(ref)

    def _revise_offer(self, now: Owned, draft: Draft) -> None:
        """Two writes: the item, then the offer. Both may be sent again."""
        item = self.api.inventory_item(now.sku)
        chosen = settings.chosen(self.api, draft, now.offer)
        if now.is_published:
            revisions.demand(self.session.budget, now.listing.id, 2)
        self.api.put_inventory_item(now.sku, mapping.to_item(draft, item))
        self.api.put_offer(now.offer_id, mapping.to_offer(draft, now.sku, self.market, chosen, now.offer))

    def show(self, ref: Ref) -> RemoteListing:
        """Put it on sale again. eBay gives what was on sale before a new id."""
        now = self._look(ref)
        if now.is_active:
            return now.listing
        if now.offer:
            number = self._publish_again(now)
        else:
            known = now.page.relisted if now.page else ""
            number = known or self.door.relist(now.listing.id, mark_of(f"relist {now.listing.id}"))
        return self.listing(Ref(number))

    def _publish_again(self, now: Owned) -> str:
        """A page of many SKUs is published by the group they are in."""
        keys = mapping.links(self.api.inventory_item(now.sku).get("inventoryItemGroupKeys"))
        return self.api.publish_group(keys[0]) if keys else self.api.publish_offer(now.offer_id)

    def withdraw(self, ref: Ref) -> RemoteListing | None:
        """Take it off sale: an offer can be published again, what Trading ended can be relisted. Over is over."""
        try:
            now = self._look(ref)
            if now.listing.seen != "live":
                return now.listing
            self._take_down(now)
        except Gone:
            return None
        except Refused as refusal:
            return self._if_over(ref, refusal)
        return replace(now.listing, status="Ended", seen="hidden" if now.offer else "ended")

    def _take_down(self, now: Owned) -> None:
        if now.offer and len(now.listing.offers) == 1:
            self.api.withdraw_offer(now.offer_id)
        elif now.page:
            self.door.end(now.page)

    def _if_over(self, ref: Ref, refusal: Refused) -> RemoteListing | None:
        """After a refusal: fine if it was sold or ended meanwhile. Raises it again if it is still on sale."""
        try:
            now = self.listing(ref)
        except Gone:
            return None
        if now.seen == "live":
            raise refusal
        return now

    def set_levels(self, levels: Sequence[Level]) -> Sequence[Outcome]:
        """What is left of each. Nothing left hides a listing, or ends it where the seller keeps none without stock."""
        return Levels(self.api, self.door, self.session.budget).set(levels)

    def ship(self, order: str, shipment: Shipment, attempt: Attempt) -> RemoteOrder:
        """Tell of the parcel, unless eBay knows of it."""
        row = self.api.order(order)
        if not shipping.is_told(row, self.api.shipments(order), shipment):
            self.api.ship(order, shipping.parcel(row, shipment))
        return self.order(order)

    def quote(self, draft: Draft) -> Quote:
        """What listing would cost, as eBay says without listing it."""
        Publishing(self.api, self.door, sandbox=bool(self.session.app.origin)).only_if_fit(draft)
        chosen = settings.chosen(self.api, draft, {})
        fee: Money = self.door.fee(replace(draft, fields={**draft.fields, **chosen}))
        return Quote(fee)

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Policies, locations, conditions and grades, as the shop and eBay have them now."""
        return settings.choices(self.api)

    def categories(self, said: str) -> Sequence[tuple[str, str]]:
        """eBay's own suggestions."""
        return settings.categories(self.api, said)

    def watch(self, url: str, have: Watch | None) -> Watch:
        """Hear of orders and of grants taken back, at ``url``."""
        return watching.watch(self.session, url)

    def unwatch(self, watch: Watch) -> None:
        """Hear no more of this shop."""
        watching.unwatch(self.session, watch)


def further(where: Mapping[str, Any], orders: Iterable[RemoteOrder], *, more: bool) -> str | None:
    """Where to read orders on; ``None`` at the end."""
    begun = dt.datetime.fromisoformat(where["begun"])
    moved = where["moved"] or any(order.updated_at > begun for order in orders)
    if more:
        return json.dumps({**where, "offset": where["offset"] + PER_PAGE, "moved": moved})
    if not moved or not where["offset"] or where["round"] == ROUNDS:
        return None
    again = {"offset": 0, "begun": clock.now().isoformat(), "round": where["round"] + 1, "moved": False}
    return json.dumps(again)


def readable(order: RemoteOrder | None) -> RemoteOrder:
    """An order out of an answer."""
    if order is None:
        raise Refused([Complaint("eBay shows this order without an id or a date")])
    return order


def only_if_alone(now: Owned, draft: Draft) -> None:
    """Raise ``Refused`` for a page of many SKUs: each is an item and an offer of its own there."""
    if len(draft.offers) != 1 or len(now.listing.offers) > 1:
        raise Refused(
            [Complaint("eBay's Inventory API revises a page with variations SKU by SKU: do it there", "offers")]
        )


def only_if_revisable(now: Owned) -> None:
    """Raise ``Refused`` for what eBay lets nobody revise."""
    if not now.is_active:
        raise Refused([Complaint("A listing that has ended on eBay cannot be revised: put it up anew", "status")])
    if now.page and now.page.is_auction:
        raise Refused([Complaint("An auction on eBay is not revised from here", "status")])
