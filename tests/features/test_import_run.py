"""A whole shop is read, matched and imported."""

from __future__ import annotations

from instica.imports import queries, services
from instica.imports.models import Job, Row
from instica.inventory.models import Item, Move, Tally
from instica.listings.models import Listing, Offer
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.shops import Shops


def test_quick_import_makes_an_inventory(shop: Shops, person: User) -> None:
    shop("discogs", listings=150)
    job = services.quick(organization=builders.house(person), marketplace="discogs", user=person)
    assert queries.progress(job).status == "in_progress"
    run_until_idle()
    job.refresh_from_db()
    assert queries.progress(job).status == "completed"
    assert job.found == job.imported + job.skipped + job.failed + job.conflicted
    assert Item.objects.count() == job.imported == Listing.objects.count() == Offer.objects.count()
    assert Tally.objects.get().items == job.imported
    assert Row.objects.filter(job=job).count() == job.found
    assert Job.objects.get().completed is not None
    assert Move.objects.count() == job.imported
