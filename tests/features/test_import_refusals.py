"""What imports refuse, and what did not happen then."""

from __future__ import annotations

from typing import Any

import pytest

from instica.connections.models import Connection
from instica.core.errors import Conflict, Invalid, PaymentRequired, Stale
from instica.imports import fetch, queries, services
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from instica.people import plans
from instica.people.models import Subscription
from instica.work.models import Task
from tests import builders
from tests.features.importing import brought, counts, done, everything, listing, only, patiently, read, settled


@pytest.fixture
def overtaken(pretend: Connection) -> Job:
    """A job whose plan said create, until another job imported the same listing."""
    job = read(pretend, listing(sku="A"))
    services.preview(job=job)
    settled(job)
    brought(pretend, listing(sku="A"))
    job = done(job)
    assert only(job).conflict_type == "changed_since_preview"
    return job


def test_a_listing_we_have_gets_no_second_item(overtaken: Job) -> None:
    before = everything()
    assert queries.evidence(only(overtaken))["choices"] == ["link_existing", "overwrite", "skip"]
    with pytest.raises(Invalid):
        services.resolve(row=only(overtaken), resolution="create_new")
    with pytest.raises(Conflict):
        services.resolve_all(job=overtaken, conflict_type="changed_since_preview", resolution="create_new")
    assert (everything(), only(overtaken).status) == (before, "conflict")
    services.resolve(row=only(overtaken), resolution="link_existing")
    assert (only(overtaken).status, Item.objects.get().quantity, Item.objects.get().status) == ("imported", 1, "listed")


def test_nor_when_it_got_its_item_after_the_question(pretend: Connection) -> None:
    builders.item(pretend.organization, sku="A")
    first = brought(pretend, listing(title="Revolver", sku="A"))
    second = brought(pretend, listing(title="Revolver", sku="A"))
    services.resolve(row=only(first), resolution="create_new")
    before = everything()
    row = services.resolve(row=only(second), resolution="create_new")
    assert (row.status, row.conflict_type, row.decision, row.item) == (
        *("conflict", "changed_since_preview", None),
        only(first).item,
    )
    assert (everything(), counts(second)) == (before, (0, 0, 0, 1))


def test_nothing_is_decided_while_it_is_undone(pretend: Connection) -> None:
    builders.item(pretend.organization, sku="B")
    job = brought(pretend, listing("1", "Let It Be"), listing("2", "Revolver", sku="B"))
    services.undo(job=job)
    before = everything()
    for verb in (
        lambda: services.resolve(row=only(job, "2"), resolution="create_new"),
        lambda: services.resolve_all(job=job, conflict_type="duplicate_sku", resolution="create_new"),
        lambda: services.skip_all_conflicts(job=job),
        lambda: services.cancel(job=job),
    ):
        with pytest.raises(Conflict) as refusal:
            verb()
        assert refusal.value.code == "being_undone"
    assert (everything(), only(job, "2").status, only(job, "2").decision) == (before, "conflict", None)
    settled(job)
    assert (job.stage, counts(job), Item.objects.count()) == ("undone", (0, 1, 0, 1), 1)


@pytest.mark.parametrize("other", [{}, {"limit": 2}, {"limit": 1, "status_filter": "failed"}])
def test_a_plan_binds_which_rows(pretend: Connection, other: dict[str, Any]) -> None:
    job = read(pretend, listing("1"), listing("2", "Revolver"), listing("3", price=0))
    Row.objects.filter(remote_id="3").update(status="failed")
    services.preview(job=job, limit=1)
    plan = queries.plan(settled(job))
    with pytest.raises(Stale):
        services.start(job=job, plan_hash=plan.hash, **other)
    assert (Item.objects.count(), Task.objects.count()) == (0, 0)
    assert counts(done(job, plan_hash=plan.hash, limit=1)) == (1, 0, 0, 0)


@pytest.mark.parametrize("code", ["subscription_required", "limit_reached"])
def test_more_items_need_a_plan_that_allows_them(
    pretend: Connection, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    builders.item(pretend.organization, sku="B")
    job = brought(pretend, listing("1", "Let It Be"), listing("2", "Revolver", sku="B"), listing("3", price=0))
    other = read(pretend, listing("4", "Help!"))
    if code == "subscription_required":
        Subscription.objects.update(is_active=False)
    else:
        small = plans.Plan("self-hosted", "Small", "", limits=(("inventory_items", 2),))
        monkeypatch.setattr(plans, "PLANS", {small.slug: small})
    before = everything()
    for verb in (
        lambda: services.create(organization=pretend.organization, connection=pretend, user=None),
        lambda: services.quick(organization=pretend.organization, marketplace="pretend", user=None),
        lambda: services.start(job=other),
        lambda: services.retry_failed(job=job),
        lambda: services.resolve(row=only(job, "2"), resolution="create_new"),
        lambda: services.resolve_all(job=job, conflict_type="duplicate_sku", resolution="create_new"),
    ):
        with pytest.raises(PaymentRequired) as refusal:
            verb()
        assert refusal.value.code == code
    assert (everything(), Job.objects.count(), Task.objects.count()) == (before, 2, 0)
    assert services.resolve(row=only(job, "2"), resolution="link_existing").status == "imported"
    services.undo(job=job)
    assert settled(job).stage == "undone"


def test_what_broke_inside_is_told_by_number_only(pretend: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ValueError("DETAIL: Key (uid)=(7) in /srv/instica/secret")

    monkeypatch.setattr(fetch, "connector_for", breaks)
    job = services.create(organization=pretend.organization, connection=pretend, user=None)
    services.start(job=job)
    patiently(job, 300)
    task = Task.objects.get(kind="import.fetch")
    assert queries.progress(job).error_message == (
        f"Something went wrong inside, again and again. Start it again to go on; tell us {task.id}."
    )
    assert "secret" in task.why
