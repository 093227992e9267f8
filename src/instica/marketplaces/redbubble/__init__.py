"""Redbubble: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Marketplace

MARKETPLACE = Marketplace(
    slug="redbubble",
    name="Redbubble",
    url="https://redbubble.com",
    connection="extension",
    port=8105,
    folder=Path(__file__).parent,
    upload_page="https://www.redbubble.com/portfolio/images/new",
)
