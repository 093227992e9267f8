"""A SKU that stands twice in a shop links nothing by itself (D8)."""

from __future__ import annotations

import pytest

from instica.connections.models import Connection
from instica.imports import queries, services
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from tests import builders
from tests.features.importing import brought, counts, done, listing, only, read, settled

TWICE = [listing("1", sku="A"), listing("2", sku="A")]


@pytest.fixture
def item(pretend: Connection) -> Item:
    """The item both look like."""
    return builders.item(pretend.organization, sku="A")


def said(job: Job) -> list[tuple[str, str, str]]:
    return list(queries.issues(job, "conflict").values_list("remote_id", "conflict_type", "conflict_details"))


BOTH = [
    ("1", "duplicate_sku", "SKU is also on listing 2 of this shop"),
    ("2", "duplicate_sku", "SKU is also on listing 1 of this shop"),
]


def test_both_are_conflicts(pretend: Connection, item: Item) -> None:
    job = brought(pretend, *TWICE)
    assert (said(job), counts(job), item.offers.count()) == (BOTH, (0, 0, 0, 2), 0)
    assert {row.item for row in job.rows.all()} == {item.pk}


def test_both_are_conflicts_in_the_plan(pretend: Connection, item: Item) -> None:
    job = read(pretend, *TWICE)
    assert (said(job), queries.plan(job).counts) == (BOTH, {"conflict": 2})
    services.preview(job=job)
    settled(job)
    assert (said(job), queries.plan(job).counts) == (BOTH, {"conflict": 2})
    services.resolve(row=only(job, "2"), resolution="link_existing")
    done(job, plan_hash=queries.plan(job).hash)
    assert (counts(job), only(job, "2").item, only(job, "1").status) == ((1, 0, 0, 1), item.pk, "conflict")


def test_however_far_apart_they_stand(pretend: Connection, item: Item) -> None:
    between = [listing(f"b{number}", f"Record {number}", sku=f"B{number}") for number in range(600)]
    job = read(pretend, TWICE[0], *between, TWICE[1])
    assert said(job) == BOTH
    assert (counts(done(job)), said(job), item.offers.count()) == ((600, 0, 0, 2), BOTH, 0)


def test_on_two_pages_of_the_walk(pretend: Connection, item: Item) -> None:
    job = read(pretend, *TWICE, pages=2)
    assert (said(job), counts(done(job)), item.offers.count()) == (BOTH, (0, 0, 0, 2), 0)


@pytest.mark.parametrize("other", [{"seen": "sold_out"}, {"price": 0}])
def test_what_cannot_be_an_item_is_no_twin(pretend: Connection, item: Item, other: dict[str, object]) -> None:
    job = brought(pretend, listing("1", sku="A"), listing("2", sku="A", **other))  # type: ignore[arg-type]
    assert (only(job, "1").status, only(job, "1").item, item.offers.count()) == ("imported", item.pk, 1)


def test_a_listing_on_two_pages_of_the_walk_is_one_row(pretend: Connection, item: Item) -> None:
    job = read(pretend, listing("1", sku="A", price=100), listing("1", sku="A", price=200), pages=2)
    assert list(Row.objects.values_list("remote_id", "price", "action")) == [("1", 200, "link")]
    assert (job.found, counts(done(job)), item.offers.count()) == (1, (1, 0, 0, 0), 1)
