"""A Discogs shop: what Instica can read there and do there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from instica.core import clock
from instica.kit.contract import Connector
from instica.kit.errors import Complaint, Gone, Refused, RemoteFailure
from instica.kit.ports import Session
from instica.kit.types import (
    Absent,
    Account,
    Attempt,
    CatalogMatch,
    Draft,
    Found,
    Level,
    LookAgain,
    Outcome,
    Page,
    Quote,
    Ref,
    RemoteListing,
    RemoteOrder,
    Search,
    Shipment,
    Step,
)
from instica.marketplaces.discogs import mapping, ordering, searching
from instica.marketplaces.discogs.client import Discogs
from instica.marketplaces.discogs.walk import Walk
from instica.marketplaces.discogs.words import CARRIERS, DRAFT, EDITABLE, FOR_SALE, GRADES, MEDIA, SHIPPED, SLEEVE, SOLD

OVERLAP = dt.timedelta(minutes=10)
SKEW = dt.timedelta(minutes=2)
SETTLED_AFTER = dt.timedelta(seconds=60)
READ_BACK = "read:"


class DiscogsConnector(Connector):
    """One listing is one piece; the grades, the release and the price are what a listing is made of."""

    carriers = tuple((carrier, carrier) for carrier in CARRIERS)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.api = Discogs(session)

    def shop(self) -> Account:
        """Who the credential belongs to, and how the shop stands."""
        identity = self.api.identity()
        return mapping.account(identity, self.api.profile(mapping.words(identity.get("username"))))

    def listings(self, cursor: str | None) -> Page[RemoteListing]:
        """Small shops by page, with pictures; large ones by export, with a handful of calls."""
        return Walk(self.api, self.session).step(cursor)

    def listing(self, ref: Ref) -> RemoteListing:
        """One listing, in the shop's own currency."""
        return readable(self.api.listing(ref.listing))

    def orders(self, since: dt.datetime, cursor: str | None) -> Page[RemoteOrder]:
        """Orders with activity since a little before ``since``, the latest first."""
        page = json.loads(cursor)["page"] if cursor else 1
        try:
            answer = self.api.orders(page)
        except Gone:
            return Page(())
        rows = answer.get("orders")
        found = [ordering.from_json(mapping.record(row)) for row in rows] if isinstance(rows, list) else []
        known = [order for order in found if order]
        fresh = tuple(order for order in known if order.updated_at >= since - OVERLAP)
        paging = mapping.record(answer.get("pagination"))
        more = page < mapping.whole(paging.get("pages")) and len(fresh) == len(known)
        following = json.dumps({"page": page + 1}) if more else None
        return Page(fresh, next=following, total=mapping.whole(paging.get("items")), unreachable=found.count(None))

    def order(self, ref: str) -> RemoteOrder:
        """One order."""
        order = ordering.from_json(self.api.order(ref))
        if order is None:
            raise Refused([Complaint("Discogs shows this order without an id or a date")])
        return order

    def publish(self, draft: Draft, step: str, attempt: Attempt) -> Step:
        """Create the listing, then read it back; a second step only where the reading failed."""
        if step.startswith(READ_BACK):
            listing = self.listing(Ref(step.removeprefix(READ_BACK)))
            return Step("", Ref(listing.id), listing.url, listing)
        fields = mapping.to_listing(draft, mapping.status_for(draft), self.session.account.currency)
        fields["external_id"] = mapping.own_mark(draft, attempt.key)
        if self.api.stats(str(fields["release_id"])).get("blocked_from_sale") is True:
            raise Refused([Complaint("Discogs does not allow this release to be sold", "release", "blocked")])
        number = self.api.create_listing(fields)
        try:
            listing = self.listing(Ref(number))
        except RemoteFailure:
            return Step(READ_BACK + number, Ref(number), mapping.PAGE + number)
        return Step("", Ref(number), listing.url, listing)

    def find(self, attempt: Attempt) -> Search:
        """Look for what an unanswered create may have made. Shipping and cancelling look before they act anyway."""
        if attempt.draft is None:
            return Absent()
        mark = mapping.own_mark(attempt.draft, attempt.key)
        for listing in self._listed_since(attempt.sent_at - SKEW):
            same = listing.note == mark and listing.release == attempt.draft.release
            if same and listing.status in (DRAFT, FOR_SALE, SOLD):
                return Found(Ref(listing.id), listing.url)
        age = clock.now() - attempt.sent_at
        return Absent() if age >= SETTLED_AFTER else LookAgain(SETTLED_AFTER - age)

    def _listed_since(self, moment: dt.datetime) -> Iterator[RemoteListing]:
        username = mapping.words(self.api.identity().get("username"))
        page, pages = 1, 1
        while page <= pages:
            answer = self.api.inventory(username, page, "desc")
            pages = mapping.whole(mapping.record(answer.get("pagination")).get("pages"))
            for row in answer.get("listings") or ():
                listing = mapping.from_json(mapping.record(row))
                if listing and listing.listed_at and listing.listed_at < moment:
                    return
                if listing:
                    yield listing
            page += 1

    def revise(self, ref: Ref, draft: Draft) -> RemoteListing:
        """Say what the draft says, live or hidden as it stands there; only ``hidden`` hides."""
        now = self.listing(ref)
        only_if_editable(now)
        status = FOR_SALE if now.status == FOR_SALE and not draft.hidden else DRAFT
        self.api.edit_listing(ref.listing, mapping.to_listing(draft, status, self.session.account.currency))
        return self.listing(ref)

    def show(self, ref: Ref) -> RemoteListing:
        """Put a draft or an expired listing up for sale."""
        row = self.api.listing(ref.listing)
        now = readable(row)
        if now.status == FOR_SALE:
            return now
        only_if_editable(now)
        self.api.edit_listing(ref.listing, mapping.same_listing(row, FOR_SALE))
        return self.listing(ref)

    def withdraw(self, ref: Ref) -> RemoteListing | None:
        """Hide it as a draft, which keeps its id. What is sold or taken down already stays as it is."""
        try:
            row = self.api.listing(ref.listing)
            now = readable(row)
            if now.status != FOR_SALE:
                return now
            self.api.edit_listing(ref.listing, mapping.same_listing(row, DRAFT))
        except Gone:
            return None
        except Refused as refusal:
            return self._if_ended(ref, refusal)
        return replace(now, status=DRAFT, seen="hidden")

    def _if_ended(self, ref: Ref, refusal: Refused) -> RemoteListing | None:
        """After a refusal: fine if it was sold or removed meanwhile. Raises it again if the piece is still on sale."""
        try:
            now = self.listing(ref)
        except Gone:
            return None
        if now.seen == "live":
            raise refusal
        return now

    def set_levels(self, levels: Sequence[Level]) -> Sequence[Outcome]:
        """Nothing left hides the piece, anything else shows it."""
        return [self._set_level(level) for level in levels]

    def _set_level(self, level: Level) -> Outcome:
        try:
            now = self.show(level.ref) if level.quantity > 0 else self.withdraw(level.ref)
        except Gone as gone:
            return Outcome(level.ref, 0, str(gone) if level.quantity > 0 else "")
        except Refused as refusal:
            return Outcome(level.ref, None, str(refusal))
        return Outcome(level.ref, 1 if now and now.seen == "live" else 0)

    def ship(self, order: str, shipment: Shipment, attempt: Attempt) -> RemoteOrder:
        """Tell the tracking number, then that it is shipped: each only if Discogs does not know it yet."""
        row = self.api.order(order)
        number = shipment.tracking_number
        if number and mapping.words(mapping.record(row.get("tracking")).get("number")) != number:
            carrier = {"carrier": named_carrier(shipment.carrier)} if shipment.carrier else {}
            self.api.edit_order(order, {"tracking": {"number": number, **carrier}})
            row = self.api.order(order)
        self._move(order, row, SHIPPED)
        return self.order(order)

    def cancel(self, order: str, reason: str) -> RemoteOrder:
        """Cancel for one of the reasons the order allows now."""
        if not reason.startswith("Cancelled"):
            raise Refused([Complaint(f"Not a reason to cancel: {reason}", "reason")])
        self._move(order, self.api.order(order), reason)
        return self.order(order)

    def _move(self, order: str, row: Mapping[str, object], status: str) -> None:
        """Change the status unless it is that already. Raises ``Refused`` when the order does not allow it now."""
        if row.get("status") == status:
            return
        if status not in ordering.next_status(row):
            raise Refused([Complaint(f"Discogs does not allow {status} for this order now", "status")])
        self.api.edit_order(order, {"status": status})

    def quote(self, draft: Draft) -> Quote:
        """The fee at that price, and prices by grade once the seller settings are filled in."""
        price = draft.offers[0].price if draft.offers else None
        if price is None:
            raise Refused([Complaint("Discogs needs a price to name its fee", "price")])
        fee = mapping.money(self.api.fee(str(price), price.currency))
        if fee is None:
            raise Refused([Complaint("Discogs named no fee")])
        if not draft.release:
            return Quote(fee, due="sold")
        try:
            suggestions = self.api.price_suggestions(draft.release.removeprefix("discogs:"))
        except Gone:
            return Quote(fee, due="sold")
        found = {GRADES[grade]: mapping.money(row) for grade, row in suggestions.items() if grade in GRADES}
        return Quote(fee, {grade: money for grade, money in found.items() if money}, due="sold")

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Discogs has no shop settings to choose from: the grades and carriers are the same for all."""
        return {
            "condition_item": tuple(MEDIA.items()),
            "condition_container": tuple(SLEEVE.items()),
            "carrier": self.carriers,
        }

    def search(self, query: Mapping[str, str]) -> Sequence[CatalogMatch]:
        """Releases by barcode, else catalogue number, else artist and title. Choosing is a person's."""
        for wanted in searching.tries(query):
            rows = self.api.search(wanted).get("results")
            matches = [mapping.match(mapping.record(row)) for row in rows] if isinstance(rows, list) else []
            if found := [match for match in matches if match]:
                return found
        return ()

    def entry(self, release: str) -> CatalogMatch:
        """One release of the database."""
        number = release.removeprefix("discogs:")
        if mapping.release_ref(number) != release:
            raise Gone(f"{release} does not name a release on Discogs")
        found = mapping.entry(self.api.release(number))
        if found is None:
            raise Gone("Discogs shows this release without an id")
        return found


def readable(row: Mapping[str, object]) -> RemoteListing:
    """A listing out of an answer."""
    listing = mapping.from_json(row)
    if listing is None:
        raise Refused([Complaint("Discogs shows this listing without an id")])
    return listing


def only_if_editable(listing: RemoteListing) -> None:
    """Raise ``Refused`` for what Discogs lets nobody edit."""
    if listing.status not in EDITABLE:
        raise Refused([Complaint(f"A listing that is {listing.status} on Discogs cannot go on sale again", "status")])


def named_carrier(name: str) -> str:
    """The carrier in Discogs' words; one it does not know is Other."""
    return next((carrier for carrier in CARRIERS if carrier.casefold() == name.casefold()), "Other")
