"""What orders mean for the stock beside the plain sale: two at once, sold before we set it, made to order, returned."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from instica.connections.models import Connection
from instica.core.clock import now
from instica.kit.types import RemoteOrder, Seen
from instica.listings import counting, observing, standing
from instica.listings.models import Listing, Offer, Ref
from instica.orders import queries, services
from instica.work.models import Task
from instica.work.urgency import Urgency
from tests.features.importing import listing
from tests.features.pretend import order
from tests.features.selling import lines, offered, stock


def take(connection: Connection, *orders: RemoteOrder) -> int:
    return services.take_in(connection=connection, orders=orders)


def later(one: RemoteOrder, **changes: object) -> RemoteOrder:
    """The same order with something new."""
    moment = one.updated_at + dt.timedelta(minutes=1)
    return replace(one, updated_at=moment, fingerprint=f"{moment} {changes}", **changes)  # type: ignore[arg-type]


def test_two_orders_of_a_page_in_one_reading(pretend: Connection) -> None:
    offer = offered(pretend, quantity=3)
    Offer.objects.update(seen_quantity=1)
    take(pretend, order("1"), order("2"))
    offer.refresh_from_db()
    assert (offer.agreed_quantity, offer.seen_quantity) == (1, 1), "nothing is left to explain"
    assert stock(offer.item)[:2] == (1, 1)


def test_what_we_set_after_a_sale_may_have_brought_it_back(pretend: Connection) -> None:
    offer = offered(pretend, quantity=2)
    Offer.objects.update(agreed_quantity=1, seen_quantity=1, said_at=now())
    take(pretend, order("1", at=now() - dt.timedelta(seconds=20)))
    offer.refresh_from_db()
    assert (offer.agreed_quantity, offer.seen_quantity, offer.listing.seen) == (1, 1, "live")
    take(pretend, order("2", at=now() + dt.timedelta(seconds=20)))
    offer.refresh_from_db()
    assert (offer.agreed_quantity, offer.seen_quantity) == (0, 0), "sold after we set it"


@pytest.mark.parametrize(("there", "seen"), [(0, "sold_out"), (1, "live")])
def test_a_page_that_was_set_as_it_sold_is_read_and_neither_reading_is_a_difference(
    pretend: Connection, there: int, seen: Seen
) -> None:
    offer = offered(pretend, quantity=2)
    Offer.objects.update(agreed_quantity=1, seen_quantity=1, said_at=now())
    take(pretend, order(at=now() + dt.timedelta(seconds=2)))
    offer.refresh_from_db()
    assert (offer.agreed_quantity, offer.seen_quantity, offer.returned) == (0, 1, 1)
    assert looks() == [(f"{pretend.uid}:L1", Urgency.LEVEL)]
    read = replace(listing("L1", quantity=there), seen=seen)
    observing.observe(page=offer.listing_id, remote=read, asked_at=now() + dt.timedelta(hours=1), whole=False)
    offer.refresh_from_db()
    assert (offer.agreed_quantity, offer.seen_quantity, offer.returned) == (there, there, 0)
    assert (offer.listing.seen, offer.listing.drift, stock(offer.item)[:2]) == (seen, None, (1, 1))


def looks() -> list[tuple[str, int]]:
    return list(Task.objects.filter(kind="sync.look").values_list("key", "urgency"))


def test_the_page_of_a_cancelled_order_is_read_at_once_and_what_came_back_is_no_difference(pretend: Connection) -> None:
    offer, one = offered(pretend, quantity=2), order(quantity=2)
    take(pretend, one)
    assert looks() == []
    for change in ({"state": "cancelled"}, {"state": "cancelled", "total": None}):
        take(pretend, later(one, **change))
    assert looks() == [(f"{pretend.uid}:L1", Urgency.LEVEL)]
    offer.refresh_from_db()
    assert (offer.returned, stock(offer.item)[:2]) == (2, (2, 2))
    back = listing("L1", quantity=2)
    observing.observe(page=offer.listing_id, remote=back, asked_at=now() + dt.timedelta(seconds=1), whole=False)
    offer.refresh_from_db()
    assert (offer.returned, offer.agreed_quantity, offer.listing.drift) == (0, 2, None)


def test_what_came_back_beyond_the_cancelled_pieces_is_a_difference(pretend: Connection) -> None:
    offer, one = offered(pretend, quantity=1), order()
    take(pretend, one)
    take(pretend, later(one, state="cancelled"))
    back = listing("L1", quantity=2)
    observing.observe(page=offer.listing_id, remote=back, asked_at=now() + dt.timedelta(seconds=1), whole=False)
    page = Listing.objects.get()
    assert [(each["field"], each["theirs"]) for each in page.drift or []] == [("quantity", 2)]


def test_a_page_is_read_too_where_the_cancelled_sale_was_before_our_time(pretend: Connection) -> None:
    offer, one = offered(pretend, quantity=1), order(at=now() - dt.timedelta(hours=2))
    take(pretend, one)
    assert lines() == [("1", 1, 0, "history")]
    take(pretend, later(one, state="cancelled"))
    offer.refresh_from_db()
    assert (looks(), offer.returned, stock(offer.item)[:2]) == ([(f"{pretend.uid}:L1", Urgency.LEVEL)], 0, (1, 1))


def test_what_was_sold_and_cancelled_before_we_heard_of_it_moves_nothing_and_its_page_is_read(
    pretend: Connection,
) -> None:
    offer = offered(pretend, quantity=1)
    take(pretend, order(state="cancelled"))
    offer.refresh_from_db()
    assert (lines(), stock(offer.item)[:2], looks()) == (
        [("1", 1, 0, "given_back")],
        (1, 1),
        [(f"{pretend.uid}:L1", Urgency.LEVEL)],
    )
    assert (offer.agreed_quantity, offer.returned, offer.listing.waits) == (0, 1, True)
    gone = listing("L1", quantity=0, seen="sold_out")
    observing.observe(page=offer.listing_id, remote=gone, asked_at=now() + dt.timedelta(seconds=1), whole=False)
    (row,) = standing.of(Listing.objects.select_related("connection"))
    assert (row.step.state, row.ours) == ("off sale", {offer.item_id: 1}), "nothing is missing; a person says when"


@pytest.mark.parametrize("change", [{"state": "cancelled"}, {"lines": ()}])
def test_what_was_made_to_order_gives_nothing_back_once_it_is_counted(
    pretend: Connection, change: dict[str, object]
) -> None:
    offer = offered(pretend, quantity=None)
    one = order(quantity=5)
    take(pretend, one)
    assert (lines(), stock(offer.item)[:2]) == ([("1", 5, 5, "moved")], (None, 0))
    assert offer.item is not None
    counting.count(item=offer.item, quantity=3, note="", actor="ada")
    take(pretend, later(one, **change))
    assert stock(offer.item)[:2] == (3, 3)


def test_fewer_of_what_was_made_to_order_give_nothing_back_either(pretend: Connection) -> None:
    offer = offered(pretend, quantity=None)
    one = order(quantity=5)
    take(pretend, one)
    assert offer.item is not None
    counting.count(item=offer.item, quantity=3, note="", actor="ada")
    take(pretend, later(one, lines=(replace(one.lines[0], quantity=2),)))
    assert (lines(), stock(offer.item)[:2]) == ([("1", 2, 2, "moved")], (3, 3))


def test_a_returned_piece_reads_only_the_sales_that_are_short(pretend: Connection) -> None:
    offered(pretend, quantity=9)
    many = [order(str(number)) for number in range(5)]
    take(pretend, *many)
    with CaptureQueriesContext(database) as asked:
        take(pretend, later(many[0], state="cancelled"))
    by_item = [each["sql"] for each in asked.captured_queries if '"orders_line"."item_id" = ' in each["sql"]]
    assert [sql for sql in by_item if '"allocated" < ' not in sql] == []
    assert len(by_item) == 1


def test_sales_of_pages_that_nobody_takes_in_are_not_read_with_every_round(pretend: Connection) -> None:
    take(pretend, *(order(str(number), f"S{number}") for number in range(3)))
    offer = offered(pretend, "S1", quantity=2)
    assert list(queries.settleable(pretend).values_list("listing_ref", flat=True)) == ["S1"]
    Ref.objects.create(connection=pretend, kind="old", value="S2", listing=offer.listing)
    assert services.settle_known(connection=pretend) == 2
    assert stock(offer.item)[:2] == (0, 0)
