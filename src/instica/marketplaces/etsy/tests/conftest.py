"""An Etsy shop in its simulator, connected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected

from instica.marketplaces.etsy import MARKETPLACE

FIXTURES = MARKETPLACE.folder / "fixtures"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """150 listings."""
    with connected(MARKETPLACE, tmp_path) as found:
        yield found


def fixture(name: str) -> dict[str, Any]:
    """An answer as Etsy's document shapes it."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return found
