"""A Shopify shop in its simulator, connected, small or large."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected

from instica.marketplaces.shopify import MARKETPLACE

FIXTURES = MARKETPLACE.folder / "fixtures"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """150 products: read by page."""
    with connected(MARKETPLACE, tmp_path) as found:
        yield found


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Place]:
    """400 products: read by bulk operation."""
    with connected(MARKETPLACE, tmp_path, listings=400) as found:
        yield found


@pytest.fixture
def product_json() -> dict[str, Any]:
    """A product as the API shows it."""
    found: dict[str, Any] = json.loads((FIXTURES / "product.json").read_text())
    return found


@pytest.fixture
def order_json() -> dict[str, Any]:
    """An order as the API shows it."""
    found: dict[str, Any] = json.loads((FIXTURES / "order.json").read_text())
    return found
