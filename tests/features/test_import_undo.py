"""An import can be taken back; what was touched since is kept and named."""

from __future__ import annotations

import pytest

from instica.connections.models import Connection
from instica.core.errors import Conflict
from instica.imports import queries, services
from instica.imports.models import Job
from instica.inventory import services as inventory
from instica.inventory.models import Cause, Item, Move
from instica.listings.models import Offer
from instica.people.models import User
from tests import builders
from tests.features.importing import brought, counts, everything, listing, only, settled
from tests.shops import Shops


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs")


def undone(job: Job) -> Job:
    services.undo(job=job)
    return settled(job)


def kept(job: Job, number: str) -> str | None:
    reason: str | None = queries.evidence(only(job, number))["kept"]
    return reason


def test_into_an_empty_house(here: Connection) -> None:
    rows = [listing(str(number), f"Record {number}", release=f"discogs:{number // 2}") for number in range(250)]
    brought(here)
    inventory.recount(organization=here.organization)
    before = everything()
    job = undone(brought(here, *rows, listing("x", price=0)))
    assert everything() == before
    assert (counts(job), queries.progress(job).status) == ((0, 250, 1, 0), "completed")
    row = only(job, "7")
    assert (row.status, row.resolution, queries.created_item(row)) == ("skipped", "undone", None)
    assert Move.objects.count() == 500
    with pytest.raises(Conflict):
        services.undo(job=job)


def test_into_a_filled_house(here: Connection, person: User) -> None:
    organization = builders.house(person)
    linked = builders.item(organization, sku="A1", quantity=5)
    Move.objects.create(organization=organization, item=linked, delta=5, cause="person", reference="a")
    clash = builders.item(organization, builders.product(organization, "Revolver"), sku="B1", price=100)
    brought(here, listing("1", "Help!", sku="C1", artist="Miles Davis"), listing("2", "Blue Train", label="Blue Note"))
    inventory.recount(organization=organization)
    before = everything()
    job = brought(
        here,
        listing("1", "Help!", sku="C1", price=1, artist="Miles Davis", location="Moved"),
        listing("2", "Blue Train", label="Blue Note"),
        listing("3", sku="A1", quantity=2),
        listing("4", "Something else", sku="B1"),
        listing("5", "Giant Steps", artist="John Coltrane", label="Atlantic", images=("https://i.discogs.com/1.jpg",)),
        listing("6", "Naima", artist="John Coltrane", label="Blue Note"),
    )
    services.resolve(row=only(job, "4"), resolution="overwrite")
    assert counts(job) == (5, 1, 0, 0)
    clash.refresh_from_db()
    assert (clash.title, clash.price) == ("Something else", 3499)
    job = undone(job)
    assert everything() == before
    assert counts(job) == (0, 6, 0, 0)


def test_importing_again_after_an_undo(here: Connection) -> None:
    job = undone(brought(here, listing(quantity=3)))
    services.start(job=job, status_filter="skipped")
    settled(job)
    assert (counts(job), Item.objects.get().quantity) == ((1, 0, 0, 0), 3)
    assert sorted(Move.objects.values_list("cause", "delta")) == [("import", 3), ("import", 3), ("undo", -3)]
    undone(job)
    assert (Item.objects.count(), sum(Move.objects.values_list("delta", flat=True))) == (0, 0)


def test_what_was_touched_is_kept(here: Connection) -> None:
    names = ["sold", "edited", "elsewhere", "free"]
    job = brought(here, *[listing(name, f"Record {name}", sku=name) for name in names])
    items = {name: Item.objects.get(sku=name) for name in names}
    inventory.move(item=items["sold"], delta=-1, cause=Cause.SALE, reference="somewhere")
    Item.objects.filter(sku="edited").update(version=2, description="mine")
    other = Connection.objects.create(organization=here.organization, marketplace="ebay", remote_id="9", username="ada")
    builders.offer(items["elsewhere"], other)
    job = undone(job)
    assert {name: kept(job, name) for name in names} == {
        "sold": "its stock was changed since",
        "edited": "it was edited since",
        "elsewhere": "it is offered elsewhere too",
        "free": None,
    }
    assert counts(job) == (3, 1, 0, 0)
    assert sorted(Item.objects.values_list("sku", flat=True)) == ["edited", "elsewhere", "sold"]
    assert Offer.objects.count() == 4
    assert only(job, "sold").status == "imported"


def test_what_a_newer_import_changed_is_kept(here: Connection) -> None:
    first = brought(here, listing("1", sku="A"), listing("2", "Help!", sku="B"))
    second = brought(here, listing("1", sku="A", price=1), listing("2", "Help!", sku="B"))
    first = undone(first)
    assert kept(first, "1") == f"a newer import changed it ({second.public_id})"
    assert (kept(first, "2"), counts(first)) == (None, (1, 1, 0, 0))
    undone(second)
    assert Item.objects.get().price == 3499
    undone(first)
    assert Item.objects.count() == 0


def test_nothing_to_undo(here: Connection) -> None:
    job = brought(here, listing(price=0))
    with pytest.raises(Conflict):
        services.undo(job=job)
    assert queries.progress(job).status == "completed"
