"""Every test of this folder runs once for each marketplace that has a connector and a simulator.

A test may name fewer: ``parametrize("marketplace", able("entry"), ids=named)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from instica.kit.contract import Marketplace
from tests.conformance.place import MARKETPLACES, Place, connected, named


@pytest.fixture(params=MARKETPLACES, ids=named)
def marketplace(request: pytest.FixtureRequest) -> Marketplace:
    """The marketplace under test."""
    found: Marketplace = request.param
    return found


@pytest.fixture
def place(marketplace: Marketplace, tmp_path: Path) -> Iterator[Place]:
    """A shop of 150 listings there, connected."""
    with connected(marketplace, tmp_path) as found:
        yield found
