"""Publishes up to 25 drafts at once, step by step as one by one; each of them is told by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from instica.kit.errors import Complaint, Gone, Refused
from instica.kit.types import Attempt, Draft, Ref, Step
from instica.marketplaces.ebay import mapping, settings
from instica.marketplaces.ebay.client import AT_ONCE, Ebay, complaint, objects
from instica.marketplaces.ebay.publishing import OFFER, PUBLISH, READ, is_for_trading, sku_of

Told = Step | Refused | None
Wanted = Sequence[tuple[Draft, Attempt]]
Rows = dict[int, dict[str, Any]]


@dataclass
class Once:
    """The shop's own settings, asked for once for the whole batch."""

    api: Ebay
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def policies(self, kind: str) -> list[dict[str, Any]]:
        """The policies of a kind."""
        return self._kept(kind, lambda: self.api.policies(kind))

    def locations(self) -> list[dict[str, Any]]:
        """Where goods are sent from."""
        return self._kept("locations", self.api.locations)

    def _kept(self, name: str, ask: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        if name not in self.kept:
            self.kept[name] = ask()
        return self.kept[name]


class Bulk:
    """The steps ``""``, ``offer`` and ``publish:…`` for what the Inventory API makes and eBay does not hold yet."""

    def __init__(self, api: Ebay, *, sandbox: bool) -> None:
        self.api = api
        self.sandbox = sandbox
        self.told: dict[int, Told] = {}

    def step(self, wanted: Wanted) -> list[Told]:
        """What came of each, in the same order; ``None`` for one that goes by itself, as those beyond 25 do."""
        self.told = {}
        name = wanted[0][1].step.partition(":")[0] if wanted else READ
        does = {"": self._items, OFFER: self._offers, PUBLISH.rstrip(":"): self._publish}
        if name in does:
            does[name]({place: each for place, each in enumerate(wanted[:AT_ONCE]) if self._fits(*each)})
        return [self.told.get(place) for place in range(len(wanted))]

    def _fits(self, draft: Draft, attempt: Attempt) -> bool:
        alone = is_for_trading(draft) or draft.hidden
        return not alone and not mapping.unfit(draft, self.api.market, sandbox=self.sandbox)

    def _items(self, wanted: Mapping[int, tuple[Draft, Attempt]]) -> None:
        """Only what eBay holds nothing of: what stands there is replaced with care, one by one."""
        locale = self.api.market.locale.replace("-", "_")
        rows: Rows = {}
        for place, sku in self._skus(wanted).items():
            if not self._is_there(sku):
                rows[place] = {"sku": sku, "locale": locale, **mapping.to_item(wanted[place][0], {})}
        self._send(rows, "sku", self.api.put_inventory_items, lambda row: Step(OFFER))

    def _offers(self, wanted: Mapping[int, tuple[Draft, Attempt]]) -> None:
        """Only where there is none: one that stands is taken up, one by one."""
        once, rows = Once(self.api), Rows()
        for place, sku in self._skus(wanted).items():
            if self.api.offers(sku):
                continue
            try:
                chosen = settings.chosen(once, wanted[place][0], {})
            except Refused as refusal:
                self.told[place] = refusal
            else:
                rows[place] = mapping.to_offer(wanted[place][0], sku, self.api.market, chosen, {})
        self._send(rows, "sku", self.api.create_offers, made)

    def _publish(self, wanted: Mapping[int, tuple[Draft, Attempt]]) -> None:
        rows: Rows = {place: {"offerId": attempt.step.removeprefix(PUBLISH)} for place, (_, attempt) in wanted.items()}
        self._send(rows, "offerId", self._published, up)

    def _published(self, rows: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        return self.api.publish_offers([str(row["offerId"]) for row in rows])

    def _skus(self, wanted: Mapping[int, tuple[Draft, Attempt]]) -> dict[int, str]:
        """The SKU of each; of several with the same one the first."""
        found: dict[str, int] = {}
        for place, (draft, attempt) in wanted.items():
            found.setdefault(sku_of(draft, attempt), place)
        return {place: sku for sku, place in found.items()}

    def _is_there(self, sku: str) -> bool:
        try:
            self.api.inventory_item(sku)
        except Gone:
            return False
        return True

    def _send(
        self,
        rows: Rows,
        key: str,
        call: Callable[[Sequence[Mapping[str, object]]], list[dict[str, Any]]],
        done: Callable[[Mapping[str, Any]], Step | None],
    ) -> None:
        """One call for all of them. What the answer does not name goes by itself, and looks first."""
        if not rows:
            return
        answers = {mapping.words(row.get(key)): row for row in call(list(rows.values()))}
        for place, row in rows.items():
            answer = answers.get(str(row[key]))
            if answer:
                self.told[place] = refused(answer) or done(answer)


def refused(row: Mapping[str, Any]) -> Refused | None:
    """Why one of them failed; ``None`` when it did not."""
    status = row.get("statusCode")
    if isinstance(status, int) and status < 300:
        return None
    said = [complaint(each) for each in objects(row.get("errors"))]
    return Refused(
        said or [Complaint(f"eBay refused it with status {status}")], status if isinstance(status, int) else 0
    )


def made(row: Mapping[str, Any]) -> Step | None:
    """An offer stands, where the answer says which."""
    number = mapping.words(row.get("offerId"))
    return Step(PUBLISH + number, Ref(f"{mapping.UNLISTED}{number}")) if number else None


def up(row: Mapping[str, Any]) -> Step | None:
    """A listing is up, where the answer says which."""
    number = mapping.words(row.get("listingId"))
    return Step(READ + number, Ref(number), mapping.PAGE + number) if number else None
