"""What a step's result means for a page's rows. Runs in the transaction that concludes the step, page locked."""

from __future__ import annotations

from instica.kit import types as kit
from instica.listings import attempts, drafts, picturing, recording, resting, services
from instica.listings.calls import Plan, Result, wanted_levels
from instica.listings.models import Seen
from instica.listings.standing import Standing, unexplained

UNCHANGED = {
    "show": "They took it, and it is still not on sale there.",
    "withdraw": "They took it, and it is still on sale there.",
    "set_levels": "They took it, and show another quantity than asked.",
    "revise": "They took it, and the page is not as asked.",
}

SAY_LEVELS = frozenset({"set_levels", "revise"})


def write(row: Standing, plan: Plan, result: Result) -> bool:
    """The rows as they are after it; whether stock moved, and other rows with it."""
    before = {offer.pk: unexplained(offer) for offer in row.offers}
    if plan.step == "publish":
        _published(row, plan, result)
    elif row.attempt and plan.step == "revise" and not result.gone:
        row.attempt.version = plan.version
        row.attempt.save(update_fields=["version"])
    elif plan.step == "find":
        _found(row, plan, result)
    else:
        _wrote(row, plan, result)
    moved = {offer.item_id for offer in row.offers if offer.item_id and unexplained(offer) != before[offer.pk]}
    if moved:
        services.stock_changed(moved, reason="sale", cause="fewer stand there, and no order says why yet")
    return bool(moved)


def _published(row: Standing, plan: Plan, result: Result) -> None:
    assert row.attempt is not None
    assert result.step is not None
    if result.remote is None:
        attempts.landed(row.attempt, result.step.next)
        if result.step.ref and not recording.name(row, result.step.ref.listing, result.step.url):
            _claimed(row)
        return
    _up(row, plan, result)


def _found(row: Standing, plan: Plan, result: Result) -> None:
    assert row.attempt is not None
    search = result.search
    if isinstance(search, kit.Found) and search.next:
        attempts.landed(row.attempt, search.next)
        if not recording.name(row, search.ref.listing, search.url):
            _claimed(row)
    elif result.remote is not None:
        _up(row, plan, result)
    else:
        attempts.landed(row.attempt)


def _claimed(row: Standing) -> None:
    recording.refuse(row, "publish", recording.ELSEWHERE)


def _up(row: Standing, plan: Plan, result: Result) -> None:
    """The publish is over: what was sent is what the page says now."""
    assert row.attempt is not None
    assert result.remote is not None
    draft = attempts.unpacked(row.attempt.draft)
    row.listing.sent_version = plan.version
    row.listing.sent = drafts.fingerprint(draft)
    picturing.sent(row.listing, draft, result.remote)
    row.listing.fee_agreed = row.listing.fee_agreed and result.remote.seen != "live"
    row.attempt.delete()
    row.attempt = None
    recording.take(row, result.remote, result.wrote, ours=True)


def _wrote(row: Standing, plan: Plan, result: Result) -> None:
    if result.gone:
        recording.gone(row)
    elif result.remote is not None:
        recording.take(row, result.remote, result.wrote, ours=not result.looked)
    else:
        recording.lower(row, result.wrote)
    if plan.step in SAY_LEVELS and not result.looked and not result.gone:
        recording.said(row)
    if result.said:
        recording.refuse(row, plan.step, " ".join(result.said))
    elif not result.looked and not result.gone and not result.until:
        _done(row, plan, result)


def _done(row: Standing, plan: Plan, result: Result) -> None:
    """The step had its effect, or a person must see why not: it is never sent over and over."""
    page = row.listing
    if plan.step == "revise" and plan.draft is not None:
        page.sent_version, page.sent = plan.version, drafts.fingerprint(plan.draft)
        if result.remote is not None and plan.draft.images and plan.draft.placed is not None:
            picturing.sent(page, plan.draft, result.remote)
    if plan.step == "show":
        page.fee_agreed = False
    page.save()
    wrong = {
        "show": page.seen == Seen.HIDDEN,
        "withdraw": page.seen == Seen.LIVE,
        "set_levels": _ignored(plan, result),
        "revise": any(level.target is None and level.shown is not None for level in row.levels),
    }
    if wrong[plan.step]:
        recording.refuse(row, plan.step, UNCHANGED[plan.step])


def _ignored(plan: Plan, result: Result) -> bool:
    """Whether any quantity was not set as asked."""
    asked = {plan.row.offers[place].pk: target for place, target, _ in wanted_levels(plan.row)}
    return any(result.wrote.get(offer) != target for offer, target in asked.items())


def follow(plan: Plan, row: Standing) -> None:
    """What the step means for others: the exposure that ended, the items' status."""
    resting.confirmed(row)
    services.restate(offer.item_id for offer in row.offers if offer.item_id)
