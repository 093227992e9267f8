"""A decision made at any moment of a run is carried out, and disturbs nothing else that is going on."""

from __future__ import annotations

import pytest

from instica.connections.models import Connection
from instica.imports import services
from instica.imports.models import Job
from tests import builders
from tests.features.importing import brought, counts, listing, only, settled


@pytest.fixture
def clashes(pretend: Connection) -> Job:
    """A job with six conflicts, and nothing else."""
    builders.item(pretend.organization, sku="A")
    job = brought(pretend, *[listing(str(number), f"Record {number}", sku="A") for number in range(6)])
    assert counts(job) == (0, 0, 0, 6)
    return job


def test_one_decided_during_a_run_over_conflicts_leaves_none_out(clashes: Job) -> None:
    services.start(job=clashes, status_filter="conflict", skip_conflicts=True)
    services.resolve(row=only(clashes, "4"), resolution="create_new")
    settled(clashes)
    assert counts(clashes) == (1, 5, 0, 0)


def test_a_persons_decision_takes_nothing_from_the_limit(clashes: Job) -> None:
    services.start(job=clashes, status_filter="conflict", skip_conflicts=True, limit=2)
    services.resolve(row=only(clashes, "0"), resolution="create_new")
    settled(clashes)
    assert counts(clashes) == (1, 2, 0, 3)
