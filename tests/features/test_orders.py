"""Orders move stock once, whatever happens to them."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from django.core import mail
from django.db import IntegrityError, OperationalError, transaction

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.money import Money
from instica.inventory import stock as stock_of
from instica.inventory.models import Item, Move
from instica.kit.types import RemoteOrder, RemoteOrderLine
from instica.listings import counting
from instica.listings.models import Listing, Offer
from instica.notices.models import Notice
from instica.orders import services
from instica.orders.models import Line, Order
from instica.work.engines.threads import run_until_idle
from tests.features import pretend as pretending
from tests.features.pretend import order
from tests.features.selling import HOUR, lines, offered, stock, stocked


def take(connection: Connection, *orders: RemoteOrder) -> int:
    return services.take_in(connection=connection, orders=orders)


def later(one: RemoteOrder, **changes: object) -> RemoteOrder:
    """The same order with something new."""
    moment = one.updated_at + dt.timedelta(minutes=1)
    return replace(one, updated_at=moment, fingerprint=f"{moment} {changes}", **changes)  # type: ignore[arg-type]


def unread() -> list[str]:
    return list(Notice.objects.filter(read=None).order_by("created").values_list("title", flat=True))


def test_a_sale(pretend: Connection) -> None:
    offer = offered(pretend)
    assert take(pretend, order()) == 1
    assert lines() == [("1", 1, 1, "moved")]
    assert stock(offer.item) == (0, 0, "sold")
    sale = Move.objects.get(cause="sale")
    assert (sale.delta, sale.reference) == (-1, str(Line.objects.get().uid))
    offer.refresh_from_db()
    assert (offer.agreed_quantity, offer.seen_quantity, offer.listing.seen) == (0, 0, "sold_out")
    assert unread() == []


def test_the_same_again_changes_nothing(pretend: Connection, django_assert_num_queries: object) -> None:
    offer = offered(pretend)
    one = order()
    take(pretend, one)
    before = (Order.objects.values().get(), Line.objects.values().get(), Move.objects.count())
    assert take(pretend, one, one) == 0
    assert (Order.objects.values().get(), Line.objects.values().get(), Move.objects.count()) == before
    assert stock(offer.item) == (0, 0, "sold")


def test_an_order_keeps_its_money_and_little_else(pretend: Connection) -> None:
    money = Money(4_700, "EUR")
    line = RemoteOrderLine("9", "9", title="A\x00 record", price=Money(4_200, "EUR"))
    one = order(
        lines=(line,),
        total=money,
        shipping=Money(500, "EUR"),
        fee=Money(378, "EUR"),
        buyer_name="B",
        tracking_number="T",
    )
    take(pretend, one)
    stored = Order.objects.get()
    assert (stored.currency, stored.total, stored.shipping, stored.fee) == ("EUR", 4_700, 500, 378)
    assert (stored.processing_fee, stored.buyer_name, stored.tracking_number) == (None, "B", "T")
    assert (stored.state, stored.status_there, stored.sold_at) == ("paid", "Paid", one.placed_at)
    assert list(Line.objects.values_list("title", "price")) == [("A record", 4_200)]


def test_a_change_is_read_and_an_older_state_is_not(pretend: Connection) -> None:
    offered(pretend)
    one = order()
    shipped = later(one, state="shipped", status="Shipped", tracking_number="T1")
    assert take(pretend, one) == 1
    assert take(pretend, shipped) == 1
    assert take(pretend, one) == 0
    assert Order.objects.values_list("state", "tracking_number").get() == ("shipped", "T1")
    assert Move.objects.filter(cause="sale").count() == 1


def test_cancelling_gives_back_once(pretend: Connection) -> None:
    offer = offered(pretend)
    one = order()
    take(pretend, one)
    cancelled = later(one, state="cancelled", status="Cancelled")
    take(pretend, cancelled)
    take(pretend, later(cancelled, status="Cancelled, archived"))
    assert lines() == [("1", 1, 0, "given_back")]
    assert stock(offer.item) == (1, 1, "ready-to-sell")
    assert list(Move.objects.order_by("at").values_list("cause", "delta")) == [
        ("import", 1),
        ("sale", -1),
        ("return", 1),
    ]


def test_an_order_that_was_cancelled_before_we_saw_it(pretend: Connection) -> None:
    offer = offered(pretend)
    take(pretend, order(state="cancelled"))
    assert lines() == [("1", 1, 0, "given_back")]
    assert stock(offer.item) == (1, 1, "listed")


def test_a_restock_gives_back_once(pretend: Connection) -> None:
    offer = offered(pretend)
    one = order()
    take(pretend, one)
    take(pretend, later(one, restocked=True))
    take(pretend, later(later(one, restocked=True), state="cancelled", restocked=True))
    assert stock(offer.item) == (1, 1, "ready-to-sell")


def test_sold_twice(pretend: Connection) -> None:
    item = stocked(pretend, "Blue Train")
    offered(pretend, "L1", item=item)
    offered(pretend, "L2", item=item)
    first, second = order("1", "L1"), order("2", "L2")
    take(pretend, first)
    take(pretend, second)
    assert lines() == [("1", 1, 1, "moved"), ("2", 1, 0, "moved")]
    assert stock(item) == (0, 0, "sold")
    assert unread() == ["Sold twice: A record"]
    notice = Notice.objects.get()
    assert (notice.tone, notice.body) == (
        "danger",
        "Order 2 asks for 1 of A record; 0 could be kept for it. Find another copy or cancel one of the orders.",
    )
    run_until_idle()
    assert [one.subject for one in mail.outbox] == ["Sold twice: A record"]


def test_a_freed_piece_goes_to_the_order_that_lacks_it(pretend: Connection) -> None:
    item = stocked(pretend, "Blue Train")
    offered(pretend, "L1", item=item)
    offered(pretend, "L2", item=item)
    first, second = order("1", "L1"), order("2", "L2")
    take(pretend, first, second)
    take(pretend, later(first, state="cancelled"))
    assert lines() == [("1", 1, 0, "given_back"), ("2", 1, 1, "moved")]
    assert stock(item) == (0, 0, "sold")
    assert unread() == []


def test_what_is_left_but_for_sale_nowhere_any_more_is_not_called_listed(pretend: Connection) -> None:
    offer = offered(pretend, item=stocked(pretend, "Blue Train", 2))
    run_until_idle()
    Offer.objects.update(agreed_quantity=1, seen_quantity=1)
    Listing.objects.update(waits=True)
    take(pretend, order())
    run_until_idle()
    assert (Listing.objects.get().seen, stock(offer.item)) == ("sold_out", (1, 1, "ready-to-sell"))


def test_what_is_left_and_still_for_sale_elsewhere_stays_listed(pretend: Connection) -> None:
    item = stocked(pretend, "Blue Train", 3)
    for name in ("L1", "L2"):
        offered(pretend, name, item=item)
    run_until_idle()
    Offer.objects.update(agreed_quantity=2, seen_quantity=2)
    Listing.objects.update(problem={"step": "set_levels", "message": "no"})
    take(pretend, order(listing="L1"))
    run_until_idle()
    assert stock(item) == (2, 2, "listed")


@pytest.mark.parametrize("way", ["adjust", "count", "edit", "file"])
def test_a_piece_that_a_person_adds_goes_to_the_order_that_lacks_it(pretend: Connection, way: str) -> None:
    item = stocked(pretend, "Blue Train")
    offered(pretend, "L1", item=item)
    offered(pretend, "L2", item=item)
    take(pretend, order("1", "L1"), order("2", "L2"))
    item.refresh_from_db()
    added(item, way)
    assert lines() == [("1", 1, 1, "moved"), ("2", 1, 1, "moved")]
    assert stock(item) == (0, 0, "sold")
    assert unread() == []
    assert list(Offer.objects.values_list("agreed_quantity", flat=True)) == [0, 0]


def added(item: Item, way: str) -> None:
    """A person says that there is one, in one of the ways to say it."""
    why = {"note": "Found another", "actor": "ada"}
    match way:
        case "adjust":
            counting.adjust(item=item, delta=1, **why)
        case "count":
            counting.count(item=item, quantity=1, **why)
        case "edit":
            counting.edit(item=item, changes={"quantity": 1}, **why)
        case "file":
            with transaction.atomic():
                stock_of.set_to(item, 1, "From a file", "ada")


def test_what_was_sent_without_a_counted_piece_takes_none_that_comes_later(pretend: Connection) -> None:
    item = stocked(pretend, "Blue Train")
    offered(pretend, "L1", item=item)
    offered(pretend, "L2", item=item)
    second = order("2", "L2")
    take(pretend, order("1", "L1"), second)
    take(pretend, later(second, state="shipped", status="Shipped"))
    item.refresh_from_db()
    added(item, "adjust")
    assert lines() == [("1", 1, 1, "moved"), ("2", 1, 0, "moved")]
    assert stock(item)[:2] == (1, 1)


@pytest.mark.parametrize("merged_first", [True, False])
def test_merged_orders_count_once(pretend: Connection, merged_first: bool) -> None:
    one, two = offered(pretend, "L1"), offered(pretend, "L2")
    parts = [order("1", "L1"), order("2", "L2")]
    take(pretend, *parts)
    both = tuple(line for part in parts for line in part.lines)
    whole = order("3", lines=both)
    pieces = [later(part, state="merged", status="Merged") for part in parts]
    pretending.THERE.orders = [whole, *pieces]
    for each in [*pieces, whole] if merged_first else [whole, *pieces]:
        take(pretend, each)
        run_until_idle()
    assert lines() == [
        ("1", 1, 0, "given_back"),
        ("2", 1, 0, "given_back"),
        ("3", 1, 1, "moved"),
        ("3", 1, 1, "moved"),
    ]
    assert stock(one.item) == stock(two.item) == (0, 0, "sold")
    assert unread() == []
    assert mail.outbox == []


def test_a_merged_order_of_history_is_history(pretend: Connection) -> None:
    offer = offered(pretend)
    old = order("1", at=now() - 2 * HOUR)
    take(pretend, old)
    take(pretend, later(old, state="merged"), order("2"))
    assert lines() == [("1", 1, 0, "history"), ("2", 1, 0, "history")]
    assert stock(offer.item) == (1, 1, "listed")


def test_history_moves_nothing(pretend: Connection) -> None:
    offer = offered(pretend)
    take(pretend, order(at=offer.baseline - dt.timedelta(seconds=1)))
    assert lines() == [("1", 1, 0, "history")]
    assert stock(offer.item) == (1, 1, "listed")


def test_a_sale_at_the_baseline_counts(pretend: Connection) -> None:
    offer = offered(pretend)
    take(pretend, order(at=offer.baseline))
    assert stock(offer.item) == (0, 0, "sold")


def test_several_pieces_and_a_smaller_order(pretend: Connection) -> None:
    offer = offered(pretend, quantity=5)
    one = order(quantity=3)
    take(pretend, one)
    assert stock(offer.item) == (2, 2, "listed")
    less = later(one, lines=(replace(one.lines[0], quantity=1),))
    take(pretend, less)
    assert (lines(), stock(offer.item)) == ([("1", 1, 1, "moved")], (4, 4, "listed"))
    more = later(less, lines=(replace(one.lines[0], quantity=4),))
    take(pretend, more)
    assert (lines(), stock(offer.item)) == ([("1", 4, 4, "moved")], (1, 1, "listed"))
    take(pretend, later(more, state="cancelled"))
    assert (lines(), stock(offer.item)) == ([("1", 4, 0, "given_back")], (5, 5, "listed"))


def test_a_line_that_was_removed_gives_back(pretend: Connection) -> None:
    kept, gone = offered(pretend, "L1"), offered(pretend, "L2")
    both = (RemoteOrderLine("L1", "L1"), RemoteOrderLine("L2", "L2"))
    one = order(lines=both)
    take(pretend, one)
    take(pretend, later(one, lines=both[:1], status="Order Changed"))
    assert (stock(kept.item)[0], stock(gone.item)[0]) == (0, 1)
    assert lines() == [("1", 1, 1, "moved"), ("1", 1, 0, "given_back")]


def test_more_than_there_is(pretend: Connection) -> None:
    offer = offered(pretend, quantity=2)
    take(pretend, order(quantity=3))
    assert (lines(), stock(offer.item)) == ([("1", 3, 2, "moved")], (0, 0, "sold"))
    assert unread() == ["Sold twice: A record"]


def test_made_to_order_has_no_moves(pretend: Connection) -> None:
    offer = offered(pretend, quantity=None)
    one = order(quantity=3)
    take(pretend, one)
    assert lines() == [("1", 3, 3, "moved")]
    take(pretend, later(one, state="cancelled"))
    assert (Move.objects.count(), stock(offer.item)) == (0, (None, 0, "listed"))
    assert Listing.objects.get().seen == "live"


def test_an_order_for_an_unknown_listing_waits(pretend: Connection) -> None:
    take(pretend, order())
    assert lines() == [("1", 1, 0, "waiting")]
    assert unread() == ["Sold, and not in your inventory yet: A record"]
    offer = offered(pretend)
    with transaction.atomic():
        assert services.settle_waiting(offer=offer) == 1
    assert lines() == [("1", 1, 1, "moved")]
    assert (stock(offer.item), unread()) == ((0, 0, "sold"), [])
    assert services.settle_waiting(offer=offer) == 0


def test_settling_rolls_back_with_the_adoption(pretend: Connection) -> None:
    take(pretend, order())
    with transaction.atomic():
        assert services.settle_waiting(offer=offered(pretend)) == 1
        transaction.set_rollback(True)
    assert lines() == [("1", 1, 0, "waiting")]
    assert (Item.objects.count(), Move.objects.count()) == (0, 0)


def test_a_waiting_line_from_before_the_baseline_becomes_history(pretend: Connection) -> None:
    take(pretend, order(at=now() - dt.timedelta(minutes=90)))
    offer = offered(pretend)
    assert services.settle_waiting(offer=offer) == 1
    assert (lines(), stock(offer.item)) == ([("1", 1, 0, "history")], (1, 1, "listed"))


def test_a_listing_without_an_item_keeps_the_line_waiting(pretend: Connection) -> None:
    offer = offered(pretend)
    item = offer.item
    Offer.objects.update(item=None)
    take(pretend, order())
    assert lines() == [("1", 1, 0, "waiting")]
    offer.item = item
    offer.save()
    assert services.settle_known(connection=pretend) == 1
    assert stock(item) == (0, 0, "sold")


def test_an_order_from_before_connecting_is_no_news(pretend: Connection) -> None:
    take(pretend, order(at=now() - 2 * HOUR))
    assert unread() == []


def test_a_page_with_several_offers(pretend: Connection) -> None:
    red = offered(pretend, "L1")
    Offer.objects.update(remote_id="red")
    blue = Offer.objects.create(
        organization=pretend.organization,
        listing=red.listing,
        item=stocked(pretend, "blue"),
        remote_id="blue",
        currency="USD",
        agreed_quantity=1,
        seen_quantity=1,
        baseline=red.baseline,
    )
    take(pretend, order(lines=(RemoteOrderLine("1", "L1", "blue"),)))
    assert (stock(red.item)[0], stock(blue.item)[0]) == (1, 0)
    assert Listing.objects.get().seen == "live"
    take(pretend, order("2", lines=(RemoteOrderLine("1", "L1"),)))
    assert lines()[-1] == ("2", 1, 0, "waiting"), "which of the two was sold is not known"


def test_the_database_refuses_a_second_move(pretend: Connection) -> None:
    offer = offered(pretend)
    take(pretend, order())
    again = Move(
        organization=pretend.organization,
        item=offer.item,
        delta=-1,
        cause="sale",
        reference=str(Line.objects.get().uid),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize("seed", range(8))
def test_any_story_keeps_the_balance(pretend: Connection, seed: int) -> None:
    chance = random.Random(seed)
    item = stocked(pretend, "Shared", 3)
    pages = [offered(pretend, f"L{number}", item=item, quantity=3) for number in range(3)]
    current: dict[str, RemoteOrder] = {}
    for step in range(25):
        number = str(chance.randrange(6))
        if number not in current:
            page = chance.choice(pages).listing.remote_id
            current[number] = order(number, page, quantity=chance.randint(1, 3))
        else:
            state = chance.choice(["paid", "shipped", "cancelled"])
            if current[number].state != "cancelled":
                current[number] = later(current[number], state=state, status=f"{state} {step}")
        take(pretend, current[number], *chance.sample(list(current.values()), min(2, len(current))))
    quantity, total, _ = stock(item)
    allocated = sum(each[2] for each in lines())
    assert quantity == total == 3 - allocated
    assert quantity is not None
    assert quantity >= 0
    short = [each for each in lines() if each[3] == "moved" and each[2] < each[1]]
    assert quantity == 0 or not short, "nothing stays in stock while an order lacks it"


def two_lines(*names: str) -> tuple[RemoteOrderLine, ...]:
    return tuple(RemoteOrderLine(name, name) for name in names)


def test_a_line_that_left_and_came_back_counts_again_once(pretend: Connection) -> None:
    first, second = offered(pretend, "L1"), offered(pretend, "L2", quantity=2)
    one = order(lines=two_lines("L1", "L2"))
    take(pretend, one)
    less = later(one, lines=two_lines("L1"))
    take(pretend, less)
    assert (stock(first.item)[0], stock(second.item)[0]) == (0, 2)
    more = later(less, lines=two_lines("L1", "L2"))
    take(pretend, more)
    take(pretend, more, later(more, carrier="Post"))
    assert (stock(first.item), stock(second.item)[:2]) == ((0, 0, "sold"), (1, 1))
    again = later(later(more), lines=two_lines("L1"))
    take(pretend, again)
    take(pretend, later(again, state="cancelled"))
    assert (stock(first.item)[:2], stock(second.item)[:2]) == ((1, 1), (2, 2))


def test_what_was_cancelled_does_not_count_again_by_itself(pretend: Connection) -> None:
    offer = offered(pretend)
    gone = order(state="cancelled")
    take(pretend, order(at=gone.updated_at - HOUR))
    take(pretend, gone, later(gone, carrier="Post"))
    assert stock(offer.item)[:2] == (1, 1)
    take(pretend, later(later(gone), state="paid"))
    assert stock(offer.item)[:2] == (0, 0), "it was opened again"


@pytest.mark.parametrize(
    "bad",
    [
        order("bad", state="shipped" * 9, status="\x00", address={"name": 7}),
        order("bad", lines=two_lines("L\x009")),
        order("b" * 121),
        order("bad", lines=two_lines("L" * 121)),
    ],
    ids=["values", "no text", "long id", "long page"],
)
def test_an_order_that_cannot_be_stored_holds_up_no_other(pretend: Connection, bad: RemoteOrder) -> None:
    offer = offered(pretend)
    assert take(pretend, bad, order("zood")) == 1
    assert list(Order.objects.values_list("remote_id", flat=True)) == ["zood"]
    assert stock(offer.item) == (0, 0, "sold")
    assert unread() == [f"An order of pretender cannot be read: {bad.id[:60]}"]
    take(pretend, bad)
    assert len(unread()) == 1, "the owner is told once"


def test_numbers_that_no_column_holds_still_count_as_a_sale(pretend: Connection) -> None:
    offer = offered(pretend)
    money = Money(10**30, "USD")
    line = RemoteOrderLine("L1", "L1", quantity=2**40, price=money)
    assert take(pretend, order(lines=(line,), total=money)) == 1
    assert Line.objects.values_list("quantity", "allocated", "price").get() == (2**31 - 1, 1, None)
    assert (Order.objects.get().total, stock(offer.item)) == (None, (0, 0, "sold"))
    take(pretend, order(lines=(replace(line, quantity=-3),), at=now() + HOUR))
    assert lines() == [("1", 0, 0, "moved")]
    assert stock(offer.item)[:2] == (1, 1)


def test_a_database_in_trouble_is_no_order_that_cannot_be_stored(
    pretend: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise OperationalError("the connection was closed")

    with monkeypatch.context() as patch:
        patch.setattr(Order, "save", down)
        with pytest.raises(OperationalError):
            take(pretend, order())
    assert (Order.objects.count(), unread()) == (0, [])
