"""A Discogs shop in its simulator, connected, small or large."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected

from instica.marketplaces.discogs import MARKETPLACE

FIXTURES = MARKETPLACE.folder / "fixtures"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """150 listings: read by page."""
    with connected(MARKETPLACE, tmp_path) as found:
        yield found


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Place]:
    """1 500 listings: read by export."""
    with connected(MARKETPLACE, tmp_path, listings=1_500) as found:
        yield found


@pytest.fixture
def listing_json() -> dict[str, Any]:
    """A listing as its owner sees it."""
    found: dict[str, Any] = json.loads((FIXTURES / "listing.json").read_text())
    return found


@pytest.fixture
def order_json() -> dict[str, Any]:
    """An order as its seller sees it."""
    found: dict[str, Any] = json.loads((FIXTURES / "order.json").read_text())
    return found
