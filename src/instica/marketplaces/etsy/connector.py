"""An Etsy shop: what Instica can read there and do there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from instica.core import clock
from instica.kit.contract import Connector
from instica.kit.errors import Complaint, Refused
from instica.kit.ports import Session
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
)
from instica.marketplaces.etsy import choosing, mapping, ordering
from instica.marketplaces.etsy.client import PER_PAGE, Etsy
from instica.marketplaces.etsy.levels import Levels
from instica.marketplaces.etsy.publishing import Publishing, read_back
from instica.marketplaces.etsy.reading import records, whole
from instica.marketplaces.etsy.walk import REACH, Walk
from instica.marketplaces.etsy.words import CARRIERS, LISTING_FEE, NO_FEE, carrier

OVERLAP = dt.timedelta(minutes=10)
CANCELABLE = dt.timedelta(days=90)
FIRST_SECOND = 946_684_800


class EtsyConnector(Connector):
    """A listing is a page with one or many products; going on sale costs, so only a person's word does that."""

    carriers = CARRIERS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.api = Etsy(session)
        self.levels = Levels(self.api)
        self.publishing = Publishing(self.api, session)

    def shop(self) -> Account:
        """Whose token it is, and how the shop stands."""
        return mapping.account(self.api.shop(str(whole(self.api.me().get("shop_id")))))

    def listings(self, cursor: str | None) -> Page[RemoteListing]:
        """State by state, a hundred a call, with pictures and inventories."""
        return Walk(self.api, self.session).step(cursor)

    def listing(self, ref: Ref) -> RemoteListing:
        """One listing."""
        return read_back(self.api, ref.listing)

    def orders(self, since: dt.datetime, cursor: str | None) -> Page[RemoteOrder]:
        """Receipts changed since a little before ``since``, then the cancelled ones of the last ninety days.

        A cancellation does not show among what changed.
        """
        where: dict[str, Any] = json.loads(cursor) if cursor else {"sweep": "changed", "offset": 0}
        if where["sweep"] == "changed":
            least = max(FIRST_SECOND, int((since - OVERLAP).timestamp()))
            query: dict[str, str | int] = {"min_last_modified": least, "sort_on": "updated", "sort_order": "desc"}
            query |= {"max_last_modified": where["until"]} if "until" in where else {}
        else:
            least = max(FIRST_SECOND, int((min(since, clock.now()) - CANCELABLE).timestamp()))
            query = {"was_canceled": "true", "min_created": least, "sort_on": "created", "sort_order": "desc"}
        answer = self.api.receipts({**query, "offset": where["offset"]})
        rows = records(answer.get("results"))
        found = [ordering.from_json(row) for row in rows]
        following = self._after(where, rows, whole(answer.get("count")))
        known = tuple(order for order in found if order)
        return Page(known, next=following, unreachable=found.count(None))

    def _after(self, where: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], count: int) -> str | None:
        """The next page; beyond the deepest one the walk goes on from the oldest change it saw."""
        offset = where["offset"] + PER_PAGE
        if rows and offset < count:
            if offset < REACH:
                return json.dumps({**where, "offset": offset})
            if where["sweep"] == "changed":
                oldest = min(whole(row.get("updated_timestamp")) for row in rows)
                return json.dumps({"sweep": "changed", "offset": 0, "until": oldest})
        return json.dumps({"sweep": "canceled", "offset": 0}) if where["sweep"] == "changed" else None

    def order(self, ref: str) -> RemoteOrder:
        """One receipt."""
        return readable(self.api.receipt(ref))

    def publish(self, draft: Draft, step: str, attempt: Attempt) -> Step:
        """Draft, pictures, inventory, and, unless it shall stay hidden, on sale for the fee."""
        return self.publishing.step(draft, step, attempt)

    def find(self, attempt: Attempt) -> Search:
        """Look for what an unanswered step may have done. Shipping looks before it acts anyway."""
        return self.publishing.find(attempt)

    def revise(self, ref: Ref, draft: Draft) -> RemoteListing:
        """Pictures first, then texts and fields, then price, quantity and SKU in the inventory."""
        return self.levels.revise(ref.listing, draft, self.session)

    def show(self, ref: Ref) -> RemoteListing:
        """On sale; a draft, a sold out or an expired listing costs the fee that ``quote`` names."""
        return self.levels.show(ref.listing)

    def withdraw(self, ref: Ref) -> RemoteListing | None:
        """Deactivate, which keeps everything. What is not on sale stays as it is."""
        return self.levels.withdraw(ref.listing)

    def set_levels(self, levels: Sequence[Level]) -> Sequence[Outcome]:
        """Quantities by variation. A page without any left is deactivated: Etsy keeps no empty inventory."""
        return self.levels.set(levels)

    def ship(self, order: str, shipment: Shipment, attempt: Attempt) -> RemoteOrder:
        """Submit tracking, unless Etsy has that number: the buyer gets an e-mail each time."""
        row = self.api.receipt(order)
        code = shipment.tracking_number.strip()
        if (code and ordering.has_parcel(row, code)) or (not code and row.get("is_shipped") is True):
            return readable(row)
        sent = {"tracking_code": code, "carrier_name": carrier(shipment.carrier)} if code else {}
        self.api.create_shipment(order, sent)
        return self.order(order)

    def quote(self, draft: Draft) -> Quote:
        """The listing fee, which Etsy takes when the page goes on sale and again after four months or a sale."""
        return Quote(NO_FEE if draft.hidden else LISTING_FEE)

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The shop's own profiles, policies and sections; Etsy's categories and words."""
        return choosing.choices(self.api, clock.now().year)

    def categories(self, said: str) -> Sequence[tuple[str, str]]:
        """Those whose path holds every word."""
        return choosing.sounding(self.api.taxonomy(), said)


def readable(row: Mapping[str, Any]) -> RemoteOrder:
    """An order out of an answer."""
    order = ordering.from_json(row)
    if order is None:
        raise Refused([Complaint("Etsy shows this order without an id or a date")])
    return order
