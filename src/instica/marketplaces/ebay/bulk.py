"""Publishes up to 25 drafts at once, step by step as one by one; each of them is told by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instica.kit.errors import Complaint, Refused
from instica.kit.types import Attempt, Draft, Ref, Step
from instica.marketplaces.ebay import mapping, settings
from instica.marketplaces.ebay.client import AT_ONCE, Ebay, complaint, objects
from instica.marketplaces.ebay.publishing import OFFER, PUBLISH, READ, sku_of

Wanted = Sequence[tuple[Draft, Attempt]]


class Bulk:
    """The steps ``""``, ``offer`` and ``publish`` for drafts with one offer each, that are fit and new to eBay."""

    def __init__(self, api: Ebay) -> None:
        self.api = api

    def step(self, wanted: Wanted, step: str) -> list[Step | Refused]:
        """What came of each, in the same order. Raises ``ValueError`` for more than 25."""
        if len(wanted) > AT_ONCE:
            raise ValueError(f"eBay takes {AT_ONCE} at once")
        does = {"": self._items, OFFER: self._offers, PUBLISH.rstrip(":"): self._publish}
        return does[step](wanted)

    def _items(self, wanted: Wanted) -> list[Step | Refused]:
        locale = self.api.market.locale.replace("-", "_")
        rows = [
            {"sku": sku_of(draft, attempt), "locale": locale, **mapping.to_item(draft, {})} for draft, attempt in wanted
        ]
        return [refused(row) or Step(OFFER) for row in self.api.put_inventory_items(rows)]

    def _offers(self, wanted: Wanted) -> list[Step | Refused]:
        market, rows = self.api.market, []
        for draft, attempt in wanted:
            chosen = settings.chosen(self.api, draft, {})
            rows.append(mapping.to_offer(draft, sku_of(draft, attempt), market, chosen, {}))
        return [refused(row) or made(row) for row in self.api.create_offers(rows)]

    def _publish(self, wanted: Wanted) -> list[Step | Refused]:
        numbers = [self._number(sku_of(draft, attempt)) for draft, attempt in wanted]
        return [refused(row) or up(row) for row in self.api.publish_offers(numbers)]

    def _number(self, sku: str) -> str:
        """The offer of a SKU, which the step before made; empty where it did not, and then eBay says so."""
        return next((mapping.words(offer.get("offerId")) for offer in self.api.offers(sku)), "")


def refused(row: Mapping[str, Any]) -> Refused | None:
    """Why one of them failed; ``None`` when it did not."""
    status = row.get("statusCode")
    if isinstance(status, int) and status < 300:
        return None
    said = [complaint(each) for each in objects(row.get("errors"))]
    return Refused(
        said or [Complaint(f"eBay refused it with status {status}")], status if isinstance(status, int) else 0
    )


def made(row: Mapping[str, Any]) -> Step:
    """An offer stands."""
    number = mapping.words(row.get("offerId"))
    return Step(PUBLISH + number, Ref(f"{mapping.UNLISTED}{number}"))


def up(row: Mapping[str, Any]) -> Step:
    """A listing is up."""
    number = mapping.words(row.get("listingId"))
    return Step(READ + number, Ref(number), mapping.PAGE + number)
