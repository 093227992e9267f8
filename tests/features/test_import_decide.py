"""What a person decides about a conflict is done, and nothing else."""

from __future__ import annotations

import pytest

from instica.connections.models import Connection
from instica.core.errors import Conflict, Invalid
from instica.imports import queries, services
from instica.imports.models import Job
from instica.inventory.models import Item
from instica.listings.models import Offer
from instica.people.models import User
from tests import builders
from tests.features.importing import brought, counts, done, everything, listing, only, read, settled
from tests.shops import Shops


@pytest.fixture
def here(shop: Shops) -> Connection:
    return shop("discogs")


@pytest.fixture
def item(person: User) -> Item:
    """An item whose SKU the shop uses for a dearer record."""
    return builders.item(builders.house(person), sku="A1")


@pytest.fixture
def clash(here: Connection, item: Item) -> Job:
    """A job with one conflict about ``item``."""
    job = brought(here, listing("7", "Revolver", sku="A1", price=9900, condition_item="vg"))
    assert counts(job) == (0, 0, 0, 1)
    return job


def test_without_a_word_it_is_linked(clash: Job, item: Item) -> None:
    row = services.resolve(row=only(clash, "7"))
    assert (row.status, row.resolution, queries.created_item(row)) == ("imported", "linked", item.public_id)
    item.refresh_from_db()
    assert (item.price, item.title, item.status) == (3499, "Abbey Road - VG+", "listed")
    assert Offer.objects.get().item == item
    assert counts(clash) == (1, 0, 0, 0)


def test_linked_with_their_price(clash: Job, item: Item) -> None:
    services.resolve(row=only(clash, "7"), resolution="link_existing", fields={"price": "theirs", "title": "ours"})
    item.refresh_from_db()
    assert (item.price, item.title, item.condition_item, item.version) == (9900, "Abbey Road - VG+", "vg_plus", 2)


def test_overwritten(clash: Job, item: Item) -> None:
    row = services.resolve(row=only(clash, "7"), resolution="overwrite", fields={"condition_item": "ours"})
    item.refresh_from_db()
    assert row.resolution == "overwritten"
    assert (item.price, item.name, item.title, item.condition_item) == (9900, "Revolver", "Revolver", "vg_plus")


def test_a_new_item_gets_a_sku_of_its_own(clash: Job, item: Item) -> None:
    row = services.resolve(row=only(clash, "7"), resolution="create_new")
    made = Item.objects.exclude(pk=item.pk).get()
    assert (row.resolution, row.sku, made.sku, queries.created_item(row)) == (
        *("created_new", "A1", "A1-2", made.public_id),
    )
    item.refresh_from_db()
    assert (item.sku, item.status) == ("A1", "ready-to-sell")


def test_skipped(clash: Job) -> None:
    before = everything()
    row = services.resolve(row=only(clash, "7"), resolution="skip")
    assert (row.status, row.resolution, counts(clash)) == ("skipped", "skipped", (0, 1, 0, 0))
    assert everything() == before


def test_several_candidates_must_be_named(here: Connection, person: User) -> None:
    organization = builders.house(person)
    product = builders.product(organization)
    one, two = (builders.item(organization, product, sku="A1") for _ in range(2))
    job = brought(here, listing(sku="A1"))
    before = everything()
    with pytest.raises(Invalid) as refusal:
        services.resolve(row=only(job))
    assert refusal.value.code == "choose_item"
    assert [one["item"] for one in refusal.value.extra["candidates"]] == [one.public_id, two.public_id]  # type: ignore[attr-defined]
    assert (everything(), counts(job)) == (before, (0, 0, 0, 1))
    services.resolve(row=only(job), resolution="link_existing", item=two.public_id)
    assert Offer.objects.get().item == two


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"resolution": "merge"}, "#/resolution"),
        ({"resolution": "link_existing", "item": "inv_nonsense"}, "#/inventory_item_uid"),
        ({"resolution": "overwrite", "fields": {"weight": "theirs"}}, "#/fields/weight"),
        ({"resolution": "overwrite", "fields": {"price": "both"}}, "#/fields/price"),
    ],
)
def test_nonsense_is_refused(clash: Job, asked: dict[str, object], pointer: str) -> None:
    before = everything()
    with pytest.raises(Invalid) as refusal:
        services.resolve(row=only(clash, "7"), **asked)  # type: ignore[arg-type]
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]
    assert (everything(), only(clash, "7").decision) == (before, None)


def test_another_organizations_item_is_not_there(clash: Job, stranger: User) -> None:
    theirs = builders.item(builders.house(stranger))
    with pytest.raises(Invalid):
        services.resolve(row=only(clash, "7"), resolution="link_existing", item=theirs.public_id)
    assert Offer.objects.count() == 0


def test_what_is_not_in_conflict_cannot_be_resolved(here: Connection) -> None:
    job = brought(here, listing("1"), listing("2", price=0))
    for number in ("1", "2"):
        with pytest.raises(Conflict):
            services.resolve(row=only(job, number), resolution="skip")
    assert counts(job) == (1, 0, 1, 0)


def test_decided_before_the_start(here: Connection, item: Item) -> None:
    job = read(here, listing("7", "Revolver", sku="A1"), listing("8"))
    row = services.resolve(row=only(job, "7"), resolution="link_existing")
    assert (row.status, queries.word(row), Offer.objects.count()) == ("pending", "conflict", 0)
    done(job)
    assert counts(job) == (2, 0, 0, 0)
    assert only(job, "7").resolution == "linked"
    assert item.offers.count() == 1


def test_one_decision_for_all_of_a_kind(here: Connection, item: Item) -> None:
    rows = [listing(str(number), f"Record {number}", sku="B") for number in range(4)]
    job = brought(here, listing("7", "Revolver", sku="A1"), *rows)
    assert counts(job) == (1, 0, 0, 4)
    services.resolve_all(job=job, conflict_type="duplicate_sku", resolution="create_new")
    settled(job)
    assert counts(job) == (5, 0, 0, 0)
    assert sorted(Item.objects.values_list("sku", flat=True)) == ["A1", "A1-2", "B", "B-2", "B-3", "B-4"]
    with pytest.raises(Conflict):
        services.resolve_all(job=job, conflict_type="duplicate_sku", resolution="skip")


def test_skip_all(here: Connection, item: Item) -> None:
    job = brought(here, listing("7", "Revolver", sku="A1"), listing("8", price=0), listing("9", "Let It Be"))
    before = everything()
    services.skip_all_conflicts(job=job)
    assert (counts(job), only(job, "7").resolution) == ((1, 1, 1, 0), "skipped")
    assert everything() == before
    assert queries.progress(job).issue_summary == "1 item failed"


def test_a_listing_that_belongs_to_another_item(here: Connection, item: Item) -> None:
    brought(here, listing("7", "Revolver", sku="Z9"))
    job = brought(here, listing("7", "Revolver", sku="A1"))
    row = only(job, "7")
    first = Item.objects.get(sku="Z9")
    assert (row.conflict_type, row.conflict_details) == (
        "already_linked",
        f"This listing belongs to {first.public_id}, its SKU to {item.public_id}",
    )
    with pytest.raises(Invalid):
        services.resolve(row=row, resolution="create_new")
    services.resolve(row=row, resolution="link_existing")
    assert Offer.objects.get().item == item
