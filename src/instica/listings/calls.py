"""One remote write of a page, by the name of its step, with the reading that belongs to it. Touches no row."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from instica.kit import types as kit
from instica.kit.contract import Connector
from instica.kit.errors import Gone
from instica.listings import pages
from instica.listings.keeping import part_of
from instica.listings.standing import Standing


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about a page: decided in one transaction, done outside of any."""

    row: Standing
    step: str
    cause: str
    draft: kit.Draft | None = None
    attempt: kit.Attempt | None = None
    version: int = 0

    @property
    def part(self) -> str:
        """Which write of a publish this is, where it takes several."""
        return self.attempt.step.partition(":")[0] if self.attempt else ""

    @property
    def ref(self) -> kit.Ref:
        """The page's id there, with its only offer's."""
        offers = [offer.remote_id for offer in self.row.offers]
        page = self.row.listing
        return kit.Ref(page.remote_id, offers[0] if len(offers) == 1 else "", pages.details(page.content))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. ``remote`` is what was read back; ``wrote`` the quantities we set, by offer.

    ``looked`` means that nothing was written, since the page was not as we thought; ``gone`` that there is none.
    ``said`` is why part of it was refused; ``until`` is when part of it may be sent that was not let through now.
    """

    remote: kit.RemoteListing | None = None
    wrote: Mapping[uuid.UUID, int | None] = field(default_factory=dict)
    looked: bool = False
    gone: bool = False
    said: tuple[str, ...] = ()
    until: dt.datetime | None = None
    step: kit.Step | None = None
    search: kit.Search | None = None


def perform(connector: Connector, plan: Plan) -> Result:
    """Do it. Raises any of ``kit.errors`` but ``Gone``, after which it has looked again."""
    if plan.step in ("publish", "find"):
        return CALLS[plan.step](connector, plan)
    try:
        return CALLS[plan.step](connector, plan)
    except Gone:
        pass
    try:
        return Result(remote=connector.listing(plan.ref), looked=True)
    except Gone:
        return Result(gone=True)


def publish(connector: Connector, plan: Plan) -> Result:
    """The next step; after the last one the page as it is."""
    assert plan.draft is not None
    assert plan.attempt is not None
    step = connector.publish(plan.draft, plan.attempt.step, plan.attempt)
    if step.next or step.ref is None:
        return Result(step=step)
    remote = step.listing or connector.listing(step.ref)
    return Result(remote=remote, wrote=_quantities(plan.row, plan.draft), step=step)


def find(connector: Connector, plan: Plan) -> Result:
    """Whether what was sent had its effect."""
    assert plan.attempt is not None
    search = connector.find(plan.attempt)
    if not isinstance(search, kit.Found) or search.next:
        return Result(search=search)
    draft = plan.attempt.draft
    wrote = _quantities(plan.row, draft) if draft else {}
    return Result(remote=connector.listing(search.ref), wrote=wrote, search=search)


def show(connector: Connector, plan: Plan) -> Result:
    """Back on sale, unless it changed meanwhile."""
    now = connector.listing(plan.ref)
    if now.seen != plan.row.listing.seen or has_moved(plan.row, now):
        return Result(remote=now, looked=True)
    return Result(remote=connector.show(plan.ref))


def revise(connector: Connector, plan: Plan) -> Result:
    """What the draft says, unless pieces were sold there meanwhile: the draft would bring them back.

    What a publish has begun is not on sale yet, and stays a publish.
    """
    assert plan.draft is not None
    if plan.row.attempt:
        connector.revise(plan.ref, plan.draft)
        return Result()
    now = connector.listing(plan.ref)
    if now.seen != plan.row.listing.seen or has_moved(plan.row, now):
        return Result(remote=now, looked=True)
    return Result(remote=connector.revise(plan.ref, plan.draft))


def withdraw(connector: Connector, plan: Plan) -> Result:
    """Off sale; needs no reading."""
    remote = connector.withdraw(plan.ref)
    return Result(remote=remote, gone=remote is None)


def set_levels(connector: Connector, plan: Plan) -> Result:
    """Lower at once; raise only what still is as we last read it."""
    levels = wanted_levels(plan.row)
    if all(shown is not None and target < shown for _, target, shown in levels):
        return told(plan.row, connector.set_levels([_level(plan, *each) for each in levels]))
    now = connector.listing(plan.ref)
    if has_moved(plan.row, now):
        return Result(remote=now, looked=True)
    answer = told(plan.row, connector.set_levels([_level(plan, *each) for each in levels]))
    return replace(answer, remote=connector.listing(plan.ref))


def look(connector: Connector, plan: Plan) -> Result:
    """What it shows, since nobody knows what became of the last write."""
    return Result(remote=connector.listing(plan.ref), looked=True)


CALLS: Mapping[str, Callable[[Connector, Plan], Result]] = {
    "publish": publish,
    "find": find,
    "show": show,
    "revise": revise,
    "withdraw": withdraw,
    "set_levels": set_levels,
    "look": look,
}


def wanted_levels(row: Standing) -> list[tuple[int, int, int | None]]:
    """Place among the offers, target and what is shown, of every offer that differs."""
    found = []
    for place, offer in enumerate(row.offers):
        target = row.target(offer)
        if offer.item_id and target is not None and target != offer.seen_quantity:
            found.append((place, target, offer.seen_quantity))
    return found


def ref_of(row: Standing, place: int) -> kit.Ref:
    """An offer's ids there."""
    page = row.listing
    return kit.Ref(page.remote_id, row.offers[place].remote_id, pages.details(page.content))


def _level(plan: Plan, place: int, target: int, shown: int | None) -> kit.Level:
    return kit.Level(ref_of(plan.row, place), target, None if shown is None or target < shown else shown)


def told(row: Standing, outcomes: Sequence[kit.Outcome]) -> Result:
    levels = wanted_levels(row)
    wrote = {
        row.offers[place].pk: outcome.seen
        for (place, _, _), outcome in zip(levels, outcomes, strict=True)
        if outcome.seen is not None
    }
    later = [outcome.until for outcome in outcomes if outcome.until]
    said = tuple(outcome.failure for outcome in outcomes if outcome.failure and not outcome.until)
    return Result(wrote=wrote, said=said, until=max(later, default=None))


def of_remote(row: Standing, remote: kit.RemoteListing) -> dict[uuid.UUID, kit.RemoteOffer]:
    """What stands there for each offer of ours; a page's only offer needs no id."""
    parts = {part_of(remote, each): each for each in remote.offers}
    if len(row.offers) == 1 and len(remote.offers) == 1:
        return {row.offers[0].pk: remote.offers[0]}
    return {offer.pk: parts[offer.remote_id] for offer in row.offers if offer.remote_id in parts}


def has_moved(row: Standing, remote: kit.RemoteListing) -> bool:
    """Whether any quantity there is not what we last saw."""
    there = of_remote(row, remote)
    return any(offer.pk in there and there[offer.pk].quantity != offer.seen_quantity for offer in row.offers)


def _quantities(row: Standing, draft: kit.Draft) -> dict[uuid.UUID, int | None]:
    return {offer.pk: each.quantity for offer, each in zip(row.offers, draft.offers, strict=True)}
