"""A look at a listed: what is shown as a difference, what is left alone, and what each decision does."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

import pytest

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.money import Money
from instica.inventory.models import Item, Move
from instica.kit.types import RemoteListing
from instica.listings import decisions, drifting, locks, observing, resting, services, stepping, wishes
from instica.listings.calls import Plan, Result
from instica.listings.models import Attempt, Desk, Listing, Offer
from instica.listings.standing import LOOKS, of
from instica.listings.stepping import Run
from instica.listings.wishes import By
from instica.notices.models import Notice
from instica.work.handlers import Task as Work
from instica.work.handlers import handler
from instica.work.lanes import commit
from instica.work.models import Task
from instica.work.urgency import Urgency
from tests.features.importing import brought, listing
from tests.features.selling import offered, stock

LATER = dt.timedelta(minutes=11)


@pytest.fixture
def listed(pretend: Connection) -> Listing:
    """An imported page of two pieces at 34.99."""
    brought(pretend, there())
    Connection.objects.update(confirmed_at=now())
    Task.objects.all().delete()
    return Listing.objects.select_related("connection").get()


def there(**changes: Any) -> RemoteListing:
    """The page as it stands in the shop."""
    row = listing("7", quantity=changes.pop("quantity", 2), price=changes.pop("price", 3499))
    return dataclasses.replace(row, **changes)


def look(listed: Listing, *, whole: bool = True, at: dt.timedelta = dt.timedelta(), **changes: Any) -> bool:
    again = observing.observe(page=listed.pk, remote=there(**changes), asked_at=now() + at, whole=whole)
    listed.refresh_from_db()
    return again


def asked() -> list[tuple[str, str]]:
    return list(Task.objects.filter(kind__in=["listing.step", "offer.level"]).values_list("kind", "key"))


def state(listed: Listing) -> tuple[str, str]:
    step = of([Listing.objects.select_related("connection").get(pk=listed.pk)])[0].step
    return step.state, step.next


def test_what_is_as_agreed_is_no_news(listed: Listing) -> None:
    assert look(listed) is False
    assert (listed.drift, asked(), Notice.objects.filter(key__startswith="drift").count()) == (None, [], 0)


def test_an_edit_there_is_shown_and_nothing_is_sent(listed: Listing) -> None:
    look(listed, title="Abbey Road (signed)", price=9900)
    assert listed.drift == [
        {"field": "title", "ours": "Abbey Road", "theirs": "Abbey Road (signed)"},
        {
            "field": "price",
            "offer": str(listed.offers.get().pk),
            "ours": {"amount": "34.99", "currency": "USD"},
            "theirs": {"amount": "99.00", "currency": "USD"},
        },
    ]
    assert (state(listed), asked(), listed.title) == (("drifted", "ask"), [], "Abbey Road")
    assert Notice.objects.get(key__startswith="drift").title == "Changed on Pretend: Abbey Road"


def test_an_edit_that_was_taken_back_is_no_difference(listed: Listing) -> None:
    look(listed, title="Abbey Road (signed)")
    look(listed)
    assert (listed.drift, state(listed)) == (None, ("live", "none"))


def test_a_row_of_a_walk_says_nothing_by_what_it_does_not_carry(listed: Listing) -> None:
    look(listed, whole=False, condition_item="")
    assert listed.drift is None
    look(listed, condition_item="")
    assert listed.drift == [{"field": "condition_item", "ours": "vg_plus", "theirs": ""}]


def test_a_stale_reading_says_nothing(listed: Listing) -> None:
    before = Listing.objects.values().get()
    assert look(listed, at=-dt.timedelta(days=1), title="Older", quantity=0) is False
    assert (Listing.objects.values().get(), Offer.objects.get().seen_quantity) == (before, 2)


def test_taking_theirs(listed: Listing) -> None:
    look(listed, title="Abbey Road (signed)", price=9900)
    drifting.resolve(page=listed, resolution="theirs", actor="ada")
    listed.refresh_from_db()
    offer = listed.offers.get()
    assert (listed.drift, listed.title, offer.asked, listed.content["title"]) == (
        *(None, "Abbey Road (signed)", 9900, "Abbey Road (signed)"),
    )
    assert (state(listed), asked()) == (("live", "none"), [])
    assert not Notice.objects.filter(key__startswith="drift", read=None).exists()
    look(listed, title="Abbey Road (signed)", price=9900)
    assert listed.drift is None


def test_keeping_ours_says_it_again(listed: Listing) -> None:
    look(listed, title="Abbey Road (signed)", price=9900)
    drifting.resolve(page=listed, resolution="ours", actor="ada")
    listed.refresh_from_db()
    assert (listed.drift, listed.offers.get().asked, state(listed)) == (None, 3499, ("updating", "revise"))
    assert asked() == [("listing.step", str(listed.pk))]


def test_more_pieces_there_are_never_sold_before_somebody_says_so(listed: Listing) -> None:
    look(listed, quantity=5)
    assert [each["field"] for each in listed.drift or []] == ["quantity"]
    assert (state(listed), asked()) == (("updating", "set_levels"), [("offer.level", str(listed.pk))])
    drifting.resolve(page=listed, resolution="theirs", actor="ada")
    assert stock(listed.offers.get().item) == (5, 5, "listed")
    assert Move.objects.order_by("-uid").values_list("delta", "actor", "note").first() == (
        *(3, "ada", "Taken from the marketplace"),
    )


def test_fewer_pieces_wait_for_their_order_and_are_offered_nowhere(listed: Listing) -> None:
    assert look(listed, quantity=1) is True
    assert (listed.drift, stock(listed.offers.get().item)) == (None, (2, 2, "listed"))
    assert of([listed])[0].ours == {listed.offers.get().item_id: 1}


@pytest.mark.parametrize(("resolution", "left", "target"), [("theirs", 1, 1), ("ours", 2, 2)])
def test_fewer_pieces_that_no_order_explains(listed: Listing, resolution: Any, left: int, target: int) -> None:
    look(listed, quantity=1)
    assert look(listed, quantity=1, at=LATER) is False, "a person decides now"
    assert [(each["ours"], each["theirs"]) for each in listed.drift or []] == [(2, 1)]
    drifting.resolve(page=listed, resolution=resolution, actor="ada")
    item = listed.offers.get().item
    assert (stock(item)[:2], of([Listing.objects.select_related("connection").get()])[0].ours) == (
        *((left, left), {listed.offers.get().item_id: target}),
    )


def test_pieces_that_are_accounted_for_are_offered_on_the_other_pages_again(listed: Listing) -> None:
    other = offered(listed.connection, "L2", item=listed.offers.get().item)
    Offer.objects.filter(pk=other.pk).update(agreed_quantity=1, seen_quantity=1)
    look(listed, quantity=1)
    look(listed, quantity=1, at=LATER)
    Task.objects.all().delete()
    drifting.resolve(page=listed, resolution="ours", actor="ada")
    assert set(asked()) == {("listing.step", str(listed.pk)), ("listing.step", str(other.listing_id))}


@pytest.mark.parametrize(("resolution", "stands"), [("theirs", ("ended", "none")), ("ours", ("publishing", "show"))])
def test_a_page_hidden_there(listed: Listing, resolution: Any, stands: tuple[str, str]) -> None:
    look(listed, seen="hidden")
    assert (state(listed), asked()) == (("drifted", "ask"), [])
    drifting.resolve(page=listed, resolution=resolution, actor="ada")
    assert state(listed) == stands


def test_a_policy_decides_without_asking(listed: Listing) -> None:
    Desk.objects.create(connection=listed.connection, organization=listed.organization, drift="theirs")
    look(listed, price=9900)
    assert (listed.drift, listed.offers.get().asked, asked()) == (None, 9900, [])


def test_a_page_that_is_gone_offers_nothing(listed: Listing) -> None:
    observing.gone(page=listed.pk)
    listed.refresh_from_db()
    assert (listed.seen, state(listed), listed.offers.get().seen_quantity) == ("ended", ("ended there", "ask"), 0)
    assert stock(listed.offers.get().item)[:2] == (2, 2), "if it was sold, its order says so"


def test_nothing_to_decide(listed: Listing) -> None:
    with pytest.raises(Exception, match="Nothing differs"):
        drifting.resolve(page=listed, resolution="ours", actor="ada")


def test_a_price_without_cents(pretend: Connection) -> None:
    offer = dataclasses.replace(there().offers[0], price=Money(500, "JPY"))
    brought(pretend, there(offers=(offer,)))
    listed = Listing.objects.select_related("connection").get()
    other = dataclasses.replace(offer, price=Money(900, "JPY"))
    observing.observe(page=listed.pk, remote=there(offers=(other,)), asked_at=now(), whole=True)
    drifting.resolve(page=listed, resolution="theirs", actor="ada")
    assert Offer.objects.values_list("asked", "currency").get() == (900, "JPY")


def test_a_page_that_differs_can_be_ended_all_the_same(listed: Listing) -> None:
    look(listed, title="Abbey Road (signed)")
    item = listed.offers.get().item
    assert item is not None
    wishes.delist(item=item, connections=[listed.connection], by=By())
    assert (state(listed), asked()) == (("ending", "withdraw"), [("listing.step", str(listed.pk))])


def test_what_a_person_says_is_no_open_difference(listed: Listing) -> None:
    look(listed, title="Abbey Road (signed)", price=9900)
    item = listed.offers.get().item
    assert item is not None
    wishes.list_item(item=item, connection=listed.connection, price=Money(3499, "USD"), by=By())
    listed.refresh_from_db()
    assert [each["field"] for each in listed.drift or []] == ["title"]
    wishes.list_item(item=item, connection=listed.connection, overrides={"title": "Abbey Road"}, by=By())
    listed.refresh_from_db()
    assert (listed.drift, state(listed)) == (None, ("updating", "revise"))


def test_fewer_pieces_on_a_page_that_is_over_are_somebodys_question_too(listed: Listing) -> None:
    Listing.objects.update(wanted="ended", seen="hidden")
    assert look(listed, seen="hidden", quantity=1) is True
    assert look(listed, seen="hidden", quantity=1, at=LATER) is False, "nobody looks again and again"
    assert [(each["ours"], each["theirs"]) for each in listed.drift or []] == [(2, 1)]
    assert state(listed) == ("ended", "none")
    drifting.resolve(page=listed, resolution="ours", actor="ada")
    assert of([Listing.objects.select_related("connection").get()])[0].ours == {listed.offers.get().item_id: 2}


def refused(listed: Listing) -> None:
    """One piece was sold elsewhere, and they would not take the lower quantity."""
    Item.objects.update(quantity=1)
    Listing.objects.update(problem={"step": "set_levels", "message": "No", "complaints": []}, exposed_since=now())
    assert state(listed) == ("refused", "none")


def test_what_offers_too_much_is_not_left_at_a_refusal_after_another_sale(listed: Listing) -> None:
    refused(listed)
    services.stock_changed([listed.offers.get().item_id], reason="sale", cause="order 2 was sold")
    assert (state(listed), asked()) == (("updating", "set_levels"), [("offer.level", str(listed.pk))])


def test_what_offers_too_much_is_tried_again_with_every_reading(listed: Listing) -> None:
    refused(listed)
    look(listed)
    assert (state(listed), asked()) == (("updating", "set_levels"), [("offer.level", str(listed.pk))])
    refused(listed)
    Listing.objects.update(exposed_since=None)
    for _ in range(2):
        (row,) = of([Listing.objects.select_related("connection").get()])
        resting.go_on(row, "")
    (waiting,) = Task.objects.filter(kind="sync.look")
    assert (waiting.key, waiting.run_at > now()) == (f"{listed.connection_id}:7", True)


def test_a_wish_that_asks_for_nothing_leaves_no_right_behind(listed: Listing) -> None:
    """What passes a brake is what a person asked for, not what follows by itself later."""
    item = listed.offers.get().item
    assert item is not None
    wishes.list_item(item=item, connection=listed.connection, by=By())
    services.stock_changed([item.pk], reason="person", cause="somebody set its stock")
    assert (asked(), Listing.objects.get().asked_by) == ([], "")


def test_a_lower_quantity_that_they_do_not_show_is_said_and_tried_again(listed: Listing) -> None:
    Item.objects.update(quantity=1)
    Listing.objects.update(exposed_since=now())
    with commit():
        row = locks.page(listed.pk)
        assert row is not None
        plan, result = Plan(row, "set_levels", "order 1 was sold"), Result(wrote={listed.offers.get().pk: 2})
        for _ in range(2):
            stepping.concluded(Run(listed.pk, "", Urgency.END, 0), plan, result)
    listed.refresh_from_db()
    assert listed.problem is not None
    assert (listed.problem["step"], state(listed)) == ("set_levels", ("refused", "none"))
    assert Notice.objects.get(key=f"listing:{listed.pk}").tone == "danger"
    (task,) = Task.objects.filter(kind="listing.step")
    assert (task.payload["again"], task.run_at > now(), task.urgency) == (True, True, Urgency.END)


def test_fewer_pieces_are_nobodys_question_while_orders_cannot_be_read(listed: Listing) -> None:
    """Their sale would count twice: once as decided, once as the order that comes late."""
    Connection.objects.update(last_synced_at=now() - LATER)
    look(listed, quantity=1)
    assert look(listed, quantity=1, at=LATER) is True
    assert listed.drift is None
    Connection.objects.update(last_synced_at=now() + LATER)
    assert look(listed, quantity=1, at=LATER) is False
    assert [(each["ours"], each["theirs"]) for each in listed.drift or []] == [(2, 1)]


def test_a_step_that_never_gets_through_is_said_and_can_be_tried_again(listed: Listing) -> None:
    Listing.objects.update(wanted="ended")
    task = Work(uuid.uuid4(), "listing.step", str(listed.pk), "", {}, 9_999, Urgency.REVISE)
    handler("listing.step").gave_up(task, "Pretend is down")  # type: ignore[misc]
    listed.refresh_from_db()
    assert (state(listed), (listed.problem or {})["message"]) == (
        ("refused", "none"),
        "It was tried for days and never got through. The last time: Pretend is down",
    )
    assert Notice.objects.get(key__contains=str(listed.pk)).title == "Pretend refused: Abbey Road"
    decisions.decide(page=listed, decision="retry", by=By())
    assert (state(listed), asked()) == (("ending", "withdraw"), [("listing.step", str(listed.pk))])


def test_a_publish_in_doubt_that_cannot_be_looked_for_is_a_persons_question(listed: Listing) -> None:
    attempt = Attempt.objects.create(organization=listed.organization, listing=listed, sent_at=now())
    task = Work(uuid.uuid4(), "listing.publish", str(listed.pk), "", {}, 9_999, Urgency.PUBLISH)
    handler("listing.publish").gave_up(task, "Pretend is down")  # type: ignore[misc]
    attempt.refresh_from_db()
    assert (attempt.looks, state(listed), listed.problem) == (LOOKS, ("checking", "ask"), None)
