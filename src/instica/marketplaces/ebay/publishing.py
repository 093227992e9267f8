"""Putting up a page: item, offer, publish by the Inventory API; one call of Trading for what has variations."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from instica.core import clock
from instica.kit.errors import Complaint, Gone, Refused
from instica.kit.types import Absent, Attempt, Draft, Found, LookAgain, Ref, Search, Step
from instica.marketplaces.ebay import mapping, settings
from instica.marketplaces.ebay.client import Ebay
from instica.marketplaces.ebay.trading import Door

OFFER, PUBLISH, READ = "offer", "publish:", "read:"
SKEW = dt.timedelta(minutes=2)
SETTLED_AFTER = dt.timedelta(seconds=60)
SPACE = uuid.UUID("5f3cc7f0-8e0e-5b57-9d7a-1c1f0e8e5d2b")
OURS = "INST-"


class Publishing:
    """The steps of a publish, one remote write each."""

    def __init__(self, api: Ebay, door: Door, *, sandbox: bool) -> None:
        self.api = api
        self.door = door
        self.sandbox = sandbox

    def step(self, draft: Draft, step: str, attempt: Attempt) -> Step:
        """Do the next write; ``Step.next`` says which comes after it."""
        self.only_if_fit(draft)
        if is_for_trading(draft):
            return self._add(draft, attempt)
        if step.startswith(PUBLISH):
            return self._publish(step.removeprefix(PUBLISH))
        sku = sku_of(draft, attempt)
        offer = self._offer(sku)
        if offer.get("status") == "PUBLISHED":
            page = mapping.words(mapping.record(offer.get("listing")).get("listingId"))
            raise Refused(
                [Complaint(f"The SKU {sku} is on sale on eBay already, as listing {page}", "sku", "sku_taken")]
            )
        return self._make_offer(draft, sku, offer) if step == OFFER else self._make_item(draft, sku)

    def only_if_fit(self, draft: Draft) -> None:
        """Raise ``Refused`` with everything that is wrong, before anything is sent."""
        if problems := mapping.unfit(draft, self.api.market, sandbox=self.sandbox):
            raise Refused(problems)

    def _add(self, draft: Draft, attempt: Attempt) -> Step:
        if draft.hidden:
            raise Refused([Complaint("eBay cannot keep a listing with variations unseen", "hidden")])
        chosen = settings.chosen(self.api, draft, {})
        number = self.door.add(replace(draft, fields={**draft.fields, **chosen}), mark_of(attempt.key))
        return Step(READ + number, Ref(number), mapping.PAGE + number)

    def _make_item(self, draft: Draft, sku: str) -> Step:
        try:
            before = self.api.inventory_item(sku)
        except Gone:
            before = {}
        self.api.put_inventory_item(sku, mapping.to_item(draft, before))
        return Step(OFFER)

    def _make_offer(self, draft: Draft, sku: str, before: Mapping[str, Any]) -> Step:
        chosen = settings.chosen(self.api, draft, before)
        body = mapping.to_offer(draft, sku, self.api.market, chosen, before)
        number = mapping.words(before.get("offerId"))
        if number:
            self.api.put_offer(number, body)
        else:
            number = self.api.create_offer(body)
        ref = Ref(f"{mapping.UNLISTED}{number}")
        return Step(READ + ref.listing, ref) if draft.hidden else Step(PUBLISH + number, ref)

    def _publish(self, offer_id: str) -> Step:
        number = self.api.publish_offer(offer_id)
        return Step(READ + number, Ref(number), mapping.PAGE + number)

    def _offer(self, sku: str) -> Mapping[str, Any]:
        """The fixed-price offer of a SKU on the home marketplace, where there is one."""
        home = (self.api.market.id, "FIXED_PRICE")
        offers = [each for each in self.api.offers(sku) if (each.get("marketplaceId"), each.get("format")) == home]
        return offers[0] if offers else {}

    def find(self, attempt: Attempt) -> Search:
        """Look for what an unanswered write of a publish may have made."""
        draft = attempt.draft
        if draft is None:
            return Absent()
        found = self._listed_since(draft, attempt) if is_for_trading(draft) else self._made(draft, attempt)
        if found:
            return found
        age = clock.now() - attempt.sent_at
        return Absent() if age >= SETTLED_AFTER else LookAgain(SETTLED_AFTER - age)

    def _made(self, draft: Draft, attempt: Attempt) -> Found | None:
        """The offer of this SKU: on sale since the attempt; or prepared, to be written once more and published."""
        sku = sku_of(draft, attempt)
        offer = self._offer(sku)
        if offer.get("status") == "PUBLISHED":
            number = mapping.words(mapping.record(offer.get("listing")).get("listingId"))
            started = self.door.item(number).started
            return up(number, sku) if started is None or started >= attempt.sent_at - SKEW else None
        if not offer:
            return None
        listing = mapping.from_offer(offer, self.api.inventory_item(sku))
        if not listing or (listing.title, listing.offers[0].price) != (draft.title, draft.offers[0].price):
            return None
        return Found(Ref(mapping.UNLISTED + mapping.words(offer.get("offerId")), extra={"sku": sku}), next=OFFER)

    def _listed_since(self, draft: Draft, attempt: Attempt) -> Found | None:
        """A listing begun since the attempt with that title and those SKUs."""
        page, pages = 1, 1
        while page <= pages:
            found = self.door.begun(attempt.sent_at - SKEW, clock.now() + SKEW, page)
            for row in found.rows:
                same = {offer.sku for offer in row.listing.offers} == {offer.sku for offer in draft.offers}
                if same and row.listing.title == draft.title:
                    return up(row.listing.id)
            page, pages = page + 1, found.pages
        return None


def up(number: str, sku: str = "") -> Found:
    """A page that is up."""
    return Found(Ref(number, extra={"sku": sku} if sku else {}), mapping.PAGE + number)


def is_for_trading(draft: Draft) -> bool:
    """A page with variations is one call of Trading, where the Inventory API takes three for each of them."""
    return len(draft.offers) > 1


def sku_of(draft: Draft, attempt: Attempt) -> str:
    """The SKU of a draft, or one made of the attempt's key: the Inventory API knows things by it alone."""
    return mapping.words(draft.offers[0].sku) or f"{OURS}{mark_of(attempt.key)[:20]}"


def mark_of(key: str) -> str:
    """32 hexadecimal digits, the same for the same key."""
    return uuid.uuid5(SPACE, key).hex.upper()
