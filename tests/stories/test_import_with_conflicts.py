"""A seller with an inventory imports a shop: looks first, decides, imports, and takes it back."""

from __future__ import annotations

from instica.imports import queries, services
from instica.inventory import services as inventory
from instica.inventory.models import Item, Tally
from instica.people.models import User
from tests import builders
from tests.features.importing import counts, everything, settled
from tests.shops import Shops


def test_look_decide_import_undo(shop: Shops, person: User) -> None:
    connection, organization = shop("discogs"), builders.house(person)
    sold_there = shop.control("discogs", "listings")["listings"]
    sku = next(one["sku"] for one in sold_there if one["sku"])
    mine = builders.item(organization, sku=sku, quantity=0)
    before = everything()

    job = settled(services.create(organization=organization, connection=connection, user=person))
    services.preview(job=job)
    plan = queries.plan(settled(job))
    assert (plan.state, plan.counts) == ("ready", {"create": 144, "conflict": 3, "fail": 3})
    assert everything() == before

    clash = next(row for row in queries.issues(job, "conflict") if row.item == mine.uid)
    assert clash.conflict_details == f"SKU matches existing item {mine.public_id}"
    services.resolve(row=clash, resolution="create_new")
    services.start(job=job, plan_hash=plan.hash)
    assert queries.progress(settled(job)).issue_summary == "3 failed, 2 conflicts"
    assert counts(job) == (145, 0, 3, 2)
    assert Item.objects.get(pk=clash.uid).sku == f"{sku}-2"

    services.skip_all_conflicts(job=job)
    progress = queries.progress(settled(job))
    assert (counts(job), progress.status, progress.issue_summary) == ((145, 2, 3, 0), "completed", "3 items failed")
    assert Tally.objects.get().items == 146

    again = settled(services.quick(organization=organization, marketplace="discogs", user=person))
    assert (again.found, again.imported, again.failed) == (150, 0, 3)

    services.undo(job=job)
    assert counts(settled(job)) == (0, 147, 3, 0)
    assert everything() == before
    inventory.recount(organization=organization)
    assert Tally.objects.get().items == 1
