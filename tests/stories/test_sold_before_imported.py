"""A listing that nobody imported is sold: it is fetched, its owner asked, and the sale counts once, however linked."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.core.errors import Conflict, NotFound
from instica.core.money import Money
from instica.imports import services as imports
from instica.inventory.models import Item, Move
from instica.kit.types import RemoteOffer, RemoteOrderLine
from instica.listings.models import Listing, Offer, Ref
from instica.notices.models import Notice
from instica.orders import looking
from instica.orders import services as orders
from instica.orders.models import Line
from instica.people.models import User
from instica.sync import services as sync
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.features import pretend as pretending
from tests.features.importing import brought, done, everything, listing, only, patiently, read, settled
from tests.features.pretend import order
from tests.features.selling import HOUR, lines, stock, stocked
from tests.shops import Shops


@pytest.fixture
def here(shop: Shops) -> Connection:
    connection = shop("discogs")
    sync.start(connection=connection)
    return connection


def record(shop: Shops) -> str:
    """A record on sale there."""
    rows = shop.control("discogs", "listings")["listings"]
    return str(next(one["listing_id"] for one in rows[20:] if one["status"] == "For Sale" and one["sku"]))


def sold(shop: Shops, here: Connection) -> str:
    """A record that was bought there; we know of it by its order."""
    number = record(shop)
    shop.control("discogs", "buy", {"listing_id": int(number), "quantity": 1})
    sync.poll(connection=here, connector=connector_for(here, "stock"))
    return number


def told() -> tuple[str, str]:
    notice = Notice.objects.get(read=None)
    return notice.title, notice.body


def test_the_listing_is_fetched_and_its_owner_asked(shop: Shops, here: Connection) -> None:
    number = sold(shop, here)
    sync.poll(connection=here, connector=connector_for(here, "stock"))
    assert Task.objects.filter(kind="order.listing", key=f"{here.uid}:{number}").count() == 1
    run_until_idle()
    offer = Offer.objects.select_related("listing").get()
    page, line = offer.listing, Line.objects.get()
    assert (page.remote_id, page.seen, page.wanted, page.status_there) == (number, "sold_out", "draft", "Sold")
    assert (offer.item, offer.seen_quantity, offer.agreed_quantity) == (None, 0, 1)
    assert (offer.baseline, line.settled, line.offer) == (line.order.sold_at, "waiting", None)
    assert list(Ref.objects.values_list("kind", "value", "listing")) == [("listing", number, page.uid)]
    assert (Item.objects.count(), Move.objects.count()) == (0, 0)
    title, body = told()
    assert title == f"Sold, and not in your inventory yet: {page.title}"
    assert "names a listing without an item; it was fetched and is Sold there." in body


def test_looking_twice_stores_once(shop: Shops, here: Connection) -> None:
    sold(shop, here)
    run_until_idle()
    before = [list(model.objects.order_by("pk").values_list("pk")) for model in (Listing, Offer, Ref, Notice)]
    looking.ask(here.uid, Listing.objects.get().remote_id)
    run_until_idle()
    rows = [list(model.objects.order_by("pk").values_list("pk")) for model in (Listing, Offer, Ref)]
    assert rows == before[:3]
    assert Offer.objects.values_list("seen_quantity", "agreed_quantity").get() == (0, 1)
    assert Notice.objects.filter(read=None).count() == 1


def test_a_page_that_is_gone_is_said_and_not_stored(shop: Shops, here: Connection) -> None:
    number = sold(shop, here)
    shop.control(
        "discogs", "faults", [{"match": f"GET /marketplace/listings/{number}", "times": 9, "do": "status:404"}]
    )
    run_until_idle()
    assert (Listing.objects.count(), Offer.objects.count(), Ref.objects.count()) == (0, 0, 0)
    assert "names a listing that was not imported and is gone there." in told()[1]
    assert [(line.settled, line.allocated) for line in Line.objects.all()] == [("waiting", 0)]
    assert not Task.objects.filter(kind="order.listing").exists()


def test_a_person_links_it(shop: Shops, here: Connection) -> None:
    sold(shop, here)
    run_until_idle()
    item = stocked(here, "Mine")
    assert orders.link(offer=Offer.objects.get(), item=item) == 1
    assert stock(item) == (0, 0, "sold")
    assert [(line.settled, line.allocated, line.item) for line in Line.objects.all()] == [("moved", 1, item)]
    assert Offer.objects.values_list("seen_quantity", "agreed_quantity").get() == (0, 0)
    assert not Notice.objects.filter(read=None).exists()
    run_until_idle()
    assert stock(item) == (0, 0, "sold")


def test_it_is_linked_once_and_to_ones_own(shop: Shops, here: Connection, stranger: User) -> None:
    sold(shop, here)
    run_until_idle()
    offer, item = Offer.objects.get(), stocked(here, "Mine")
    with pytest.raises(NotFound):
        orders.link(offer=offer, item=builders.item(builders.house(stranger)))
    assert Offer.objects.get().item is None
    orders.link(offer=offer, item=item)
    with pytest.raises(Conflict):
        orders.link(offer=offer, item=stocked(here, "Another"))
    assert Offer.objects.get().item == item
    assert Move.objects.filter(cause="sale").count() == 1


def test_importing_it_sold_leaves_it_to_a_person(shop: Shops, here: Connection, person: User) -> None:
    number = sold(shop, here)
    run_until_idle()
    before = (Listing.objects.values().get(), Offer.objects.values().get())
    job = patiently(imports.quick(organization=here.organization, marketplace="discogs", user=person))
    assert (only(job, number).status, only(job, number).action) == ("skipped", "skip")
    pages = Listing.objects.filter(remote_id=number)
    assert (pages.values().get(), Offer.objects.filter(listing__in=pages).values().get()) == before
    assert [line.settled for line in Line.objects.all()] == ["waiting"]


def unknown(connection: Connection, left: int) -> None:
    """One of a page's pieces was sold; so many are left there."""
    pretending.THERE.listings = [listing("L1", quantity=left)]
    orders.take_in(connection=connection, orders=[order()])
    run_until_idle()


def test_a_page_that_was_fetched_is_imported_with_what_is_left(pretend: Connection) -> None:
    unknown(pretend, left=4)
    assert Offer.objects.values_list("seen_quantity", "agreed_quantity").get() == (4, 5)
    assert Offer.objects.get().item is None
    kept = everything()
    with time_machine.travel(now() + HOUR):
        job = brought(pretend, listing("L1", quantity=4))
    item = Item.objects.get()
    assert (stock(item), lines()) == ((4, 4, "listed"), [("1", 1, 0, "history")])
    assert Offer.objects.values_list("seen_quantity", "agreed_quantity", "baseline").get() == (4, 4, job.walked)
    assert brought(pretend, listing("L1", quantity=4)).imported == 0
    imports.undo(job=job)
    settled(job)
    assert (everything(), lines()) == (kept, [("1", 1, 0, "waiting")])


def test_a_reading_from_before_the_sale_is_applied_after_the_page_was_fetched(pretend: Connection) -> None:
    job = read(pretend, listing("L1", quantity=5))
    unknown(pretend, left=4)
    done(job)
    assert (stock(Item.objects.get()), lines()) == ((4, 4, "listed"), [("1", 1, 1, "moved")])
    assert Offer.objects.values_list("seen_quantity", "agreed_quantity").get() == (4, 4)


def test_a_person_links_a_page_with_pieces_left(pretend: Connection) -> None:
    unknown(pretend, left=4)
    item = stocked(pretend, "Mine", 5)
    orders.link(offer=Offer.objects.get(), item=item)
    run_until_idle()
    assert (stock(item), lines()) == ((4, 4, "listed"), [("1", 1, 1, "moved")])


def test_what_was_sold_before_connecting_is_not_fetched(pretend: Connection) -> None:
    orders.take_in(connection=pretend, orders=[order(at=now() - HOUR), order("2", state="cancelled")])
    assert not Task.objects.filter(kind="order.listing").exists()
    assert (Listing.objects.count(), Notice.objects.count()) == (0, 0)


@pytest.mark.parametrize("included", [True, False], ids=["read after the sale", "read before the sale"])
@pytest.mark.parametrize("heard", ["before reading", "before applying", "after applying"])
def test_a_sale_while_the_shop_is_read(pretend: Connection, included: bool, heard: str) -> None:
    """Five are there, one is sold: four stay, whether the reading saw five or four, whenever the order came."""
    with time_machine.travel(now(), tick=False) as clock:
        sale = order(at=now() + dt.timedelta(seconds=1))
        pretending.THERE.listings = [listing("L1", quantity=4)]
        hear = {heard: lambda: orders.take_in(connection=pretend, orders=[sale])}
        hear.get("before reading", int)()
        job = read(pretend, listing("L1", quantity=4 if included else 5))
        clock.shift(2)
        hear.get("before applying", int)()
        done(job)
        hear.get("after applying", int)()
        run_until_idle()
    assert stock(Item.objects.get()) == (4, 4, "listed")
    assert lines() == [("1", 1, 0, "history") if included else ("1", 1, 1, "moved")]
    assert Offer.objects.values_list("seen_quantity", "agreed_quantity").get() == (4, 4)


def test_the_last_piece_of_a_page_was_in_the_reading(pretend: Connection) -> None:
    """Two were there, one is sold while the shop is read: the one that was read is still to be had."""
    pretending.THERE.listings = [listing("L1", quantity=1)]
    brought(pretend, listing("L1", quantity=1))
    orders.take_in(connection=pretend, orders=[order()])
    assert stock(Item.objects.get()) == (0, 0, "sold"), "until it is looked at, a sale counts"
    run_until_idle()
    assert (stock(Item.objects.get()), lines()) == ((1, 1, "listed"), [("1", 1, 0, "history")])
    assert Listing.objects.get().seen == "live"


def test_a_sale_long_after_the_reading_needs_no_look(pretend: Connection) -> None:
    brought(pretend, listing("L1", quantity=5))
    orders.take_in(connection=pretend, orders=[order(at=now() + HOUR)])
    assert not Task.objects.filter(kind="order.listing").exists()
    assert (stock(Item.objects.get()), lines()) == ((4, 4, "listed"), [("1", 1, 1, "moved")])


def test_a_look_that_finds_nothing_leaves_the_sale_counted(pretend: Connection) -> None:
    brought(pretend, listing("L1", quantity=5))
    orders.take_in(connection=pretend, orders=[order()])
    run_until_idle()
    assert (stock(Item.objects.get()), lines()) == ((4, 4, "listed"), [("1", 1, 1, "moved")])


def test_a_page_that_is_partly_ours_keeps_what_we_know(pretend: Connection) -> None:
    brought(pretend, listing("L1", offers=(RemoteOffer("red", "", Money(3499, "USD"), 2),)))
    before = Listing.objects.values().get()
    both = (RemoteOffer("red", "", Money(3499, "USD"), 2), RemoteOffer("blue", "", Money(3499, "USD"), 4))
    pretending.THERE.listings = [listing("L1", title="Renamed", offers=both)]
    sale = order(lines=(RemoteOrderLine("1", "L1", "blue"),), at=now() + HOUR)
    orders.take_in(connection=pretend, orders=[sale])
    run_until_idle()
    assert Listing.objects.values().get() == before
    offers = Offer.objects.order_by("-remote_id").values_list("remote_id", "seen_quantity", "agreed_quantity")
    assert list(offers) == [("red", 2, 2), ("blue", 4, 5)]
    assert Offer.objects.get(remote_id="blue").item is None
    assert sorted(Ref.objects.values_list("kind", "value")) == [("listing", "L1"), ("offer", "blue"), ("offer", "red")]
    assert stock(Item.objects.get()) == (2, 2, "listed")
