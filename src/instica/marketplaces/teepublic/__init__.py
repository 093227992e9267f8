"""TeePublic: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Marketplace

MARKETPLACE = Marketplace(
    slug="teepublic",
    name="TeePublic",
    url="https://teepublic.com",
    connection="extension",
    port=8106,
    folder=Path(__file__).parent,
    upload_page="https://www.teepublic.com/design/quick_create",
)
