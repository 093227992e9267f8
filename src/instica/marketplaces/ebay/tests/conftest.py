"""An eBay shop in its simulator, connected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conformance.place import Place, connected

from instica.marketplaces.ebay import MARKETPLACE
from instica.marketplaces.ebay.apptoken import TOKENS
from instica.marketplaces.ebay.connector import EbayConnector
from instica.marketplaces.ebay.webhooks import KEYS


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What an earlier test's installation held is forgotten."""
    TOKENS.held.clear()
    KEYS.known.clear()
    KEYS.unknown.clear()
    KEYS.strange.clear()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """150 listings of both models."""
    with connected(MARKETPLACE, tmp_path) as found:
        yield found


@pytest.fixture
def connector(place: Place) -> EbayConnector:
    """The connector of that shop, with what only eBay's has."""
    return EbayConnector(place.session)
