"""Society6: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Marketplace

MARKETPLACE = Marketplace(
    slug="society6",
    name="Society6",
    url="https://society6.com",
    connection="extension",
    port=8107,
    folder=Path(__file__).parent,
    upload_page="https://studio.society6.com/upload",
)
