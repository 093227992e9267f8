"""What an import does with each row."""

from __future__ import annotations

import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from instica.catalog.models import Product
from instica.connections.models import Connection
from instica.imports import queries, services
from instica.imports.models import Row
from instica.inventory.models import Image, Item, Move, Tally
from instica.kit.types import Fault, RemoteOffer
from instica.listings.models import Listing, Offer, Ref
from instica.people.models import User
from tests import builders
from tests.features.importing import balance, brought, counts, done, everything, listing, only, read
from tests.shops import Shops


@pytest.fixture
def here(shop: Shops) -> Connection:
    """Ada's Discogs shop."""
    return shop("discogs")


def test_a_new_record(here: Connection) -> None:
    url = "https://i.discogs.com/a.jpg"
    job = brought(here, listing(sku="A1", images=(url,), release="discogs:1", catalog_number="PCS 7088"))
    assert counts(job) == (1, 0, 0, 0)
    item = Item.objects.select_related("product__artist").get()
    assert (item.title, item.sku, item.status, item.price, item.currency, item.grade) == (
        *("Abbey Road - VG+", "A1", "listed", 3499, "USD", 2),
    )
    assert (item.product.title, item.product.release, item.product.artist and item.product.artist.name) == (
        *("Abbey Road", "discogs:1", "The Beatles"),
    )
    assert item.search == "a1\nabbey road\nthe beatles\npcs 7088"
    counted = item.product.items_total, item.product.items_listed, item.product.items_available, item.product.price_low
    assert counted == (1, 1, 1, 3499)
    assert balance(item) == (1, 1)
    assert Image.objects.get().url == url
    offer = Offer.objects.select_related("listing").get()
    assert (offer.item, offer.listing.remote_id, offer.listing.wanted, offer.listing.seen) == (
        item,
        "1",
        "live",
        "live",
    )
    assert offer.baseline == job.walked
    assert Ref.objects.get().value == "1"
    assert only(job).item == item.uid == only(job).uid
    tally = Tally.objects.get()
    assert (tally.items, tally.products) == (1, 1)


def test_a_hidden_record_is_ready_to_sell(here: Connection) -> None:
    brought(here, listing(seen="hidden", status="Draft"))
    assert Item.objects.get().status == "ready-to-sell"
    assert Listing.objects.get().wanted == "draft"


def test_copies_of_one_release_share_a_product(here: Connection) -> None:
    brought(here, listing("1", release="discogs:1"), listing("2", release="discogs:1", price=999))
    brought(here, listing("3", release="discogs:1", price=500))
    product = Product.objects.get()
    assert (product.items_total, product.items_listed, product.price_low) == (3, 3, 500)
    assert Tally.objects.get().products == 1


def test_variations_share_product_and_page(here: Connection) -> None:
    offers = tuple(RemoteOffer(name, name, listing().offers[0].price, count) for name, count in (("s", 2), ("m", None)))
    brought(here, listing(offers=offers))
    assert list(Item.objects.order_by("sku").values_list("sku", "quantity")) == [("m", None), ("s", 2)]
    assert (Product.objects.count(), Listing.objects.count(), Offer.objects.count()) == (1, 1, 2)
    assert Move.objects.get().delta == 2
    assert sorted(Ref.objects.values_list("kind", "value")) == [("listing", "1"), ("offer", "m"), ("offer", "s")]


def test_faulty_rows_cost_nothing_but_themselves(here: Connection) -> None:
    fault = Fault("unknown_currency", "Unknown currency: XXX")
    job = brought(here, listing("1"), listing("2", price=0, faults=(fault,)), listing("3", title=""), listing("4"))
    assert counts(job) == (2, 0, 2, 0)
    failed = queries.issues(job, "failed").values_list("remote_id", "error_code", "error")
    assert list(failed) == [
        ("2", "unknown_currency", "Unknown currency: XXX"),
        ("3", "missing_title", "The listing has no title"),
    ]
    assert Item.objects.count() == 2


def test_a_row_the_database_refuses_fails_alone(here: Connection) -> None:
    job = read(here, listing("1"), listing("2"), listing("3"))
    row = only(job, "2")
    other = builders.product(here.organization, "Something else", "Somebody")
    Item.objects.create(uid=row.uid, organization=here.organization, product=other, title="In the way")
    done(job)
    assert counts(job) == (2, 0, 1, 0)
    row.refresh_from_db()
    assert (row.status, row.error_code) == ("failed", "internal_error")
    assert Item.objects.count() == 3
    assert Tally.objects.get().items == 2


def test_sold_and_ended_pages_are_passed_over(here: Connection) -> None:
    job = brought(here, listing("1", seen="sold_out", status="Sold"), listing("2", seen="ended", status="Expired"))
    assert counts(job) == (0, 2, 0, 0)
    assert Item.objects.count() == Listing.objects.count() == 0


def test_the_same_sku_title_and_grade_are_linked(here: Connection, person: User) -> None:
    item = builders.item(builders.house(person), sku="A1", quantity=1)
    job = brought(here, listing(sku="A1", price=4000))
    assert counts(job) == (1, 0, 0, 0)
    row = only(job)
    assert (row.action, row.item, row.created_item, row.resolution) == ("link", item.uid, False, "")
    item.refresh_from_db()
    assert (item.status, item.price, item.quantity) == ("listed", 3499, 1)
    assert Offer.objects.get().item == item
    evidence = queries.evidence(row)
    assert (evidence["matched_on"], evidence["strength"], evidence["item"]) == ("sku", 100, item.public_id)
    price = next(one for one in evidence["fields"] if one["field"] == "price")
    assert price == {"field": "price", "theirs": 4000, "ours": 3499, "same": False, "told": True}


def test_linking_lowers_and_never_raises(here: Connection, person: User) -> None:
    organization = builders.house(person)
    many = builders.item(organization, sku="A", quantity=5)
    few = builders.item(organization, many.product, sku="B", quantity=1)
    Move.objects.create(organization=organization, item=many, delta=5, cause="person", reference="a")
    Move.objects.create(organization=organization, item=few, delta=1, cause="person", reference="b")
    job = brought(here, listing("1", sku="A", quantity=2), listing("2", sku="B", quantity=9))
    assert (balance(many), balance(few)) == ((2, 2), (1, 1))
    assert Move.objects.get(cause="lower").delta == -3
    assert queries.evidence(only(job, "1"))["lowered"] == [5, 2]
    assert queries.evidence(only(job, "2"))["lowered"] is None


@pytest.mark.parametrize("other", [{"title": "Revolver"}, {"condition_item": "p"}])
def test_the_same_sku_alone_is_a_conflict(here: Connection, person: User, other: dict[str, str]) -> None:
    item = builders.item(builders.house(person), sku="A1")
    before = everything()
    job = brought(here, listing(**{"sku": "A1", **other}))  # type: ignore[arg-type]
    assert counts(job) == (0, 0, 0, 1)
    row = only(job)
    assert (row.conflict_type, row.conflict_details) == (
        "duplicate_sku",
        f"SKU matches existing item {item.public_id}",
    )
    assert row.processed is not None
    assert queries.resolution(row) == "pending"
    assert {name: rows for name, rows in everything().items() if name != "inventory.Tally"} == {
        name: rows for name, rows in before.items() if name != "inventory.Tally"
    }


def test_a_sku_twice_in_one_shop(here: Connection) -> None:
    job = brought(here, listing("1", sku="A1"), listing("2", "Revolver", sku="A1"))
    assert counts(job) == (1, 0, 0, 1)
    assert only(job, "2").conflict_details == "SKU is also on listing 1 of this shop"
    assert Item.objects.count() == 1


def test_other_conflicts(here: Connection, person: User) -> None:
    organization = builders.house(person)
    by_code = builders.item(organization, builders.product(organization, "One", "A"), sku="", barcode="4006381333931")
    by_release = builders.item(organization, builders.product(organization, "Two", "B", release="discogs:2"), sku="")
    by_title = builders.item(organization, builders.product(organization, "Kind of Blue", "Miles Davis"), sku="")
    twin = builders.product(organization, "Four", "D")
    for _ in range(2):
        builders.item(organization, twin, sku="SAME")
    job = brought(
        here,
        listing("1", "x", artist="", barcode="4006381333931"),
        listing("2", "y", artist="", release="discogs:2"),
        listing("3", "Kind Of Blue", artist="Miles Davis"),
        listing("4", "z", artist="", sku="SAME"),
    )
    assert list(queries.issues(job, "conflict").values_list("conflict_type", "conflict_details")) == [
        ("duplicate_barcode", f"Barcode matches existing item {by_code.public_id}"),
        ("possible_duplicate", f"Same release and grade as existing item {by_release.public_id}"),
        ("possible_duplicate", f"Title is close to existing item {by_title.public_id}"),
        ("ambiguous_match", "2 items match by sku"),
    ]
    assert Offer.objects.count() == 0


def test_another_organization_is_never_met(here: Connection, stranger: User) -> None:
    builders.item(builders.house(stranger), sku="A1")
    assert counts(brought(here, listing(sku="A1"))) == (1, 0, 0, 0)
    assert Item.objects.filter(organization=here.organization).count() == 1


def test_importing_again_writes_nothing(here: Connection) -> None:
    rows = [
        listing(str(number), f"Record {number}", sku=f"S{number}", artist=f"Artist {number}") for number in range(30)
    ]
    brought(here, *rows)
    before = everything()
    with CaptureQueriesContext(database) as log:
        job = brought(here, *rows)
    assert counts(job) == (0, 30, 0, 0)
    assert everything() == before
    writes = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "(catalog|inventory|listings|orders)_')
    touched = [query["sql"] for query in log if writes.search(query["sql"])]
    assert touched == []
    assert job.found == sum(counts(job))


def test_what_changed_there_follows(here: Connection) -> None:
    brought(here, listing(sku="A1"))
    job = brought(here, listing(sku="A1", price=2999, condition_item="vg", location="Shelf 2"))
    assert counts(job) == (1, 0, 0, 0)
    assert only(job).action == "update"
    item = Item.objects.get()
    assert (item.price, item.condition_item, item.title, item.location) == (2999, "vg", "Abbey Road - VG", "Shelf 2")
    assert (item.version, item.product.price_low if item.product else 0) == (2, 2999)
    assert counts(brought(here, listing(sku="A1", price=2999, condition_item="vg", location="Shelf 2"))) == (0, 1, 0, 0)


def test_what_changed_here_alone_stays(here: Connection) -> None:
    brought(here, listing(sku="A1"))
    Item.objects.update(price=5000, version=2)
    assert counts(brought(here, listing(sku="A1"))) == (0, 1, 0, 0)
    assert Item.objects.get().price == 5000


def test_both_sides_changed(here: Connection) -> None:
    brought(here, listing(sku="A1"))
    Item.objects.update(price=5000, version=2)
    job = brought(here, listing(sku="A1", price=2999, location="Shelf 2"))
    row = only(job)
    assert (row.conflict_type, row.conflict_details) == (
        "changed_both_sides",
        "Changed here and there since the last import: price",
    )
    assert Item.objects.get().price == 5000
    services.resolve(row=row, resolution="link_existing")
    item = Item.objects.get()
    assert (item.price, item.location, counts(job)) == (5000, "Shelf 2", (1, 0, 0, 0))
    assert counts(brought(here, listing(sku="A1", price=2999, location="Shelf 2"))) == (0, 1, 0, 0)


def test_fewer_there_moves_nothing(here: Connection) -> None:
    brought(here, listing(quantity=4))
    brought(here, listing(quantity=1))
    item, offer = Item.objects.get(), Offer.objects.get()
    assert (balance(item), offer.agreed_quantity, offer.seen_quantity) == ((4, 4), 4, 1)


def test_a_page_that_ended_there(here: Connection) -> None:
    brought(here, listing())
    brought(here, listing(seen="ended", status="Expired"))
    page = Listing.objects.get()
    assert (page.wanted, page.seen, Item.objects.get().status) == ("live", "ended", "ready-to-sell")
    assert Row.objects.count() == 2
