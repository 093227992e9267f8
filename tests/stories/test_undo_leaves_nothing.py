"""An import into a filled inventory is taken back: the API and every table say what they said before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from instica.connections.models import Connection
from instica.imports import services
from instica.imports.models import Job
from instica.inventory import services as inventory
from instica.inventory.models import Cause, Item, Move
from instica.people.models import User
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, api_for
from tests.features.importing import counts, everything, settled
from tests.shops import Shops

WRITES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "?(catalog|inventory|listings|orders)_')
LISTINGS = 60


@pytest.fixture
def here(shop: Shops, person: User) -> Connection:
    """A shop whose first records are here already: alike, by SKU alone, as other copies, and with another seller."""
    connection, organization = shop("discogs", listings=LISTINGS), builders.house(person)
    there = [one for one in shop.control("discogs", "listings")["listings"] if one["sku"] and one["status"] != "Draft"]
    for number, one in enumerate(there[:8]):
        artist, _, title = one["title"].partition(" - ")
        known = shop.simulators["discogs"].site.owner.inventory.get(one["listing_id"])  # type: ignore[attr-defined]
        same = {"release": f"discogs:{known.release_id}"} if number > 5 else {}
        mine = builders.product(organization, title if number < 5 else "Something else", artist, **same)
        sku, grade = one["sku"] if number % 2 and number < 6 else "", "p" if number > 5 else "vg_plus"
        item = builders.item(organization, mine, sku=sku, quantity=3, condition_item=grade)
        Move.objects.create(organization=organization, item=item, delta=3, cause="person", reference=f"start/{number}")
    builders.item(builders.house(builders.person("bob@example.com", "Bob's")), sku=there[0]["sku"])
    for one in (organization, *type(organization).objects.exclude(pk=organization.pk)):
        inventory.recount(organization=one)
    return connection


def begun(here: Connection, person: User) -> Job:
    return settled(services.quick(organization=here.organization, marketplace="discogs", user=person))


def seen(api: Api) -> list[Any]:
    """All the API shows of catalogue, inventory and listings."""
    found: list[Any] = []
    for noun in ("inventory", "products"):
        rows = api.get(f"{noun}/?page_size=100").json()
        found.append(rows)
        found += [api.get(f"{noun}/{row['uid']}/").json() for row in rows["results"]]
    return found


def orders() -> list[Any]:
    models = apps.get_app_config("orders").get_models()
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_undo(here: Connection, person: User) -> None:
    api = api_for(person)
    rows, view, sold = everything(), seen(api), orders()
    job = begun(here, person)
    services.resolve_all(job=job, conflict_type="duplicate_sku", resolution="overwrite")
    settled(job)
    for row in job.rows.filter(status="conflict", conflict_type="possible_duplicate")[:2]:
        services.resolve(row=row, resolution="create_new")
    assert counts(job)[0] > LISTINGS - 12
    assert Item.objects.filter(product__in=[one["uid"] for one in rows["catalog.Product"]]).count() > len(
        rows["inventory.Item"]
    )
    assert (everything() == rows, seen(api) == view) == (False, False)
    assert api.post(f"marketplace/import/jobs/{job.public_id}/undo/").status_code == 202
    settled(job)
    assert counts(job)[0] == 0
    assert everything() == rows
    assert seen(api) == view
    assert orders() == sold


def test_what_was_edited_or_sold_since_is_kept_and_named(here: Connection, person: User) -> None:
    api, rows = api_for(person), everything()
    job = begun(here, person)
    sold, edited = (row for row in job.rows.filter(status="imported", created_item=True).order_by("position")[:2])
    assert sold.item
    assert edited.item
    inventory.move(item=Item.objects.get(pk=sold.item), delta=-1, cause=Cause.SALE, reference="counter")
    Item.objects.filter(pk=edited.item).update(description="Mine now", version=2)
    services.undo(job=job)
    settled(job)
    assert counts(job)[0] == 2
    kept = {one["uid"] for one in api.get("inventory/?page_size=100").json()["results"]}
    assert kept == {Item(pk=sold.item).public_id, Item(pk=edited.item).public_id} | {
        Item(pk=one["uid"]).public_id
        for one in rows["inventory.Item"]
        if one["organization_id"] == here.organization_id
    }
    for row, why in ((sold, "its stock was changed since"), (edited, "it was edited since")):
        found = api.get(f"marketplace/import/jobs/{job.public_id}/items/{row.public_id}/").json()
        assert (found["status"], found["evidence"]["kept"]) == ("imported", why)


def test_reading_the_shop_again_writes_nothing(here: Connection, person: User) -> None:
    with CaptureQueriesContext(database) as log:
        first = begun(here, person)
    assert any(WRITES.search(query["sql"]) for query in log)
    Task.objects.filter(kind="import.photos").delete()
    rows = everything()
    with CaptureQueriesContext(database) as log:
        again = begun(here, person)
    assert [query["sql"] for query in log if WRITES.search(query["sql"])] == []
    assert everything() == rows
    imported, skipped, failed, conflicts = counts(again)
    assert (imported, failed, conflicts) == (0, counts(first)[2], counts(first)[3])
    assert again.found == LISTINGS == skipped + failed + conflicts
